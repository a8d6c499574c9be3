import type { ExecutionResult } from 'graphql';

/**
 * Data that is serialised already, as the `data` of a result. A server that calls the result's `stringify`, or `JSON.stringify`,
 * sends its text; others call `plainResult`.
 */
export class SerializedData {
  readonly #text: string;

  /** `text` is the JSON of the whole result, `{"data":…}`. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the data of a result whose type is that of any executor. */
  static of(text: string): NonNullable<ExecutionResult['data']> {
    return new SerializedData(text) as unknown as NonNullable<ExecutionResult['data']>;
  }

  toJSON(): ExecutionResult['data'] {
    return JSON.parse(this.#text).data;
  }
}

/** Returns a result with its data as an object, for code that reads it. */
export function plainResult({ errors, data, extensions }: ExecutionResult): ExecutionResult {
  return {
    ...(errors && { errors }),
    data: data instanceof SerializedData ? data.toJSON() : data,
    ...(extensions && { extensions }),
  };
}
