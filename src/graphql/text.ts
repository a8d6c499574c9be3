import { type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql';

/** JSON; a promise of it where something in it is still to be resolved. */
export type Text = string | Promise<string>;

/** Puts texts together in their order, waiting only for those that are not there yet. */
export class JoinedText {
  #text = '';
  #waiting: { readonly before: string; readonly text: Promise<string> }[] | undefined;

  add(before: string, text: Text): void {
    if (typeof text === 'string') {
      this.#text += before;
      this.#text += text;
    } else {
      this.#waiting ??= [];
      this.#waiting.push({ before: this.#text + before, text });
      this.#text = '';
    }
  }

  end(after: string): Text {
    const last = this.#text + after;
    const waiting = this.#waiting;
    if (waiting === undefined) return last;
    if (waiting.length === 1) return waiting[0]!.text.then((text) => waiting[0]!.before + text + last);
    return Promise.all(waiting.map(({ text }) => text)).then(
      (texts) => waiting.map(({ before }, index) => before + texts[index]!).join('') + last,
    );
  }

  /** There is nothing to put together any more; what is still being resolved is waited for, so that none fails unheard. */
  fail(error: unknown): Promise<never> {
    const rethrow = () => {
      throw error;
    };
    if (this.#waiting === undefined) rethrow();
    return Promise.all(this.#waiting!.map(({ text }) => text)).then(rethrow, rethrow);
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
    throw new Error((error as Error).message); // it is not meant for clients, as a GraphQLError would be
  }
  if (typeof result === 'string') return quoted(result);
  if (result !== null && result !== undefined) return JSON.stringify(result);
  throw new Error(`Expected \`${type}.serialize(${value})\` to return non-nullable value, returned: ${result}`);
}

/** Quotes, backslashes, control characters and surrogates without their other half. */
const toBeEscaped = /["\\\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  return toBeEscaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}
