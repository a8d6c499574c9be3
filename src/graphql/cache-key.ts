import { createHash } from 'node:crypto';
import { shortKeyOfParsed } from '../cache/canonical-key.ts';
import { isEngineTag } from '../cache/keys-and-tags.ts';
import type { Viewer } from '../domains/context.ts';
import type { CacheScope } from '../generated/schema.ts';

/** The namespace of `PUBLIC` entries and tags. No workspace id equals it. */
export const publicNamespace = 'public';

/** The prefixes of a scope's entries: `key` of their keys, `namespace` of their tags. */
export interface ScopePrefix {
  readonly key: string;
  readonly namespace: string;
}

const publicPrefix: ScopePrefix = { key: `${publicNamespace} `, namespace: publicNamespace };

/**
 * Returns the prefixes for a scope, or undefined if the viewer has none. The key prefix holds every property of the viewer that a
 * resolver of that scope may read, so that only viewers who are equal in all of them share an entry.
 */
export function scopePrefix(scope: CacheScope, viewer: Viewer | null): ScopePrefix | undefined {
  if (scope === 'PUBLIC') return publicPrefix;
  if (!viewer) return undefined;
  let viewerPrefixes = prefixes.get(viewer);
  if (!viewerPrefixes) {
    viewerPrefixes = prefixesOf(viewer);
    prefixes.set(viewer, viewerPrefixes);
  }
  return viewerPrefixes[scope];
}

/** Prefixes by viewer. The viewer object is cached across requests; see `Principals`. */
const prefixes = new WeakMap<Viewer, ReturnType<typeof prefixesOf>>();

/**
 * Includes role, time zone and visibility: a request that began before they changed continues with the old ones, and later requests
 * must not be served its entries.
 */
function prefixesOf(viewer: Viewer): { WORKSPACE: ScopePrefix; VIEWER: ScopePrefix | undefined } {
  const { workspaceId: namespace, userId, role, timeZone, weekStartsOn } = viewer;
  const shared = `${namespace} ${timeZone} ${weekStartsOn} ${visibility(viewer)} `;
  return {
    WORKSPACE: { key: shared, namespace },
    VIEWER: userId === null ? undefined : { key: `${shared}${role} ${userId} `, namespace },
  };
}

/** The cache key of a field: scope, coordinate, identity of the parent, arguments. */
export function fieldKey(
  prefix: ScopePrefix,
  {
    coordinate,
    parent,
    args,
  }: { coordinate: string; parent: string | undefined; args: Readonly<Record<string, unknown>> },
): string {
  const short = shortKeyOfParsed(args);
  return `${prefix.key}${coordinate}${parent === undefined ? '' : JSON.stringify(parent)}${short === '{}' ? '' : short}`;
}

/** Returns the identity of a nested field's parent: its `id`, an `identity` that its resolver set, or the viewer's `userId`. */
export function parentIdentity(parent: unknown, coordinate: string): string {
  const { id, identity, userId } = (parent ?? {}) as { id?: unknown; identity?: unknown; userId?: unknown };
  const parentId = id ?? identity ?? userId;
  if (typeof parentId === 'string') return parentId;
  throw new TypeError(
    `${coordinate}: expected a parent with an id or an identity, but got ${JSON.stringify(parent)?.slice(0, 80)}`,
  );
}

/** The accounts that a viewer sees: `*` for all, otherwise a digest. Members with the same accounts see the same data. */
function visibility({ accountIds }: Viewer): string {
  if (!accountIds) return '*';
  return createHash('sha256').update(JSON.stringify(accountIds)).digest('base64url').slice(0, 22);
}

/** Adds the namespace to a tag, so that no workspace can invalidate another's. */
export function namespaced(namespace: string, tag: string): string {
  return `${namespace}/${tag}`;
}

/** Returns the namespace of a tag; undefined for an engine tag. */
export function namespaceOf(tag: string): string | undefined {
  const end = isEngineTag(tag) ? -1 : tag.indexOf('/');
  return end < 0 ? undefined : tag.slice(0, end);
}
