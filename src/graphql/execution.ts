import { type ExecutionResult, type GraphQLError, Kind } from 'graphql';
import type { Entry } from '../cache/entry.ts';
import type { Viewer } from '../domains/context.ts';
import { shownTag } from './cache-statistics.ts';
import type { FieldCache } from './cached-field.ts';
import type { Explanation, RequestContext } from './request.ts';
import { pathOf } from './trace.ts';

/** An execution's result, or its parts as they come, with `@defer` and `@stream`. */
export type ResultOrStream = ExecutionResult | AsyncIterable<ExecutionResult>;

/**
 * What follows every execution: entries whose own value could not be completed are dropped, since a cached value that breaks its
 * field's type would break it for everybody, and explanations are added when they were asked for.
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

/** An error belongs to the value in which it occurred: the nearest one above it that an entry or a resolver brought. */
function dropIncompletable(cache: FieldCache, { state }: RequestContext, errors: readonly GraphQLError[]): void {
  const entries = new Map<string, Entry | undefined>(); // undefined for a value that is nobody's entry
  for (const { root, lookups, readPaths } of state.traces?.values() ?? []) {
    for (const path of readPaths) entries.set(pathOf(path).join(), undefined);
    for (const { path, entry } of root ? [root, ...lookups] : lookups) entries.set(path.join(), entry);
  }
  for (const { path, nodes } of errors) {
    if (!path || isArgumentError(nodes)) continue;
    let owner: Entry | undefined;
    let place = '';
    for (const key of path) {
      place = place === '' ? String(key) : `${place},${key}`;
      if (entries.has(place)) owner = entries.get(place);
    }
    if (owner) cache.drop(owner, 'a value that could not be completed');
  }
}

/** What the client gave, with the field's value at rest. */
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

/** Which write made an entry untrue is not told to whoever is confined: it may be one of what they do not see. */
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
