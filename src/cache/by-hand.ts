import type { Cache } from './cache.ts';
import { shortKey } from './canonical-key.ts';
import { KeyError } from './errors.ts';
import { checkTtl } from './policy.ts';

/** How the calls of a wrapped function become requests. What takes the arguments is called for each call. */
export interface CachedOptions<Arguments extends readonly unknown[]> {
  /** Tells apart functions of one category, and names the function in the statistics; the function's own name if left out. */
  readonly name?: string;
  /** By default all arguments: see `canonicalKey` for what they may be. At most 1,024 characters, with name and namespace. */
  readonly key?: (...args: Arguments) => string;
  readonly tags?: readonly string[] | ((...args: Arguments) => readonly string[]);
  readonly namespace?: (...args: Arguments) => string;
  readonly ttlMs?: number;
}

/** Wraps a function: calls with equal arguments share an answer for as long as it is valid and fresh. */
export function cachedFunction<Category extends string, Arguments extends readonly unknown[], T>(
  cache: Cache<Category>,
  wrap: { category: Category; fn: (...args: Arguments) => T | Promise<T>; options: CachedOptions<Arguments> },
): (...args: Arguments) => T | Promise<T> {
  const { category, fn, options } = wrap;
  const name = options.name ?? fn.name;
  if (name === '') throw new TypeError('Expected a named function, or options.name, but got an anonymous function');
  const { ttlMs } = options;
  checkTtl(ttlMs);
  return (...args) => {
    const own = options.key ? options.key(...args) : shortKey(args);
    if (typeof own !== 'string')
      throw new KeyError(`Expected a key of "${name}" that is a string but got ${typeof own}`);
    const namespace = options.namespace?.(...args);
    const key = JSON.stringify(namespace === undefined ? [name, own] : [name, own, namespace]);
    const tags = typeof options.tags === 'function' ? options.tags(...args) : options.tags;
    return cache.fetch({ category, key, namespace, tags, ttlMs, coordinate: name }, () => fn(...args));
  };
}
