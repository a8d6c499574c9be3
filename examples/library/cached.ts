import { createGraphqlCache, type GraphqlCache } from '@magpie/graphql-cache';
import type { GraphQLSchema } from 'graphql';
import type { LibraryContext } from './library.ts';

/** The cache of the library: one namespace, in which each reader has what is theirs. */
export function cacheLibrary(schema: GraphQLSchema): GraphqlCache {
  return createGraphqlCache<LibraryContext>({
    schema,
    categories: { BOOKS: { ttlMs: 300_000 }, SHELVES: { maxEntries: 10_000 } },
    scopeOf: ({ reader }) => ({ namespace: 'library', viewer: reader }),
  });
}
