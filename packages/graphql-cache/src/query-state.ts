import type { CacheUsage, ExecutionState, Explanation, FieldLookup, Trace } from './execution-state.ts';
import { unusedCache } from './execution-state.ts';
import type { Sharing } from './scope.ts';

/** The state of one query that is executed to text. */
export class QueryState implements ExecutionState {
  readonly sharing: Sharing;
  readonly explanations: Explanation[] | undefined;
  readonly now: number;
  readonly cacheUsage: CacheUsage = unusedCache();
  readonly isCaching = true;
  readonly traces = new Map<string, Trace>();
  readonly lookups = new Map<string, FieldLookup>();

  constructor(options: { sharing: Sharing; now: number; explanations: Explanation[] | undefined }) {
    this.sharing = options.sharing;
    this.now = options.now;
    this.explanations = options.explanations;
  }
}

/**
 * The state for one call of a resolver by another executor, such as that of a mutation's payload. It keeps nothing from call to
 * call, because such an executor does not say which calls belong to one execution, and a server may use one context for many.
 */
export class CallState implements ExecutionState {
  readonly #read: { sharing(): Sharing; now(): number };
  readonly explanations = undefined;
  readonly cacheUsage: CacheUsage = unusedCache();
  readonly isCaching = true;
  readonly traces = undefined;
  readonly lookups: Map<string, FieldLookup> = noLookups;

  constructor(read: { sharing(): Sharing; now(): number }) {
    this.#read = read;
  }

  get sharing(): Sharing {
    return this.#read.sharing();
  }

  get now(): number {
    return this.#read.now();
  }
}

const noLookups = new Map<string, FieldLookup>();
