import { shortKey } from './canonical-key.ts';
import { KeyError } from './errors.ts';
import { checkStale, checkTimeout, checkTtl } from './policy.ts';
import type { Load, ReadRequest } from './request.ts';

/** The part of a cache that calls of a wrapped function use. */
interface Fetching<Category extends string> {
  fetch<T>(request: ReadRequest<Category>, load: Load<T>): T | Promise<T>;
}

/** How calls of a wrapped function become cache requests. The callbacks run once for each call, with its arguments. */
export interface CachedOptions<Arguments extends readonly unknown[]> {
  /** Unique name of the function within its category, also its coordinate in the statistics. Default: the function's own name. */
  readonly name?: string;
  /**
   * Default: the canonical text of all arguments; see `canonicalKey`. Key, name and namespace together have at most 1,024
   * characters.
   */
  readonly key?: (...args: Arguments) => string;
  readonly tags?: readonly string[] | ((...args: Arguments) => readonly string[]);
  readonly namespace?: (...args: Arguments) => string;
  readonly ttlMs?: number;
  readonly staleMs?: number;
  readonly timeoutMs?: number;
}

/** Wraps a function. Calls with equal arguments share a result while it is valid and fresh. */
export function cachedFunction<Category extends string, Arguments extends readonly unknown[], T>(
  cache: Fetching<Category>,
  wrap: { category: Category; fn: (...args: Arguments) => T | Promise<T>; options: CachedOptions<Arguments> },
): (...args: Arguments) => T | Promise<T> {
  const { category, fn, options } = wrap;
  const name = options.name ?? fn.name;
  if (name === '') throw new TypeError('Expected a named function, or options.name, but got an anonymous function');
  const { ttlMs, staleMs, timeoutMs } = options;
  checkTtl(ttlMs);
  checkStale(staleMs);
  checkTimeout('timeoutMs', timeoutMs);
  return (...args) => {
    const callKey = options.key ? options.key(...args) : shortKey(args);
    if (typeof callKey !== 'string')
      throw new KeyError(`Expected a key of "${name}" that is a string but got ${typeof callKey}`);
    const namespace = options.namespace?.(...args);
    const key = JSON.stringify(namespace === undefined ? [name, callKey] : [name, callKey, namespace]);
    const tags = typeof options.tags === 'function' ? options.tags(...args) : options.tags;
    return cache.fetch({ category, key, namespace, tags, ttlMs, staleMs, timeoutMs, coordinate: name }, () =>
      fn(...args),
    );
  };
}
