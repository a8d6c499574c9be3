// #region client
import { type Client, createClient } from 'graphql-ws';

/** One WebSocket for all subscriptions. It reconnects when the server restarts, but not when the token was revoked. */
export function createSocketClient(url: string, token: string): Client {
  return createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    keepAlive: 30_000,
  });
}
// #endregion

// #region follow
interface Change {
  typeNames: string[];
  nodeIds: string[];
}

interface Follower {
  /** Receives each change. */
  onChange(change: Change): void;
  /** Changes may have been missed: refetch the displayed data. */
  onGap(): void;
  /** There are no further events: the token is no longer valid. */
  onEnd(): void;
}

/** Follows the changes by others, and gaps in them, until the returned function is called. */
export function followChanges(client: Client, { onChange, onGap, onEnd }: Follower): () => void {
  const stopListening = client.on('connected', (_socket, _payload, wasRetry) => void (wasRetry && onGap()));
  const unsubscribe = client.subscribe<{ cacheInvalidated: Change }>(
    { query: 'subscription { cacheInvalidated { typeNames nodeIds } }' },
    { next: ({ data }) => void (data && onChange(data.cacheInvalidated)), error: onEnd, complete: onEnd },
  );
  return () => {
    stopListening();
    unsubscribe();
  };
}
// #endregion

// #region once
/** The data of a query or mutation over the same WebSocket. */
export async function request<Data>(client: Client, query: string, variables?: Record<string, unknown>): Promise<Data> {
  for await (const { data, errors } of client.iterate<Data>({ query, variables })) {
    if (errors || !data) throw new Error(errors?.[0]?.message ?? 'no result');
    return data;
  }
  throw new Error('no result');
}

// #endregion

// #region urql
import { cacheExchange, fetchExchange, subscriptionExchange, Client as UrqlClient } from '@urql/core';

/** Queries and mutations over HTTP, subscriptions over the WebSocket. */
export function createUrqlClient(url: string, token: string, sockets: Client): UrqlClient {
  return new UrqlClient({
    url,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${token}` } }),
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: sockets.subscribe({ query, variables: variables as Record<string, unknown> }, sink as never),
          }),
        }),
      }),
    ],
  });
}

// #endregion

// #region apollo
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';

/** Queries and mutations over HTTP, subscriptions over the WebSocket. */
export function createApolloSocketClient(url: string, token: string, sockets: Client): ApolloClient {
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(sockets),
      new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }),
    ),
    cache: new InMemoryCache(),
  });
}
// #endregion
