import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';

/**
 * Hands the stream of results of a WebSocket message to the connection that it came from. Comes after all plugins that change
 * results.
 */
export function useMessages(): HttpPlugin {
  return {
    isRepeatable: true,
    onResultProcess({ result, setResultProcessor, serverContext: { message, facts } }) {
      if (!message || !isAsyncIterable(result)) return;
      message.parts = result;
      message.isSubscription = facts.operation?.type === 'subscription';
      setResultProcessor(() => new Response(null, { status: 200 }), 'application/json');
    },
  };
}
