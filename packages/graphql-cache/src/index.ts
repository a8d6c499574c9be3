/** `@magpie/graphql-cache`: a cache for any executable GraphQL schema. */
export { cacheDirectives } from './directives.ts';
export type { DocumentCounts, Documents } from './documents.ts';
export type { CacheUsage, ExecutionState, Explanation } from './execution-state.ts';
export type { CachePlan, FieldPlan } from './field-plan.ts';
export {
  createGraphqlCache,
  defaultPolicy,
  type GraphqlCache,
  type GraphqlCacheOptions,
  type QueryArgs,
} from './graphql-cache.ts';
export type { JoinedResult } from './joined-execution.ts';
export type { Invalidate } from './mutation-field.ts';
export type { Args, DeclaredField, Write } from './ports.ts';
export type { CacheScope, RequestScope } from './scope.ts';
export { plainResult } from './serialized-data.ts';
export { cacheStatistics } from './statistics-fields.ts';
