/**
 * `@magpie/graphql-cache/parts`: for a server that composes its own pipeline of these parts, as Magpie does: it plans a schema with
 * its ports, executes from fragments, and reuses what was joined.
 */
export { bareTag, namespaced, namespaceOf } from './cache-key.ts';
export type { FieldCache } from './cached-field.ts';
export { sizeOf } from './document-size.ts';
export { type DocumentCounts, Documents } from './documents.ts';
export { afterExecution, type Explain, explanationOf, type ResultOrStream } from './execution.ts';
export {
  type CacheUsage,
  type ExecutionState,
  type Explanation,
  type FieldLookup,
  type Trace,
  unusedCache,
} from './execution-state.ts';
export { FieldErrors, maxErrors, omittedErrors } from './field-errors.ts';
export { type CachePlan, type FieldPlan, planField, readDirective, refuseDirectivesOf } from './field-plan.ts';
export {
  executeJoined,
  type JoinedFragments,
  type JoinedResult,
  type JoiningParts,
  type OperationArgs,
  type OperationRequest,
  type Provenance,
} from './joined-execution.ts';
export type { Invalidate } from './mutation-field.ts';
export { NamespaceClock } from './namespace-clock.ts';
export { NodeTags } from './node-tags.ts';
export { identityOfParent, idsIn, type Nodes, nodesById } from './nodes.ts';
export { type PlannedSchema, planSchema } from './planned-schema.ts';
export type { AroundLoad, DeclaredField, MutationTags, Ports, Write } from './ports.ts';
export { isRefusal, reportable } from './reportable.ts';
export { countingResolver, ResultSize } from './result-size.ts';
export { countReuse, reuseFragments } from './reuse.ts';
export type { RootField } from './root-fields.ts';
export { isPersonalKey, publicNamespace, publicSharing, type RequestScope, type Sharing, sharingOf } from './scope.ts';
export { mayOverlap, parseTagTemplate, resolveTags, type TagTemplate } from './tag-template.ts';
export { nodesByType } from './typed-nodes.ts';
export { coerceVariables, type Variables, variablesIn } from './variables.ts';
