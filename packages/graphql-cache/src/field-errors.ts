import { type FieldNode, GraphQLError, type GraphQLResolveInfo, locatedError } from 'graphql';
import { pathOf, rootKeyOf } from './trace.ts';

type Path = GraphQLResolveInfo['path'];

/** An answer has at most this many errors, and a last one that counts the others. */
export const maxErrors = 100;

/** More than `maxErrors`: of concurrent errors of non-null fields only the first reaches the nullable field above. */
const maxLocated = 10 * maxErrors;

/**
 * The errors of the fields of one execution. Only the first are located and kept: each costs a stack and a search for its line in the
 * document, so that a short document could keep the process busy for seconds. The others are counted, and their fields are null too.
 */
export class FieldErrors {
  readonly #kept: GraphQLError[] = [];
  readonly #brokenRoots = new Set<string>();
  #located = 0;
  #omitted = 0;

  /** Returns the located error, or the error itself if it will only be counted. */
  locate(error: unknown, nodes: readonly FieldNode[], path: Path): unknown {
    if (this.#isFull || this.#located >= maxLocated) return error;
    this.#located++;
    return locatedError(error, nodes, pathOf(path));
  }

  /** Adds the error of a nullable field, as `locate` returned it. */
  add(error: unknown, path: Path): void {
    this.#brokenRoots.add(rootKeyOf(path));
    this.#keep(error);
  }

  /** Whether the root field with this response key has failed, or a field beneath it. */
  isBroken(rootKey: string): boolean {
    return this.#brokenRoots.has(rootKey);
  }

  /** The errors of an answer without data, for which one of a non-null root field is the last. */
  endWith(error: unknown): GraphQLError[] {
    this.#keep(error);
    return this.list();
  }

  list(): GraphQLError[] {
    return this.#omitted > 0 ? [...this.#kept, omittedErrors(this.#omitted)] : [...this.#kept];
  }

  get #isFull(): boolean {
    return this.#kept.length >= maxErrors;
  }

  #keep(error: unknown): void {
    if (this.#isFull || !(error instanceof GraphQLError && error.path)) this.#omitted++;
    else this.#kept.push(error);
  }
}

/** Says how many errors an answer leaves out. */
export function omittedErrors(count: number): GraphQLError {
  return new GraphQLError(`Too many errors: ${count} more ${count === 1 ? 'is' : 'are'} left out.`);
}
