import type { GraphQLResolveInfo } from 'graphql';
import type { Entry } from '../cache/entry.ts';
import type { Lookup } from '../cache/request.ts';
import { idsIn } from './node-tags.ts';
import type { RequestContext, Trace } from './request.ts';
import { resolveTags, type TagTemplate } from './tag-template.ts';

type Path = GraphQLResolveInfo['path'];

/** Returns the trace of a field's root field: what the selection reads, so that its fragment has the right tags. */
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

/** Records the lookup of a cached field; its entry has the tags. A result with a stale entry is not kept as a fragment. */
export function traceCached(
  context: RequestContext,
  info: GraphQLResolveInfo,
  { entry, lookup }: { entry: Entry; lookup: Lookup },
): void {
  const trace = traceOf(context, info);
  if (!trace) return;
  if (lookup.status === 'STALE') trace.isUncacheable = true;
  const traced = { path: pathOf(info.path), entry, missCause: lookup.status === 'HIT' ? undefined : lookup.cause };
  if (info.path.prev) {
    trace.lookups.push(traced);
    trace.readPaths.push(info.path);
  } else trace.root = traced;
}

/** Records a resolver beneath the root field that reads more than its parent. Call it before the resolver runs. */
export function traceRead(context: RequestContext, info: GraphQLResolveInfo): Trace | undefined {
  const trace = traceOf(context, info);
  if (info.path.prev) trace?.readPaths.push(info.path);
  return trace;
}

/** Records the tags of a dependent field's directive, and the nodes of its value. */
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
 * Records the nodes in the value of an edge or a dependent field. Many edges lead to one node object, since they share a loader. For a
 * null edge the parent's tag is enough, and recorded already.
 */
export function traceNodes({ ids, visited }: Trace, value: unknown): void {
  if (typeof value !== 'object' || value === null || visited.has(value)) return;
  visited.add(value);
  idsIn(value, ids);
}

/** Records a resolver whose dependencies are unknown. */
export function traceUncacheable(context: RequestContext, info: GraphQLResolveInfo): void {
  const trace = traceRead(context, info);
  if (trace) trace.isUncacheable = true;
}

/** Returns the keys of a path, from the root down. */
export function pathOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
