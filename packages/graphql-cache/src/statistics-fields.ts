import type { Snapshot } from '@magpie/cache';
import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { DocumentCounts } from './documents.ts';

/** Where the statistics of a schema come from. */
export interface StatisticsSource {
  readonly cache: { snapshot(): Snapshot };
  readonly documents: { snapshot(): DocumentCounts };
}

const sources = new WeakMap<GraphQLSchema, StatisticsSource>();

/** Lets `Query.cacheStats` of a schema, if it has that field, tell the statistics of its cache. */
export function provideStatistics(schema: GraphQLSchema, source: StatisticsSource): void {
  sources.set(schema, source);
}

/**
 * The field `Query.cacheStats`. Add its `typeDefs` and `resolvers` to those of a schema. It tells sizes and numbers, no keys and no
 * values; give `accessTo` if not everybody may ask for them.
 */
export const cacheStatistics = {
  typeDefs: /* GraphQL */ `
extend type Query {
  "What the cache has done since the process started."
  cacheStats: CacheStats!
}

"Statistics of the cache. Counts since the start of the process may exceed the range of Int, so they are Float."
type CacheStats {
  "All categories together."
  total: CacheCounts!
  categories: [CacheCategoryStats!]!
  documents: CacheDocumentStats!
}

"Statistics of one category."
type CacheCategoryStats {
  category: String!
  counts: CacheCounts!
}

"What happened to lookups, loads and entries, and what is kept."
type CacheCounts {
  hits: Float!
  "Of the hits, those that an expired entry served."
  staleHits: Float!
  misses: Float!
  "hits / (hits + misses); null before the first lookup."
  hitRatio: Float
  "Lookups in which the cache took no part."
  bypasses: Float!
  loads: Float!
  "Loads that failed, or took too long."
  failures: Float!
  evictions: Float!
  expirations: Float!
  invalidations: Float!
  entries: Int!
  bytes: Float!
  "Limits of entries and bytes."
  maxEntries: Int!
  maxBytes: Float!
}

"The memory of documents that are parsed, validated and prepared for execution."
type CacheDocumentStats {
  documents: Int!
  bytes: Float!
  maxBytes: Float!
  hits: Float!
  misses: Float!
  evictions: Float!
}
`,
  resolvers: {
    Query: {
      cacheStats: (_source: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo) => read(info),
    },
  },
};

function read({ schema }: GraphQLResolveInfo): object {
  const source = sources.get(schema);
  if (!source) throw new TypeError('cacheStats: expected a schema with a cache, but got one without');
  const { total, categories } = source.cache.snapshot();
  return {
    total: countsOf(total),
    categories: categories.map(({ category, policy, ...counts }) => ({
      category,
      counts: countsOf({ ...counts, maxEntries: policy.maxEntries, maxBytes: policy.maxBytes }),
    })),
    documents: source.documents.snapshot(),
  };
}

function countsOf({ hitsBy, ...counts }: Omit<Snapshot['total'], 'utilization' | 'evictionsPerMinute'>) {
  return { ...counts, staleHits: hitsBy.stale };
}
