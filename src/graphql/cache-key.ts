import { createHash } from 'node:crypto';
import { canonicalKey } from '../cache/canonical-key.ts';
import type { Viewer } from '../domains/context.ts';
import type { CacheScope } from '../generated/schema.ts';

/** Whose entries and tags they are. No workspace is called that. */
export const publicNamespace = 'public';

/** Longer argument texts are hashed, so that a key stays small. */
const maxArgumentsLength = 256;

/** Where a scope's entries live: `key` begins their keys, `namespace` their tags. */
export interface ScopePrefix {
  readonly key: string;
  readonly namespace: string;
}

const publicPrefix: ScopePrefix = { key: `${publicNamespace} `, namespace: publicNamespace };

/** Who may share an entry stands at the beginning of its key. */
export function scopePrefix(scope: CacheScope, viewer: Viewer | null): ScopePrefix | undefined {
  if (scope === 'PUBLIC') return publicPrefix;
  if (!viewer) return undefined;
  const namespace = viewer.workspaceId;
  if (scope === 'WORKSPACE') return { key: `${namespace} ${visibility(viewer)} `, namespace };
  return viewer.userId ? { key: `${namespace} ${viewer.userId} `, namespace } : undefined;
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
  const text = canonicalKey(args);
  const short = text.length <= maxArgumentsLength ? text : createHash('sha256').update(text).digest('base64url');
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

const visibilities = new WeakMap<readonly string[], string>();

/** Members who see the same accounts see the same data: `*` for all accounts, else a digest of those they see. */
function visibility({ accountIds }: Viewer): string {
  if (!accountIds) return '*';
  let digest = visibilities.get(accountIds);
  if (!digest) {
    digest = createHash('sha256').update(accountIds.join('\n')).digest('base64url').slice(0, 22);
    visibilities.set(accountIds, digest);
  }
  return digest;
}

/** Tags live inside their namespace: no tenant can reach another's. */
export function namespaced(namespace: string, tag: string): string {
  return `${namespace}/${tag}`;
}
