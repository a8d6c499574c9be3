import { REFERENCE, textBytes } from '../cache/bytes.ts';
import type { Attachment, Entry } from '../cache/entry.ts';
import { checkAccess } from './access.ts';
import { namespaced, publicNamespace, scopePrefix } from './cache-key.ts';
import { type FieldCache, type FieldCaching, fieldLookup } from './cached-field.ts';
import type { RequestContext, Trace } from './request.ts';
import type { RootField } from './root-fields.ts';
import { resolveRanges } from './schema.ts';
import type { Variables } from './variables.ts';

/**
 * An entry's serialised answer to one selection: what the executor would have completed and stringified. It is itself a cached
 * value, attached to its entry: its tags are those of all that its selection touched, its stamp is from before the execution
 * that made it, and it ends with its entry and with each entry beneath.
 */
export interface Fragment {
  readonly json: string;
  /** Entries that lookups beneath the root field found, to be counted with each use. */
  readonly nestedEntries: readonly Entry[];
  /** The moment at which the first lifetime of an entry beneath ends. */
  readonly freshUntil: number;
}

/** Where a fragment hangs, found just now: it becomes empty when the cache lets it go. */
export type AttachedFragment = Attachment & { readonly value: Fragment; readonly entry: Entry };

/** A root field as one request asks for it. `id` tells its selection, with variables and, where ranges occur in it, the day. */
export interface RequestedField {
  readonly field: RootField;
  readonly variables: Variables;
  readonly id: string;
}

/** Finds a root field's fragment. Undefined sends the field to the executor, which says what there is to say. */
export function findFragment(
  cache: FieldCache,
  context: RequestContext,
  { field, variables, id }: RequestedField,
): AttachedFragment | undefined {
  const { plan } = field;
  const { state } = context;
  const prefix = plan?.cache && scopePrefix(plan.cache.scope, state.viewer);
  if (!plan?.cache || !prefix) return undefined;
  try {
    checkAccess(plan, state);
    const args = field.text.args(variables);
    const lookup = fieldLookup(
      { ...plan, cache: plan.cache },
      {
        prefix,
        args: plan.ranges.size > 0 ? resolveRanges(plan, args, context) : args,
        parent: undefined,
      },
    );
    state.lookups.set(field.key, lookup);
    const entry = cache.peek(lookup.category, lookup.key, state.now);
    const fragment = entry && (cache.attachment(entry, id, state.now) as AttachedFragment | undefined);
    return fragment && hasAllEntries(fragment) ? fragment : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a fragment that was found before would be found again. */
export function revalidateFragment(cache: FieldCache, fragment: Attachment, now: number): fragment is AttachedFragment {
  return cache.revalidate(fragment, now) && hasAllEntries(fragment as AttachedFragment);
}

/** Whether its lookups would all be hits, as they are counted: an entry beneath may have left for want of room. */
function hasAllEntries({ value }: AttachedFragment): boolean {
  return value.nestedEntries.every((entry) => entry.isKept);
}

/** The moment at which the first lifetime of an entry in it ends. */
export function freshUntilOf({ entry, value }: AttachedFragment): number {
  return Math.min(entry.expiresAt, value.freshUntil);
}

/** Counts the use of a fragment exactly as an execution would have counted its lookups. Returns how many there were. */
export function countFragment(
  cache: FieldCache,
  { entry, value: { nestedEntries } }: Pick<AttachedFragment, 'entry' | 'value'>,
): number {
  cache.countHit(entry);
  for (const one of nestedEntries) cache.countHit(one);
  return 1 + nestedEntries.length;
}

/** Counts an execution's lookups for somebody who waited for its answer. */
export function countCoalesced(cache: FieldCache, { root, lookups }: Trace, waitedMs: number): void {
  for (const { entry, missCause } of root ? [root, ...lookups] : lookups)
    if (missCause) cache.countCoalesced(entry, { cause: missCause, waitedMs });
    else cache.countHit(entry);
}

/**
 * Keeps what an execution answered to a root field, unless something in it cannot be remembered. Of those who executed it side by
 * side the first one's stays: answers were joined from it already. Returns what hangs there now, if it is the very same text.
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
  if (trace.lookups.some((lookup) => !lookup.entry.isKept)) return undefined; // such as one with more tags than it could hold
  if (isPublic && trace.readPaths.length > 0) return undefined; // what lies beneath may be a workspace's
  const namespace = entry.namespace!;
  const tags = nodeTags.of(trace.ids, { namespace, held: entry.tags.map(({ name }) => name) });
  for (const tag of trace.tags) tags.add(namespaced(namespace, tag));
  let { validUntil } = entry;
  let freshUntil = Number.POSITIVE_INFINITY;
  for (const lookup of trace.lookups) {
    validUntil = Math.min(validUntil, lookup.entry.refreshAt);
    freshUntil = Math.min(freshUntil, lookup.entry.expiresAt);
  }
  const beneath = trace.lookups.map((lookup) => lookup.entry);
  const value: Fragment = { json, nestedEntries: beneath, freshUntil };
  const bytes = textBytes(json) + REFERENCE * beneath.length;
  const made = { bytes, stamp, tags: [...tags], entries: beneath, validUntil, value };
  return cache.attach(entry, id, made) as AttachedFragment | undefined;
}
