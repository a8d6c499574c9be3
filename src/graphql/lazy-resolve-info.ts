import type { GraphQLResolveInfo } from 'graphql';
import type { TextExecution, TextField } from './text-execution.ts';

type Path = GraphQLResolveInfo['path'];

/** A `GraphQLResolveInfo` that computes its members when they are read, because few resolvers read any. */
export class LazyResolveInfo implements GraphQLResolveInfo {
  readonly path: Path;
  readonly #field: TextField;
  readonly #execution: TextExecution;

  constructor(field: TextField, textExecution: TextExecution, path: Path) {
    this.path = path;
    this.#field = field;
    this.#execution = textExecution;
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
    return undefined;
  }
  get operation() {
    return this.#field.plan.operation;
  }
  get variableValues() {
    return { ...this.#execution.variables };
  }
}
