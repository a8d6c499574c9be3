import type { Entry } from '@magpie/cache/entries';
import { type ExecutionResult, type GraphQLError, Kind } from 'graphql';
import { bareTag } from './cache-key.ts';
import type { FieldCache } from './cached-field.ts';
import type { ExecutionState, Explanation } from './execution-state.ts';
import { isTooLarge } from './result-size.ts';
import { pathOf } from './trace.ts';

/** The result of an execution, or a stream of its parts with `@defer` and `@stream`. */
export type ResultOrStream = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Describes a lookup for a client. */
export type Explain = (explanation: Explanation) => object;

/**
 * Finishes an execution. Drops each entry whose value could not be completed, because it would fail for every later request, and
 * adds explanations if they were requested.
 */
export function afterExecution(
  cache: FieldCache | undefined,
  { state, explain }: { state: ExecutionState; explain: Explain },
  result: ResultOrStream,
): ResultOrStream {
  if (isStream(result)) return eachPart(cache, state, result);
  if (result.errors && cache) dropIncompletable(cache, state, result.errors);
  if (!state.explanations) return result;
  return { ...result, extensions: { ...result.extensions, cache: state.explanations.map((one) => explain(one)) } };
}

function isStream(result: unknown): result is AsyncIterable<ExecutionResult> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

async function* eachPart(
  cache: FieldCache | undefined,
  state: ExecutionState,
  parts: AsyncIterable<ExecutionResult>,
): AsyncGenerator<ExecutionResult> {
  for await (const part of parts) {
    const { incremental = [] } = part as { incremental?: readonly ExecutionResult[] };
    if (cache) for (const { errors } of [part, ...incremental]) if (errors) dropIncompletable(cache, state, errors);
    yield part;
  }
}

/** Attributes each error to the nearest value above it that came from an entry or a resolver, and drops the entry if it was one. */
function dropIncompletable(cache: FieldCache, { traces }: ExecutionState, errors: readonly GraphQLError[]): void {
  const entries = new Map<string, Entry | undefined>(); // undefined for a resolver's value that is not an entry
  for (const { root, lookups, readPaths } of traces?.values() ?? []) {
    for (const path of readPaths) entries.set(pathOf(path).join(), undefined);
    for (const { path, entry } of root ? [root, ...lookups] : lookups) entries.set(path.join(), entry);
  }
  for (const error of errors) {
    const { path, nodes } = error;
    if (!path || isArgumentError(nodes) || isTooLarge(error)) continue;
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

/**
 * Describes a lookup: its status, why it missed, its times in seconds, and the write that invalidated the entry. The tag is shown
 * only if it is of the client's `namespace`; without one, nothing is said of the write.
 */
export function explanationOf(
  { path, coordinate, category, lookup }: Explanation,
  namespace: string | undefined,
): object {
  const { status, cause, ageMs, expiresInMs } = lookup;
  const invalidatedBy = namespace === undefined ? undefined : lookup.invalidatedBy;
  const tag = invalidatedBy && bareTag(invalidatedBy.tag, namespace!);
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
