import { GraphQLError, type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql';
import { inspect } from './inspect.ts';

/** JSON, or a promise of it while a value in it is being resolved. */
export type JsonText = string | Promise<string>;

/** Joins texts in order, and waits for those that are promises. */
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

  /** Throws the error after the pending texts have settled, or at the first that rejects. */
  fail(error: unknown): Promise<never> {
    if (this.#waiting === undefined) throw error;
    const rethrow = () => {
      throw error;
    };
    return Promise.all(this.#waiting.map(({ text }) => text)).then(rethrow, rethrow);
  }

  /** Ignores the errors of the pending texts. */
  abandon(): void {
    for (const { text } of this.#waiting ?? []) text.catch(() => {});
  }
}

/** Returns a function that serialises a leaf's non-null value to JSON. It throws for a value that the type does not allow. */
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
    throw error instanceof GraphQLError ? new Error(error.message) : error; // is masked, because its message is not meant for clients
  }
  if (typeof result === 'string') return quoted(result);
  if (result !== null && result !== undefined) return JSON.stringify(result);
  throw new Error(
    `Expected \`${type}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${result}`,
  );
}

/** Quotes, backslashes, control characters and lone surrogates. */
const toBeEscaped = /["\\\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  return toBeEscaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}
