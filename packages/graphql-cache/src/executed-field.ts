import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { ExecutionState } from './execution-state.ts';
import type { FieldErrors } from './field-errors.ts';
import type { ResultSize } from './result-size.ts';
import type { Variables } from './variables.ts';

/** One execution of an operation to JSON text. */
export interface TextExecution {
  readonly contextValue: unknown;
  readonly rootValue?: unknown;
  readonly variables: Variables;
  /** Undefined if the context holds it: see `Ports.stateOf`. */
  readonly state?: ExecutionState;
  /** Errors of fields whose result is null instead. */
  readonly errors: FieldErrors;
  readonly size: ResultSize;
}

/** An operation whose fields are prepared for execution. `conditions` are the values of variables in `@skip` and `@include`. */
export interface OperationPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly conditions: Variables;
  /** Called for each field that is prepared. */
  readonly onFieldPrepared: (nodes: readonly FieldNode[]) => void;
}

/** A field of an operation that is executed. */
export interface ExecutedField {
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly plan: OperationPlan;
}
