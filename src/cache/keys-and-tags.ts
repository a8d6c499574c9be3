import { KeyError } from './errors.ts';
import { checkTtl } from './policy.ts';
import type { ReadRequest } from './request.ts';

/** In UTF-16 code units. What is longer is better hashed: see `shortKey`. */
const maxKeyLength = 1_024;
export const maxTagLength = 512;
/** What depends on more is not kept. */
export const maxTags = 5_000;

/**
 * Tags that every entry has without saying so: to delete a key, or to clear a category or a namespace, is to invalidate one. They
 * begin with a character that no tag of a caller's may begin with.
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

/** Of the engine's own tags, those of one namespace; undefined for the others, and for a tag that is not the engine's. */
export function namespaceOfEngineTag(tag: string): string | undefined {
  return OF_NAMESPACE.exec(tag)?.[1];
}

const OF_NAMESPACE = /^\*(?:namespace|category \S+ in) (.*)$/s;

/** Throws a `KeyError` for what no entry may be kept under. */
export function checkKey(key: unknown): void {
  if (typeof key !== 'string') throw new KeyError(`Expected a key that is a string but got ${typeof key}`);
  if (key.length > maxKeyLength)
    throw new KeyError(`Expected a key of at most ${maxKeyLength} characters but got ${key.length}: "${cut(key)}"`);
}

/** As `checkKey`, for a tag that a caller names. */
export function checkTag(tag: unknown): void {
  if (typeof tag !== 'string') throw new KeyError(`Expected a tag that is a string but got ${typeof tag}`);
  if (tag.length > maxTagLength)
    throw new KeyError(`Expected a tag of at most ${maxTagLength} characters but got ${tag.length}: "${cut(tag)}"`);
  if (isEngineTag(tag))
    throw new KeyError(
      `Expected a tag that does not begin with "${engineMark}", as the engine's own do, but got "${tag}"`,
    );
}

/** As `checkTag`, for a list of them: a text is one too, of its characters. */
export function checkTags(tags: unknown): void {
  if (!Array.isArray(tags)) throw new KeyError(`Expected a list of tags but got ${typeof tags}`);
  for (const tag of tags) checkTag(tag);
}

/** Throws for a read or a `set` whose result could not be kept, or not as it is asked. */
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
