import { KeyError } from './errors.ts';
import { checkTtl } from './policy.ts';
import type { ReadRequest } from './request.ts';

/** In UTF-16 code units. `shortKey` hashes longer texts. */
const maxKeyLength = 1_024;
export const maxTagLength = 512;
/** Most tags of one entry. An entry with more is not kept. */
export const maxTags = 5_000;

/**
 * The first character of engine tags; a caller's tag must not begin with it. The engine adds these tags to every entry: deleting a
 * key, or clearing a category or namespace, invalidates one of them.
 */
const engineMark = '*';

export const categoryTag = (category: string): string => `${engineMark}category ${category}`;

export const namespaceTag = (namespace: string): string => `${engineMark}namespace ${namespace}`;

export const namespaceCategoryTag = (namespace: string, category: string): string =>
  `${engineMark}category ${category} in ${namespace}`;

export const keyTag = (category: string, key: string): string => `${engineMark}key ${category} ${key}`;

export function isEngineTag(tag: string): boolean {
  return tag.startsWith(engineMark);
}

/** Returns the namespace of an engine tag; undefined if it has none, and for any other tag. */
export function namespaceOfEngineTag(tag: string): string | undefined {
  return OF_NAMESPACE.exec(tag)?.[1];
}

const OF_NAMESPACE = /^\*(?:namespace|category \S+ in) (.*)$/s;

/** Throws a `KeyError` for a key that the cache does not accept. */
export function checkKey(key: unknown): void {
  if (typeof key !== 'string') throw new KeyError(`Expected a key that is a string but got ${typeof key}`);
  if (key.length > maxKeyLength)
    throw new KeyError(`Expected a key of at most ${maxKeyLength} characters but got ${key.length}: "${cut(key)}"`);
}

/** As `checkKey`, for a caller's tag. */
export function checkTag(tag: unknown): void {
  if (typeof tag !== 'string') throw new KeyError(`Expected a tag that is a string but got ${typeof tag}`);
  if (tag.length > maxTagLength)
    throw new KeyError(`Expected a tag of at most ${maxTagLength} characters but got ${tag.length}: "${cut(tag)}"`);
  if (isEngineTag(tag))
    throw new KeyError(
      `Expected a tag that does not begin with "${engineMark}", as the engine's own do, but got "${tag}"`,
    );
}

/** As `checkTag`, for a list of tags. Refuses a string, which would iterate as a list of its characters. */
export function checkTags(tags: unknown): void {
  if (!Array.isArray(tags)) throw new KeyError(`Expected a list of tags but got ${typeof tags}`);
  for (const tag of tags) checkTag(tag);
}

/** Throws a `KeyError` or `RangeError` for a `read` or `set` whose key, namespace, tags or TTL is not acceptable. */
export function checkRequest({ key, namespace, tags, ttlMs }: Omit<ReadRequest<string>, 'category'>): void {
  checkKey(key);
  if (namespace !== undefined && typeof namespace !== 'string')
    throw new KeyError(`Expected a namespace that is a string but got ${typeof namespace}`);
  if (namespace !== undefined && namespace.length > maxTagLength)
    throw new KeyError(`Expected a namespace of at most ${maxTagLength} characters but got ${namespace.length}`);
  if (tags !== undefined) checkTags(tags);
  checkTtl(ttlMs);
}

function cut(text: string): string {
  return `${text.slice(0, 40)}…`;
}
