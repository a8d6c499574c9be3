import { defaultFieldResolver, GraphQLError, type GraphQLFieldResolver } from 'graphql';

const extensions = { code: 'RESULT_TOO_LARGE' };

/**
 * The characters of the values in one result. Its cost bounds their number, but not the length of their texts, so that a short document
 * could ask for hundreds of megabytes.
 */
export class ResultSize {
  readonly #maxChars: number;
  #chars = 0;
  #error: GraphQLError | undefined;

  constructor(maxChars = Number.POSITIVE_INFINITY) {
    this.#maxChars = maxChars;
  }

  /** Whether a text may be added. */
  hasRoomFor(chars: number): boolean {
    return this.#chars + chars <= this.#maxChars;
  }

  /** Throws when the result has more characters than it may. */
  add(chars: number): void {
    this.#chars += chars;
    if (this.#chars <= this.#maxChars) return;
    const message = `The result is too large: expected at most ${this.#maxChars} characters, but got more; ask for less, or for smaller pages.`;
    this.#error ??= new GraphQLError(message, { extensions });
    throw this.#error;
  }
}

/** Whether an error says that there was no room for a value. */
export function isTooLarge(error: GraphQLError): boolean {
  return error.extensions?.code === extensions.code;
}

/** Resolves fields that have no resolver in an executor of another library, and counts their texts. */
export function countingResolver(size: ResultSize): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, contextValue, info) => {
    const value = defaultFieldResolver(source, args, contextValue, info);
    if (typeof value === 'string') size.add(value.length);
    return value;
  };
}
