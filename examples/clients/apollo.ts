// #region client
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import { print } from 'graphql';
import { createClient } from 'graphql-sse';
import possibleTypes from '../../clients/possible-types.json' with { type: 'json' };

/** Subscriptions over server-sent events, which reconnect automatically. */
function createEventLink(url: string, token: string): ApolloLink {
  const events = createClient({ url, headers: { authorization: `Bearer ${token}` } });
  return new ApolloLink(
    ({ query, variables, operationName }) =>
      new Observable((observer) =>
        events.subscribe<ApolloLink.Result['data'] & object>(
          { query: print(query), variables, operationName },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}

function isSubscription({ query }: ApolloLink.Operation): boolean {
  const definition = getMainDefinition(query);
  return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
}

export function createApolloClient(url: string, token: string): ApolloClient {
  return new ApolloClient({
    link: ApolloLink.split(
      isSubscription,
      createEventLink(url, token),
      new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }),
    ),
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: {
        Query: {
          fields: {
            posts: relayStylePagination(['filter']),
            templates: relayStylePagination(['filter']),
            inbox: relayStylePagination(['filter']),
          },
        },
      },
    }),
  });
}
// #endregion

// #region cache-invalidated
const cacheInvalidated = gql`
  subscription {
    cacheInvalidated {
      typeNames
      nodeIds
    }
  }
`;

interface CacheInvalidation {
  cacheInvalidated: { typeNames: string[]; nodeIds: string[] };
}

/** Root fields with lists, counts or aggregates of a type. */
const fieldsOfType: Record<string, string[]> = {
  Template: ['templates'],
  Post: ['posts', 'calendar'],
  Conversation: ['inbox', 'inboxSummary'],
};

/** Drops changed data from the cache and refetches the displayed queries. Returns a function that ends this. */
export function followChanges(client: ApolloClient): () => void {
  const { cache } = client;
  const subscription = client.subscribe<CacheInvalidation>({ query: cacheInvalidated }).subscribe(({ data }) => {
    if (!data) return;
    const { typeNames, nodeIds } = data.cacheInvalidated;
    for (const key of Object.keys(cache.extract() as object))
      if (nodeIds.some((id) => key.endsWith(`:${id}`))) cache.evict({ id: key });
    for (const fieldName of typeNames.flatMap((type) => fieldsOfType[type] ?? []))
      cache.evict({ id: 'ROOT_QUERY', fieldName });
    cache.gc();
    void client.refetchQueries({ include: 'active' });
  });
  return () => subscription.unsubscribe();
}
// #endregion
