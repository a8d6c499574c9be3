import { GraphQLError, type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';

/** JSON; a promise of it where something in it is still to be resolved. */
export type JsonText = string | Promise<string>;

/** Puts texts together in their order, waiting only for those that are not there yet. */
export class JoinedText {
  #text = '';
  #waiting: { readonly before: string; readonly text: Promise<string> }[] | undefined;

  add(before: string, jsonText: JsonText): void {
    if (typeof jsonText === 'string') {
      this.#text += before;
      this.#text += jsonText;
    } else {
      this.#waiting ??= [];
      this.#waiting.push({ before: this.#text + before, text: jsonText });
      this.#text = '';
    }
  }

  end(after: string): JsonText {
    const last = this.#text + after;
    const waiting = this.#waiting;
    if (waiting === undefined) return last;
    if (waiting.length === 1) return waiting[0]!.text.then((text) => waiting[0]!.before + text + last);
    return Promise.all(waiting.map(({ text }) => text)).then(
      (texts) => waiting.map(({ before }, index) => before + texts[index]!).join('') + last,
    );
  }

  /** Throws the error, when nothing is being resolved any more that is left in vain. */
  fail(error: unknown): Promise<never> {
    if (this.#waiting === undefined) throw error;
    const rethrow = () => {
      throw error;
    };
    return Promise.all(this.#waiting.map(({ text }) => text)).then(rethrow, rethrow);
  }

  /** Nobody waits for the rest, whose errors are of no interest. */
  abandon(): void {
    for (const { text } of this.#waiting ?? []) text.catch(() => {});
  }
}

/** The text of a leaf's value, which is not null; throws when the type cannot hold it. */
export function leafText(type: GraphQLLeafType): (value: unknown) => string {
  if (isEnumType(type)) {
    const names = new Map(type.getValues().map(({ name, value }) => [value, `"${name}"`]));
    return (value) => names.get(value) ?? serialized(type, value);
  }
  const isText = isSpecifiedScalarType(type) && (type.name === 'String' || type.name === 'ID');
  return (value) => (isText && typeof value === 'string' ? quoted(value) : serialized(type, value));
}

function serialized(type: GraphQLLeafType, value: unknown): string {
  let result: unknown;
  try {
    result = type.serialize(value);
  } catch (error) {
    throw error instanceof GraphQLError ? new Error(error.message) : error; // it was not written for clients
  }
  if (typeof result === 'string') return quoted(result);
  if (result !== null && result !== undefined) return JSON.stringify(result);
  throw new Error(
    `Expected \`${type}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${result}`,
  );
}

/** Quotes, backslashes, control characters and surrogates without their other half. */
const toBeEscaped = /["\\\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  return toBeEscaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}
