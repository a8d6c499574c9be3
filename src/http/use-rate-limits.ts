import { getOperationAST, OperationTypeNode } from 'graphql';
import { rateLimited } from '../domains/errors.ts';
import { type CounterStore, createRateLimiter } from '../limits/rate-limiter.ts';
import type { HttpPlugin, RequestFacts } from './plugin.ts';
import { measureOperation } from './query-measure.ts';

export interface RateLimits {
  /** Per token; for anonymous requests, per client address. So is `maxUploadsPerMinute`. */
  maxMutationsPerMinute: number;
  maxUploadsPerMinute: number;
}

/**
 * Limits mutations and uploads per minute. The mutations of an operation are counted together: it is executed as a whole or not at
 * all. An upload is refused before its body is read. Each mutation of a request with files counts as an upload, as each may store a
 * file. Queries are not counted.
 */
export function useRateLimits(
  { maxMutationsPerMinute, maxUploadsPerMinute }: RateLimits,
  store?: CounterStore,
): HttpPlugin {
  const limiters = {
    mutations: createRateLimiter('mutations', { points: maxMutationsPerMinute, seconds: 60 }, store),
    uploads: createRateLimiter('uploads', { points: maxUploadsPerMinute, seconds: 60 }, store),
  };
  const take = async (things: keyof typeof limiters, facts: RequestFacts, count: number) => {
    const taken = await limiters[things].take(keyOf(facts), count);
    if ('retryAfterMs' in taken) throw rateLimited(`Too many ${things} within a minute`, taken.retryAfterMs);
  };
  return {
    isRepeatable: ({ operation }) => operation?.type === 'query', // mutations are counted each time
    async onRequestParse({ request, serverContext: { facts } }) {
      if (request.headers.get('content-type')?.toLowerCase().startsWith('multipart/')) await take('uploads', facts, 1);
    },
    async onExecute({ args: { document, operationName, contextValue } }) {
      const operation = getOperationAST(document, operationName);
      if (operation?.operation !== OperationTypeNode.MUTATION) return;
      const { facts } = contextValue;
      const { rootFields } = measureOperation(document, operation);
      await take('mutations', facts, rootFields);
      if (facts.upload && rootFields > 1) await take('uploads', facts, rootFields - 1);
    },
  };
}

function keyOf({ viewer, client }: RequestFacts): string {
  return viewer?.tokenId ?? client;
}
