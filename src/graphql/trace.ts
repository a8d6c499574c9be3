import type { GraphQLResolveInfo } from 'graphql';
import type { Entry } from '../cache/entry.ts';
import type { Lookup } from '../cache/request.ts';
import { idsIn } from './node-tags.ts';
import type { RequestContext, Trace } from './request.ts';
import { resolveTags, type TagTemplate } from './tag-template.ts';

type Path = GraphQLResolveInfo['path'];

/** Notes what a root field's selection touches, so that its answer can be remembered as a fragment with the right tags. */
export function traceOf({ state }: RequestContext, { path }: GraphQLResolveInfo): Trace | undefined {
  if (!state.traces) return undefined;
  let root: Path = path;
  while (root.prev) root = root.prev;
  const key = String(root.key);
  let trace = state.traces.get(key);
  if (!trace) {
    const noted = {
      ids: new Set<string>(),
      tags: new Set<string>(),
      seen: new Set<object>(),
      lookups: [],
      reaches: [],
    };
    trace = { root: undefined, isOpen: false, ...noted };
    state.traces.set(key, trace);
  }
  return trace;
}

/** A cached field: its entry says what it depends on. What is stale already is remembered no further. */
export function traceCached(
  context: RequestContext,
  info: GraphQLResolveInfo,
  found: { entry: Entry; seen: Lookup },
): void {
  const trace = traceOf(context, info);
  if (!trace) return;
  const { entry, seen } = found;
  if (seen.status === 'STALE') trace.isOpen = true;
  const lookup = { path: pathOf(info.path), entry, cause: seen.status === 'HIT' ? undefined : seen.cause };
  if (info.path.prev) {
    trace.lookups.push(lookup);
    trace.reaches.push(info.path);
  } else trace.root = lookup;
}

/** A resolver beneath the root field that reads more than its parent. Call it before the resolver runs. */
export function traceReach(context: RequestContext, info: GraphQLResolveInfo): Trace | undefined {
  const trace = traceOf(context, info);
  if (info.path.prev) trace?.reaches.push(info.path);
  return trace;
}

/** A dependent field: what its directive says. */
export function traceDependent(
  trace: Trace,
  {
    tags,
    args,
    parent,
    value,
  }: { tags: readonly TagTemplate[]; args: Record<string, unknown>; parent: unknown; value: unknown },
): void {
  for (const tag of resolveTags(tags, { args, parent })) trace.tags.add(tag);
  traceNodes(trace, value);
}

/**
 * The nodes that an edge or a dependent field led to: many edges lead to the same node, which a loader gave to all of them. A
 * reference that leads nowhere is its parent's, whose tag stands already.
 */
export function traceNodes({ ids, seen }: Trace, value: unknown): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  idsIn(value, ids);
}

/** A resolver of which nothing is known. */
export function traceOpen(context: RequestContext, info: GraphQLResolveInfo): void {
  const trace = traceReach(context, info);
  if (trace) trace.isOpen = true;
}

/** From the root down. */
export function pathOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
