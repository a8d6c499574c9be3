import { isAsyncIterable } from 'graphql-yoga';
import { isTimed } from '../graphql/timed.ts';
import type { HttpPlugin } from './plugin.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Adds each subscription to the list of open ones, so that the server can end it. */
export function useSubscriptions(subscriptions: Subscriptions): HttpPlugin {
  return {
    isRepeatable: true,
    onSubscribe: ({ args: { schema, document, operationName, contextValue } }) => ({
      onSubscribeResult({ result, setResult }) {
        const { facts, res } = contextValue;
        // A response without its last chunk is incomplete, so clients do not take it for the end.
        const breakOff = () => void res?.destroy();
        if (!isAsyncIterable(result)) return;
        const subscriber = { ...facts, breakOff, isTimed: isTimed(schema, document, operationName) };
        setResult(subscriptions.add(result, subscriber));
      },
    }),
    onResponse({ response: { headers } }) {
      if (headers.get('content-encoding') === 'none') headers.delete('content-encoding'); // set by Yoga on streams; not a registered coding
    },
  };
}
