import type { GraphQLResolveInfo } from 'graphql';
import type { Run, TextField } from './text-execution.ts';

type Path = GraphQLResolveInfo['path'];

/** What a resolver is told of where it is. Few ask, so that little is made ready. */
export class Site implements GraphQLResolveInfo {
  readonly path: Path;
  readonly #field: TextField;
  readonly #run: Run;

  constructor(field: TextField, run: Run, path: Path) {
    this.path = path;
    this.#field = field;
    this.#run = run;
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
    return this.#field.outline.schema;
  }
  get fragments() {
    return this.#field.outline.fragments;
  }
  get rootValue() {
    return undefined;
  }
  get operation() {
    return this.#field.outline.operation;
  }
  get variableValues() {
    return { ...this.#run.variables };
  }
}
