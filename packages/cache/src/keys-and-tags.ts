import { KeyError } from './errors.ts';
import { checkStale, checkTimeout, checkTtl } from './policy.ts';
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

/** The tags that every entry of a key depends on. */
export function engineTags(category: string, key: string, namespace: string | undefined): string[] {
  const tags = [keyTag(category, key), categoryTag(category)];
  if (namespace !== undefined) tags.push(namespaceTag(namespace), namespaceCategoryTag(namespace, category));
  return tags;
}

/** The tags that clear the categories: as a whole, or in a namespace. Without `only.categories`, that namespace as a whole. */
export function clearedTags(
  categories: readonly string[],
  { namespace, ...only }: { categories?: readonly string[]; namespace?: string },
): string[] {
  if (namespace === undefined) return categories.map(categoryTag);
  if (only.categories === undefined) return [namespaceTag(namespace)];
  return categories.map((category) => namespaceCategoryTag(namespace, category));
}

export function isEngineTag(tag: string): boolean {
  return tag.startsWith(engineMark);
}

/** Whether it is the engine tag of one key. */
export function isKeyTag(tag: string): boolean {
  return tag.startsWith(`${engineMark}key `);
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
function checkTags(tags: unknown): void {
  if (!Array.isArray(tags)) throw new KeyError(`Expected a list of tags but got ${typeof tags}`);
  for (const tag of tags) checkTag(tag);
}

/** Throws a `KeyError`, `RangeError` or `TypeError` for a `read` or `set` of which a member is not acceptable. */
export function checkRequest(request: Omit<ReadRequest<string>, 'category'>): void {
  const { key, namespace, tags, signal } = request;
  checkKey(key);
  if (namespace !== undefined && typeof namespace !== 'string')
    throw new KeyError(`Expected a namespace that is a string but got ${typeof namespace}`);
  if (namespace !== undefined && namespace.length > maxTagLength)
    throw new KeyError(`Expected a namespace of at most ${maxTagLength} characters but got ${namespace.length}`);
  if (tags !== undefined) checkTags(tags);
  checkTtl(request.ttlMs);
  checkStale(request.staleMs);
  checkTimeout('timeoutMs', request.timeoutMs);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(`Expected a signal that is an AbortSignal but got ${typeof signal}`);
}

function cut(text: string): string {
  return `${text.slice(0, 40)}…`;
}
