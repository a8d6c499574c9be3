// #region document-cache
import { Client, cacheExchange, fetchExchange } from '@urql/core';

export function createDocumentCacheClient(url: string, token: string): Client {
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${token}` } }),
    fetchSubscriptions: true,
    exchanges: [cacheExchange, fetchExchange],
  });
}

/** An empty list does not contain the type of its items, so the document cache needs it as an option. */
export const templateLists = { additionalTypenames: ['Template'] };

// #endregion

// #region graphcache
import { type Cache, cacheExchange as graphcacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import schema from '../../clients/graphcache-schema.json' with { type: 'json' };
import typesWithoutId from '../../clients/types-without-id.json' with { type: 'json' };

/** Types without an `id` belong to the object that holds them. */
const keys = Object.fromEntries(typesWithoutId.map((type) => [type, () => null]));

/** Makes a field of `Query` outdated, for all its arguments. */
function forget(cache: Cache, fieldName: string): void {
  for (const field of cache.inspectFields('Query'))
    if (field.fieldName === fieldName) cache.invalidate('Query', fieldName, field.arguments);
}

export function createGraphcacheClient(url: string, token: string): Client {
  const cache = graphcacheExchange({
    schema,
    keys,
    resolvers: { Query: { posts: relayPagination(), templates: relayPagination(), inbox: relayPagination() } },
    updates: {
      Mutation: {
        createTemplate: (_result, _args, cache) => forget(cache, 'templates'),
        deleteTemplate: (_result, _args, cache) => forget(cache, 'templates'),
      },
    },
  });
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${token}` } }),
    fetchSubscriptions: true,
    exchanges: [cache, fetchExchange],
  });
}
// #endregion
