import type { Lookup } from '@magpie/cache';
import type { Entry } from '@magpie/cache/entries';
import type { GraphQLOutputType, GraphQLResolveInfo } from 'graphql';
import type { ExecutionState, Trace } from './execution-state.ts';
import type { Nodes } from './nodes.ts';
import { resolveTags, type TagTemplate } from './tag-template.ts';

type Path = GraphQLResolveInfo['path'];

/** Returns the trace of a field's root field: what the selection reads, so that its fragment has the right tags. */
function traceOf(state: ExecutionState, { path }: GraphQLResolveInfo): Trace | undefined {
  if (!state.traces) return undefined;
  const key = rootKeyOf(path);
  let trace = state.traces.get(key);
  if (!trace) {
    trace = {
      ...{ nodes: new Set(), tags: new Set(), visited: new Set() },
      ...{ root: undefined, lookups: [], readPaths: [], isUncacheable: false },
    };
    state.traces.set(key, trace);
  }
  return trace;
}

/** Records the lookup of a cached field; its entry has the tags. A result with a stale entry is not kept as a fragment. */
export function traceCached(
  state: ExecutionState,
  info: GraphQLResolveInfo,
  { entry, lookup }: { entry: Entry; lookup: Lookup },
): void {
  const trace = traceOf(state, info);
  if (!trace) return;
  if (lookup.status === 'STALE') trace.isUncacheable = true;
  const traced = { path: pathOf(info.path), entry, missCause: lookup.status === 'HIT' ? undefined : lookup.cause };
  if (info.path.prev) {
    trace.lookups.push(traced);
    trace.readPaths.push(info.path);
  } else trace.root = traced;
}

/** Records a resolver beneath the root field that reads more than its parent. Call it before the resolver runs. */
export function traceRead(state: ExecutionState, info: GraphQLResolveInfo): Trace | undefined {
  const trace = traceOf(state, info);
  if (info.path.prev) trace?.readPaths.push(info.path);
  return trace;
}

/** Records the tags of a dependent field's directive. */
export function traceTags(
  trace: Trace,
  { tags, args, parent }: { tags: readonly TagTemplate[]; args: Record<string, unknown>; parent: unknown },
): void {
  for (const tag of resolveTags(tags, { args, parent })) trace.tags.add(tag);
}

/**
 * Records the nodes in the value of an edge or a dependent field. For a null edge the parent's tag is enough, and recorded already.
 */
export function traceNodes(trace: Trace, value: unknown, of: { nodes: Nodes; type: GraphQLOutputType }): void {
  of.nodes.collect(value, of.type, trace);
}

/** Records a resolver whose dependencies are unknown. */
export function traceUncacheable(state: ExecutionState, info: GraphQLResolveInfo): void {
  const trace = traceRead(state, info);
  if (trace) trace.isUncacheable = true;
}

/** Returns the response key of the root field. */
export function rootKeyOf(path: Path): string {
  let root = path;
  while (root.prev) root = root.prev;
  return String(root.key);
}

/** Returns the keys of a path, from the root down. */
export function pathOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
