import {
  explanationOf,
  type FieldCache,
  afterExecution as finish,
  type ResultOrStream,
} from '@magpie/graphql-cache/parts';
import type { RequestContext } from './request.ts';

/**
 * Finishes an execution; see `@magpie/graphql-cache/parts`. A confined viewer is not told the invalidating write, which may concern
 * data that they do not see.
 */
export function afterExecution(
  cache: FieldCache | undefined,
  { state }: RequestContext,
  result: ResultOrStream,
): ResultOrStream {
  const { viewer } = state;
  const namespace = viewer?.accountIds ? undefined : viewer?.workspaceId;
  return finish(cache, { state, explain: (one) => explanationOf(one, namespace) }, result);
}
