import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
} from 'graphql';
import { collectFields, fieldOf } from './collected-fields.ts';
import { type CompletedField, type CompleteValue, completeAs, handleFieldError, nullText } from './completion.ts';
import type { OperationPlan, TextExecution } from './executed-field.ts';
import { LazyResolveInfo } from './lazy-resolve-info.ts';
import type { JsonText } from './text.ts';
import { traceUncacheable } from './trace.ts';
import { isComposite, isPromise } from './values.ts';
import { type Variables, variablesIn } from './variables.ts';

type Path = GraphQLResolveInfo['path'];
type Method = (args: Record<string, unknown>, context: unknown, info: GraphQLResolveInfo) => unknown;

/**
 * A field of an operation, executed directly to JSON text (GraphQL specification, sections 6.4.2 and 6.4.3). It builds no response
 * objects, and computes once what all executions have in common. Results and errors equal those of Yoga's executor.
 */
export class TextField implements CompletedField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly plan: OperationPlan;
  readonly #isLeaf: boolean;
  readonly #fixedArgs: Record<string, unknown> | undefined; // undefined if variables occur in the arguments
  readonly #areArgsFlat: boolean;
  #completion: CompleteValue | undefined;

  constructor(operationPlan: OperationPlan, parentType: GraphQLObjectType, nodes: readonly FieldNode[]) {
    const [node] = nodes as [FieldNode];
    this.key = (node.alias ?? node.name).value;
    this.nodes = nodes;
    this.parentType = parentType;
    this.field = fieldOf(operationPlan.schema, parentType, node.name.value)!; // the document is valid
    this.plan = operationPlan;
    operationPlan.onFieldPrepared(nodes);
    this.#isLeaf = !this.field.resolve && !node.selectionSet;
    this.#fixedArgs = variablesIn(node.arguments ?? []).size === 0 ? getArgumentValues(this.field, node) : undefined;
    this.#areArgsFlat = this.#fixedArgs !== undefined && !Object.values(this.#fixedArgs).some(isComposite);
  }

  /** `Type.field`, for error messages. */
  get coordinate(): string {
    return `${this.parentType.name}.${this.field.name}`;
  }

  fieldsOf(type: GraphQLObjectType): readonly TextField[] {
    const selections = this.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const collected = collectFields(selections, type, this.plan);
    return [...collected.values()].map((nodes) => new TextField(this.plan, type, nodes));
  }

  /** Returns the arguments; shared by executions, so the caller must not change them. */
  args(variables: Variables): Record<string, unknown> {
    return this.#fixedArgs ?? getArgumentValues(this.field, this.nodes[0]!, variables);
  }

  /** Executes the field. Throws or rejects with the located error of a non-null field. */
  execute(source: unknown, textExecution: TextExecution, parentPath: Path | undefined): JsonText {
    const { name, resolve, args } = this.field;
    let path = this.#isLeaf ? undefined : this.#pathUnder(parentPath); // a leaf needs its path only for an error
    try {
      let value: unknown;
      if (resolve && resolve !== defaultFieldResolver) {
        value = resolve(
          source,
          this.#ownArgs(textExecution),
          textExecution.contextValue,
          new LazyResolveInfo(this, textExecution, path!),
        );
      } else {
        if (args.length > 0) this.#ownArgs(textExecution); // reports invalid arguments
        value = propertyOf(source, name);
        if (isComposite(value)) path ??= this.#pathUnder(parentPath);
        if (typeof value === 'function')
          value = this.#callMethod(value as Method, source, { textExecution, path: path! });
      }
      if (isPromise(value)) return this.#whenResolved(value, textExecution, path!);
      const jsonText = this.#complete(value, textExecution, path);
      return typeof jsonText === 'string' ? jsonText : this.#whenCompleted(jsonText, textExecution, path!);
    } catch (error) {
      return this.#fail(error, textExecution, path ?? this.#pathUnder(parentPath));
    }
  }

  /** Calls a method of the parent. It may read anything, so that the selection around it is not kept as a fragment. */
  #callMethod(
    method: Method,
    source: unknown,
    { textExecution, path }: { textExecution: TextExecution; path: Path },
  ): unknown {
    const info = new LazyResolveInfo(this, textExecution, path);
    if (textExecution.state) traceUncacheable(textExecution.state, info);
    return method.call(source, this.#ownArgs(textExecution), textExecution.contextValue, info);
  }

  /** Returns a copy of the arguments, which the resolver may change. */
  #ownArgs({ variables }: TextExecution): Record<string, unknown> {
    return this.#areArgsFlat ? { ...this.#fixedArgs } : getArgumentValues(this.field, this.nodes[0]!, variables);
  }

  #whenResolved(value: Promise<unknown>, textExecution: TextExecution, path: Path): Promise<string> {
    return this.#whenCompleted(
      value.then((resolved) => this.#complete(resolved, textExecution, path)),
      textExecution,
      path,
    );
  }

  #whenCompleted(text: Promise<string>, textExecution: TextExecution, path: Path): Promise<string> {
    return text.then(undefined, (error) => this.#fail(error, textExecution, path));
  }

  #pathUnder(prev: Path | undefined): Path {
    return { prev, key: this.key, typename: this.parentType.name };
  }

  get #complete(): CompleteValue {
    this.#completion ??= completeAs(this.field.type, this);
    return this.#completion;
  }

  #fail(error: unknown, textExecution: TextExecution, path: Path): string {
    const errors: unknown[] = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
    for (const one of errors) handleFieldError(one, { type: this.field.type, at: this, textExecution, path });
    return nullText;
  }
}

function propertyOf(source: unknown, name: string): unknown {
  return isComposite(source) ? (source as Record<string, unknown>)[name] : undefined;
}
