import { type ExecutionResult, type GraphQLError, Kind } from 'graphql';
import type { Entry } from '../cache/entry.ts';
import type { Viewer } from '../domains/context.ts';
import { shownTag } from './cache-statistics.ts';
import type { FieldCache } from './cached-field.ts';
import type { Explanation, RequestContext } from './request.ts';
import { pathOf } from './trace.ts';

/** The result of an execution, or a stream of its parts with `@defer` and `@stream`. */
export type ResultOrStream = ExecutionResult | AsyncIterable<ExecutionResult>;

/**
 * Finishes an execution. Drops each entry whose value could not be completed, because it would fail for every later request, and
 * adds explanations if they were requested.
 */
export function afterExecution(
  cache: FieldCache | undefined,
  context: RequestContext,
  result: ResultOrStream,
): ResultOrStream {
  if (isStream(result)) return eachPart(cache, context, result);
  if (result.errors && cache) dropIncompletable(cache, context, result.errors);
  return withExplanations(context, result);
}

export function isStream(result: unknown): result is AsyncIterable<ExecutionResult> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

async function* eachPart(
  cache: FieldCache | undefined,
  context: RequestContext,
  parts: AsyncIterable<ExecutionResult>,
) {
  for await (const part of parts) {
    const { incremental = [] } = part as { incremental?: readonly ExecutionResult[] };
    if (cache) for (const { errors } of [part, ...incremental]) if (errors) dropIncompletable(cache, context, errors);
    yield part;
  }
}

/** Attributes each error to the nearest value above it that came from an entry or a resolver, and drops the entry if it was one. */
function dropIncompletable(cache: FieldCache, { state }: RequestContext, errors: readonly GraphQLError[]): void {
  const entries = new Map<string, Entry | undefined>(); // undefined for a resolver's value that is not an entry
  for (const { root, lookups, readPaths } of state.traces?.values() ?? []) {
    for (const path of readPaths) entries.set(pathOf(path).join(), undefined);
    for (const { path, entry } of root ? [root, ...lookups] : lookups) entries.set(path.join(), entry);
  }
  for (const { path, nodes } of errors) {
    if (!path || isArgumentError(nodes)) continue;
    let owner: Entry | undefined;
    let pathText = '';
    for (const key of path) {
      pathText = pathText === '' ? String(key) : `${pathText},${key}`;
      if (entries.has(pathText)) owner = entries.get(pathText);
    }
    if (owner) cache.drop(owner, 'a value that could not be completed');
  }
}

/** Whether an error is about an argument, not about the field's value. */
function isArgumentError(nodes: GraphQLError['nodes']): boolean {
  return nodes?.[0] !== undefined && nodes[0].kind !== Kind.FIELD;
}

function withExplanations({ state }: RequestContext, result: ExecutionResult): ExecutionResult {
  if (!state.explanations) return result;
  const { viewer } = state;
  return {
    ...result,
    extensions: { ...result.extensions, cache: state.explanations.map((one) => explanationOf(one, viewer)) },
  };
}

/** Describes a lookup. A confined viewer is not told the invalidating write, which may concern data that they do not see. */
function explanationOf({ path, coordinate, category, lookup }: Explanation, viewer: Viewer | null) {
  const { status, cause, ageMs, expiresInMs } = lookup;
  const invalidatedBy = viewer?.accountIds ? undefined : lookup.invalidatedBy;
  const tag = invalidatedBy && shownTag(invalidatedBy.tag, viewer?.workspaceId)[0];
  return {
    path,
    coordinate,
    category,
    status,
    ...(status !== 'HIT' && cause && { cause }),
    ...(invalidatedBy && {
      invalidatedBy: { ...(tag && { tag }), ...(invalidatedBy.cause && { mutation: invalidatedBy.cause }) },
    }),
    ageSeconds: ageMs / 1000,
    expiresInSeconds: expiresInMs / 1000,
  };
}
