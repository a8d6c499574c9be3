import { type Attachment, type Entry, REFERENCE, textBytes } from '@magpie/cache/entries';
import { namespaced } from './cache-key.ts';
import { type FieldCache, type FieldCaching, fieldLookup } from './cached-field.ts';
import type { ExecutionState, Trace } from './execution-state.ts';
import type { RootField } from './root-fields.ts';
import { publicNamespace } from './scope.ts';
import type { Variables } from './variables.ts';

/**
 * The JSON of an entry's value under one selection, as the executor would complete and serialise it. An attachment of its entry:
 * its tags are those of everything that the selection read, its stamp is from before the execution, and it is removed with its
 * entry and invalid with each nested entry.
 */
export interface Fragment {
  readonly json: string;
  /** Entries of the lookups beneath the root field. Each use of the fragment counts a hit of each. */
  readonly nestedEntries: readonly Entry[];
  /** The earliest expiry of a nested entry, on the cache's clock. */
  readonly freshUntil: number;
}

/** The attachment of a fragment that was found just now. Removal empties it; see `Attachment`. */
export type AttachedFragment = Attachment & { readonly value: Fragment; readonly entry: Entry };

/** A root field of one execution. */
export interface RequestedField {
  readonly field: RootField;
  readonly variables: Variables;
  /** Identifies the selection with the values of its variables and, if its arguments depend on the moment, the period. */
  readonly id: string;
  readonly contextValue: unknown;
}

/** Finds a root field's fragment. Returns undefined also on an error; the field is then executed, and reports it. */
export function findFragment(
  { cache, nodeTags }: FieldCaching,
  state: ExecutionState,
  { field, variables, id, contextValue }: RequestedField,
): AttachedFragment | undefined {
  const { plan } = field;
  const prefix = plan?.cache && state.sharing[plan.cache.scope];
  if (!plan?.cache || !prefix) return undefined;
  try {
    plan.checkAccess?.(contextValue);
    const written = field.text.args(variables);
    const args = plan.resolveArguments ? plan.resolveArguments(written, contextValue) : written;
    const lookup = fieldLookup(
      { ...plan, cache: plan.cache },
      { prefix, args, parent: undefined, nodes: nodeTags.nodes },
    );
    state.lookups.set(field.key, lookup);
    const entry = cache.peek(lookup.category, lookup.key, state.now);
    const fragment = entry && (cache.attachment(entry, id, state.now) as AttachedFragment | undefined);
    return fragment && hasAllEntries(fragment) ? fragment : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether `findFragment` would return this fragment again. If so, counts a use of the attachment. */
export function revalidateFragment(cache: FieldCache, fragment: Attachment, now: number): fragment is AttachedFragment {
  return cache.revalidate(fragment, now) && hasAllEntries(fragment as AttachedFragment);
}

/** Whether all nested entries are kept, so that counting hits of them is true. One may have been evicted. */
function hasAllEntries({ value }: AttachedFragment): boolean {
  return value.nestedEntries.every((entry) => entry.isKept);
}

/** The earliest expiry of the fragment's entry and nested entries, on the cache's clock. */
export function freshUntilOf({ entry, value }: AttachedFragment): number {
  return Math.min(entry.expiresAt, value.freshUntil);
}

/**
 * Counts the lookups of a fragment as an execution would. Returns their number. `startedAt` is what `beginHit` returned before the
 * fragment was looked for; its time counts as that of the root field's hit.
 */
export function countFragment(
  cache: FieldCache,
  { entry, value: { nestedEntries } }: Pick<AttachedFragment, 'entry' | 'value'>,
  startedAt?: number,
): number {
  cache.countHit(entry, entry.coordinate, startedAt);
  for (const one of nestedEntries) cache.countHit(one);
  return 1 + nestedEntries.length;
}

/** Counts an execution's lookups for a request that waited for its result. */
export function countCoalesced(cache: FieldCache, { root, lookups }: Trace, waitedMs: number): void {
  for (const { entry, missCause } of root ? [root, ...lookups] : lookups)
    if (missCause) cache.countCoalesced(entry, { cause: missCause, waitedMs });
    else cache.countHit(entry);
}

/**
 * Keeps the text of an executed root field as a fragment, unless its trace is uncacheable. Of concurrent executions the first one's
 * fragment stays, because results were joined from it already. Returns the fragment that is kept if it has the same text.
 */
export function keepFragment(
  { cache, nodeTags }: FieldCaching,
  trace: Trace | undefined,
  { id, json, stamp }: { id: string; json: string; stamp: number },
): AttachedFragment | undefined {
  if (!trace?.root || trace.isUncacheable) return undefined;
  const { entry } = trace.root;
  const older = cache.attachment(entry, id) as AttachedFragment | undefined;
  if (older && hasAllEntries(older)) return older.value.json === json ? older : undefined;
  const isPublic = entry.namespace === publicNamespace;
  if (trace.lookups.some((lookup) => !lookup.entry.isKept)) return undefined; // for example an entry with too many tags
  if (isPublic && trace.readPaths.length > 0) return undefined; // nested values may belong to a namespace
  const namespace = entry.namespace!;
  const tags = nodeTags.of(trace.nodes, { namespace, held: entry.tags.map(({ name }) => name) });
  for (const tag of trace.tags) tags.add(namespaced(namespace, tag));
  let { validUntil } = entry;
  let freshUntil = Number.POSITIVE_INFINITY;
  for (const lookup of trace.lookups) {
    validUntil = Math.min(validUntil, lookup.entry.refreshAt);
    freshUntil = Math.min(freshUntil, lookup.entry.expiresAt);
  }
  const nestedEntries = trace.lookups.map((lookup) => lookup.entry);
  const value: Fragment = { json, nestedEntries, freshUntil };
  const bytes = textBytes(json) + REFERENCE * nestedEntries.length;
  const attachment = { bytes, stamp, tags: [...tags], entries: nestedEntries, validUntil, value };
  return cache.attach(entry, id, attachment) as AttachedFragment | undefined;
}
