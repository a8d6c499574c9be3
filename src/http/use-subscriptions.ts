import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Keeps a list of what is subscribed, so that it can be ended from here. */
export function useSubscriptions(subscriptions: Subscriptions): HttpPlugin {
  return {
    onSubscribe: ({ args: { contextValue } }) => ({
      onSubscribeResult({ result, setResult }) {
        if (isAsyncIterable(result)) setResult(subscriptions.add(result, contextValue.facts));
      },
    }),
  };
}
