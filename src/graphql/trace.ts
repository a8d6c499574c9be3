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
    trace = {
      ...{ ids: new Set(), tags: new Set(), visited: new Set() },
      ...{ root: undefined, lookups: [], readPaths: [], isUncacheable: false },
    };
    state.traces.set(key, trace);
  }
  return trace;
}

/** A cached field: its entry says what it depends on. What is stale already is remembered no further. */
export function traceCached(
  context: RequestContext,
  info: GraphQLResolveInfo,
  found: { entry: Entry; lookup: Lookup },
): void {
  const trace = traceOf(context, info);
  if (!trace) return;
  const { entry, lookup } = found;
  if (lookup.status === 'STALE') trace.isUncacheable = true;
  const traced = { path: pathOf(info.path), entry, missCause: lookup.status === 'HIT' ? undefined : lookup.cause };
  if (info.path.prev) {
    trace.lookups.push(traced);
    trace.readPaths.push(info.path);
  } else trace.root = traced;
}

/** A resolver beneath the root field that reads more than its parent. Call it before the resolver runs. */
export function traceRead(context: RequestContext, info: GraphQLResolveInfo): Trace | undefined {
  const trace = traceOf(context, info);
  if (info.path.prev) trace?.readPaths.push(info.path);
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
export function traceNodes({ ids, visited }: Trace, value: unknown): void {
  if (typeof value !== 'object' || value === null || visited.has(value)) return;
  visited.add(value);
  idsIn(value, ids);
}

/** A resolver of which nothing is known. */
export function traceUncacheable(context: RequestContext, info: GraphQLResolveInfo): void {
  const trace = traceRead(context, info);
  if (trace) trace.isUncacheable = true;
}

/** From the root down. */
export function pathOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
