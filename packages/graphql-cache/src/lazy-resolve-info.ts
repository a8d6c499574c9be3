import type { GraphQLResolveInfo } from 'graphql';
import type { ExecutedField, TextExecution } from './executed-field.ts';
import type { ExecutionState } from './execution-state.ts';

type Path = GraphQLResolveInfo['path'];

/** A `GraphQLResolveInfo` that computes its members when they are read, because few resolvers read any. */
export class LazyResolveInfo implements GraphQLResolveInfo {
  readonly path: Path;
  readonly #field: ExecutedField;
  readonly #execution: TextExecution;

  constructor(field: ExecutedField, textExecution: TextExecution, path: Path) {
    this.path = path;
    this.#field = field;
    this.#execution = textExecution;
  }

  /** Returns the state of the execution that a resolver's `info` belongs to; undefined for another executor's. */
  static stateOf(info: GraphQLResolveInfo): ExecutionState | undefined {
    return #execution in info ? info.#execution.state : undefined;
  }

  get fieldName() {
    return this.#field.field.name;
  }
  get fieldNodes() {
    return this.#field.nodes;
  }
  get returnType() {
    return this.#field.field.type;
  }
  get parentType() {
    return this.#field.parentType;
  }
  get schema() {
    return this.#field.plan.schema;
  }
  get fragments() {
    return this.#field.plan.fragments;
  }
  get rootValue() {
    return this.#execution.rootValue;
  }
  get operation() {
    return this.#field.plan.operation;
  }
  get variableValues() {
    return { ...this.#execution.variables };
  }
}
