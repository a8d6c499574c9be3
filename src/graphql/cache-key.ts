import { createHash } from 'node:crypto';
import { shortKeyOfParsed } from '../cache/canonical-key.ts';
import { isEngineTag } from '../cache/keys-and-tags.ts';
import type { Viewer } from '../domains/context.ts';
import type { CacheScope } from '../generated/schema.ts';

/** Whose entries and tags they are. No workspace is called that. */
export const publicNamespace = 'public';

/** Where a scope's entries live: `key` begins their keys, `namespace` their tags. */
export interface ScopePrefix {
  readonly key: string;
  readonly namespace: string;
}

const publicPrefix: ScopePrefix = { key: `${publicNamespace} `, namespace: publicNamespace };

/** Who may share an entry stands at the beginning of its key: all of the viewer that a resolver of that scope may read. */
export function scopePrefix(scope: CacheScope, viewer: Viewer | null): ScopePrefix | undefined {
  if (scope === 'PUBLIC') return publicPrefix;
  if (!viewer) return undefined;
  let own = prefixes.get(viewer);
  if (!own) {
    own = prefixesOf(viewer);
    prefixes.set(viewer, own);
  }
  return own[scope];
}

/** A viewer is remembered from one request to the next, and with it its prefixes. */
const prefixes = new WeakMap<Viewer, ReturnType<typeof prefixesOf>>();

/** A request that began before a change of role, time zone or visibility goes on as it was, and must not answer those after. */
function prefixesOf(viewer: Viewer): { WORKSPACE: ScopePrefix; VIEWER: ScopePrefix | undefined } {
  const { workspaceId: namespace, userId, role, timeZone, weekStartsOn } = viewer;
  const shared = `${namespace} ${timeZone} ${weekStartsOn} ${visibility(viewer)} `;
  return {
    WORKSPACE: { key: shared, namespace },
    VIEWER: userId === null ? undefined : { key: `${shared}${role} ${userId} `, namespace },
  };
}

/** The key of a field's value: scope, coordinate, the parent's identity, arguments. */
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

/** A nested field's parent is known by its `id`, by an `identity` that its own resolver gave it, or, the viewer, by `userId`. */
export function parentIdentity(parent: unknown, coordinate: string): string {
  const { id, identity, userId } = (parent ?? {}) as { id?: unknown; identity?: unknown; userId?: unknown };
  const known = id ?? identity ?? userId;
  if (typeof known === 'string') return known;
  throw new TypeError(
    `${coordinate}: expected a parent with an id or an identity, but got ${JSON.stringify(parent)?.slice(0, 80)}`,
  );
}

/** Members who see the same accounts see the same data: `*` for all accounts, else a digest of those they see. */
function visibility({ accountIds }: Viewer): string {
  if (!accountIds) return '*';
  return createHash('sha256').update(JSON.stringify(accountIds)).digest('base64url').slice(0, 22);
}

/** Tags live inside their namespace: no tenant can reach another's. */
export function namespaced(namespace: string, tag: string): string {
  return `${namespace}/${tag}`;
}

/** Undefined for the engine's own tags. */
export function namespaceOf(tag: string): string | undefined {
  const end = isEngineTag(tag) ? -1 : tag.indexOf('/');
  return end < 0 ? undefined : tag.slice(0, end);
}
