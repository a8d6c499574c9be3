import type { Entry } from '../cache/entry.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { checkAccess } from './access.ts';
import { namespaced, publicNamespace, scopePrefix } from './cache-key.ts';
import { type FieldCache, fieldLookup } from './cached-field.ts';
import type { RequestContext, Trace, TracedLookup } from './request.ts';
import type { RootField } from './root-fields.ts';
import { resolveRanges } from './schema.ts';

/**
 * An entry's serialised answer to one selection: what the executor would have completed and stringified. It is itself a cached
 * value, attached to its entry: its tags are those of all that its selection touched, its stamp is from before the execution
 * that made it, and it ends with its entry and with each entry beneath.
 */
export interface Fragment {
  readonly json: string;
  /** Lookups beneath the root field, to be counted with each use. */
  readonly lookups: readonly TracedLookup[];
  /** The moment at which the first lifetime of an entry beneath ends. */
  readonly freshUntil: number;
}

/** A root field's answer from the cache, found and not yet counted. */
export interface FoundFragment {
  readonly entry: Entry;
  /** Under which the entry keeps it. */
  readonly id: string;
  readonly fragment: Fragment;
}

/** A fragment that was found once, and where: nothing that the cache lets go stays in memory for its sake. */
export interface RememberedFragment {
  readonly category: CacheCategory;
  readonly key: string;
  readonly id: string;
  readonly fragment: WeakRef<Fragment>;
}

/** A root field as one request asks for it. `id` tells its selection, with variables and, where ranges occur in it, the day. */
export interface AskedField {
  readonly field: RootField;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** Finds a root field's fragment. Undefined sends the field to the executor, which says what there is to say. */
export function findFragment(
  cache: FieldCache,
  context: RequestContext,
  { field, variables, id }: AskedField,
): FoundFragment | undefined {
  const { plan } = field;
  const { state } = context;
  const prefix = plan?.cache && scopePrefix(plan.cache.scope, state.viewer);
  if (!plan?.cache || !prefix) return undefined;
  try {
    checkAccess(plan, state);
    const args = field.args(variables);
    const lookup = fieldLookup(
      { ...plan, cache: plan.cache },
      {
        prefix,
        args: plan.ranges.size > 0 ? resolveRanges(plan, args, context) : args,
        parent: undefined,
      },
    );
    const entry = cache.peek(lookup.category, lookup.key, state.now);
    const fragment = entry && (cache.attachment(entry, id, state.now) as Fragment | undefined);
    return fragment && { entry, id, fragment };
  } catch {
    return undefined;
  }
}

/** The moment at which the first lifetime of an entry in it ends. */
export function freshUntilOf({ entry, fragment }: FoundFragment): number {
  return Math.min(entry.expiresAt, fragment.freshUntil);
}

/** Counts the use of a fragment exactly as an execution would have counted its lookups. Returns how many there were. */
export function countFragment(cache: FieldCache, { entry, fragment }: FoundFragment): number {
  cache.countHit(entry);
  for (const { entry: beneath } of fragment.lookups) cache.countHit(beneath);
  return 1 + fragment.lookups.length;
}

export function remembered({ entry, id, fragment }: FoundFragment): RememberedFragment {
  const { category, key } = entry as Entry & { category: CacheCategory };
  return { category, key, id, fragment: new WeakRef(fragment) };
}

/** Finds all of them again. Undefined if one does not stand any more, or has another in its place. */
export function findAgain(
  cache: FieldCache,
  fragments: readonly RememberedFragment[],
  now: number,
): FoundFragment[] | undefined {
  const found: FoundFragment[] = [];
  for (const { category, key, id, fragment } of fragments) {
    const entry = cache.peek(category, key, now);
    const standing = entry && (cache.attachment(entry, id, now) as Fragment | undefined);
    if (!standing || standing !== fragment.deref()) return undefined;
    found.push({ entry, id, fragment: standing });
  }
  return found;
}

/** Keeps what an execution answered to a root field, unless something in it cannot be remembered. */
export function keepFragment(
  cache: FieldCache,
  trace: Trace | undefined,
  { id, json, stamp }: { id: string; json: string; stamp: number },
): void {
  if (!trace?.root || trace.isOpen) return;
  const { entry } = trace.root;
  const isPublic = entry.namespace === publicNamespace;
  if (trace.lookups.some((lookup) => !lookup.entry.isKept)) return; // such as one with more tags than it could hold
  if (isPublic && trace.reachesOut) return; // what lies beneath may be a workspace's
  const tags = new Set<string>();
  for (const tag of trace.tags) tags.add(namespaced(entry.namespace!, tag));
  let { validUntil } = entry;
  let freshUntil = Number.POSITIVE_INFINITY;
  for (const lookup of trace.lookups) {
    for (const tag of lookup.entry.tags) tags.add(tag.name);
    validUntil = Math.min(validUntil, lookup.entry.refreshAt);
    freshUntil = Math.min(freshUntil, lookup.entry.expiresAt);
  }
  const fragment: Fragment = { json, lookups: trace.lookups, freshUntil };
  cache.attach(entry as Entry & { category: CacheCategory }, id, {
    bytes: Buffer.byteLength(json),
    stamp,
    tags: [...tags],
    validUntil,
    value: fragment,
  });
}
