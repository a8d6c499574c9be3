import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Keeps a list of what is subscribed, so that it can be ended from here. */
export function useSubscriptions(subscriptions: Subscriptions): HttpPlugin {
  return {
    onSubscribe: ({ args: { contextValue } }) => ({
      onSubscribeResult({ result, setResult }) {
        const { facts, res } = contextValue;
        // Without its last chunk, a response is cut short, which no client takes for the end.
        const breakOff = () => void res?.destroy();
        if (isAsyncIterable(result)) setResult(subscriptions.add(result, { ...facts, breakOff }));
      },
    }),
    onResponse({ response: { headers } }) {
      if (headers.get('content-encoding') === 'none') headers.delete('content-encoding'); // Yoga's, on streams; it is no coding
    },
  };
}
