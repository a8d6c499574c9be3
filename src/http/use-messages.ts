import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';

/** Comes after all that changes answers: leaves parts of the answer to a message to the WebSocket that it came from. */
export function useMessages(): HttpPlugin {
  return {
    onResultProcess({ result, setResultProcessor, serverContext: { message, facts } }) {
      if (!message || !isAsyncIterable(result)) return;
      message.parts = result;
      message.isSubscription = facts.operation?.type === 'subscription';
      setResultProcessor(() => new Response(null, { status: 200 }), 'application/json');
    },
  };
}
