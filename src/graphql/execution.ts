import type { ExecutionResult } from 'graphql';
import { shownTag } from './cache-statistics.ts';
import type { FieldCache } from './cached-field.ts';
import type { Explanation, RequestContext } from './request.ts';

/** An execution's result, or its parts as they come, with `@defer` and `@stream`. */
export type AnyResult = ExecutionResult | AsyncIterable<ExecutionResult>;

/**
 * What follows every execution: values that could not be completed are forgotten, since a cached value that breaks its
 * field's type would break it for everybody, and explanations are added when they were asked for.
 */
export function afterExecution(cache: FieldCache | undefined, context: RequestContext, result: AnyResult): AnyResult {
  if (isStream(result)) return eachPart(cache, context, result);
  if (result.errors && cache) forgetBroken(cache, context, result.errors);
  return explained(context, result);
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
    if (cache) for (const { errors } of [part, ...incremental]) if (errors) forgetBroken(cache, context, errors);
    yield part;
  }
}

function forgetBroken(
  cache: FieldCache,
  { state }: RequestContext,
  errors: readonly { path?: readonly (string | number)[] }[],
) {
  for (const { path } of errors) {
    if (!path) continue;
    for (const trace of state.traces?.values() ?? [])
      for (const lookup of [trace.root, ...trace.lookups])
        if (lookup?.path.every((key, i) => key === path[i]))
          cache.delete(lookup.entry.category as never, lookup.entry.key, 'a value that could not be completed');
  }
}

function explained({ state }: RequestContext, result: ExecutionResult): ExecutionResult {
  if (!state.explanations) return result;
  const namespace = state.viewer?.workspaceId;
  return {
    ...result,
    extensions: { ...result.extensions, cache: state.explanations.map((one) => shape(one, namespace)) },
  };
}

function shape({ path, coordinate, category, lookup }: Explanation, namespace: string | undefined) {
  const { status, cause, invalidatedBy, ageMs, expiresInMs } = lookup;
  const tag = invalidatedBy && shownTag(invalidatedBy.tag, namespace)[0];
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
