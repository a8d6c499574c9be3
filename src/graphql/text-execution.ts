import {
  defaultTypeResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  type OperationDefinitionNode,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import { inspect } from 'graphql/jsutils/inspect.js';
import { LazyResolveInfo } from './lazy-resolve-info.ts';
import { JoinedText, type JsonText, leafText } from './text.ts';
import { pathOf } from './trace.ts';
import { type Variables, variablesIn } from './variables.ts';

type Path = GraphQLResolveInfo['path'];

/** One execution of an operation to JSON text. */
export interface TextExecution {
  readonly contextValue: unknown;
  readonly variables: Variables;
  /** Errors of fields whose result is null instead. */
  readonly errors: GraphQLError[];
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

const nullText = 'null';

/** Completes a resolved value to text. */
type CompleteValue = (value: unknown, textExecution: TextExecution, path: Path | undefined) => JsonText;

/**
 * A field of an operation, executed directly to JSON text (GraphQL specification, sections 6.4.2 and 6.4.3). It builds no response
 * objects, and computes once what all executions have in common. Results and errors equal those of Yoga's executor, except for features
 * that our schema does not use: asynchronous iterables, `isTypeOf`, and scalars that serialise to null or undefined.
 */
export class TextField {
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
    this.field = getFieldDef(operationPlan.schema, parentType, node)!; // the document is valid
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
      if (resolve) {
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
          value = value.call(
            source,
            this.#ownArgs(textExecution),
            textExecution.contextValue,
            new LazyResolveInfo(this, textExecution, path!),
          );
      }
      if (isPromise(value)) return this.#whenResolved(value, textExecution, path!);
      const jsonText = this.#complete(value, textExecution, path);
      return typeof jsonText === 'string' ? jsonText : this.#whenCompleted(jsonText, textExecution, path!);
    } catch (error) {
      return this.#fail(error, textExecution, path ?? this.#pathUnder(parentPath));
    }
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

function completeAs(type: GraphQLOutputType, at: TextField): CompleteValue {
  if (isNonNullType(type)) {
    const completeValue = completeAs(type.ofType, at);
    return (value, textExecution, path) => {
      const jsonText = completeValue(value, textExecution, path);
      if (jsonText === nullText) throw new Error(`Cannot return null for non-nullable field ${at.coordinate}.`);
      return jsonText;
    };
  }
  const completeValue = isListType(type)
    ? completeList(type.ofType, at)
    : isLeafType(type)
      ? leafText(type)
      : isObjectType(type)
        ? completeObject(type, at)
        : completeAbstract(type, at);
  return (value, textExecution, path) => {
    if (value === null || value === undefined) return nullText;
    if (value instanceof Error) throw value;
    return completeValue(value, textExecution, path);
  };
}

function completeList(type: GraphQLOutputType, at: TextField): CompleteValue {
  const completeValue = completeAs(type, at);
  const fail = (error: unknown, textExecution: TextExecution, path: Path) =>
    handleFieldError(error, { type, at, textExecution, path });
  const completeItem = (value: unknown, textExecution: TextExecution, path: Path): JsonText => {
    try {
      const jsonText = isPromise(value)
        ? value.then((resolved) => completeValue(resolved, textExecution, path))
        : completeValue(value, textExecution, path);
      return typeof jsonText === 'string'
        ? jsonText
        : jsonText.then(undefined, (error) => fail(error, textExecution, path));
    } catch (error) {
      return fail(error, textExecution, path);
    }
  };
  return (value, textExecution, prev) => {
    if (typeof value !== 'object' || !(Symbol.iterator in value!))
      throw new Error(`Expected Iterable, but did not find one for field "${at.coordinate}".`);
    const items = new JoinedText();
    let key = 0;
    try {
      for (const item of value as Iterable<unknown>) {
        items.add(key === 0 ? '[' : ',', completeItem(item, textExecution, { prev, key, typename: undefined }));
        key++;
      }
    } catch (error) {
      items.abandon();
      throw error;
    }
    return items.end(key === 0 ? '[]' : ']');
  };
}

function completeObject(type: GraphQLObjectType, { plan, nodes }: TextField): CompleteValue {
  const { schema, fragments, conditions } = plan;
  const fields = [...collectSubfields(schema, fragments, conditions, type, nodes).values()].map(
    (fieldNodes) => new TextField(plan, type, fieldNodes),
  );
  const before = fields.map(({ key }, index) => `${index === 0 ? '{' : ','}"${key}":`);
  return (source, textExecution, path) => {
    const members = new JoinedText();
    try {
      for (let index = 0; index < fields.length; index++)
        members.add(before[index]!, fields[index]!.execute(source, textExecution, path));
    } catch (error) {
      return members.fail(error);
    }
    return members.end(fields.length === 0 ? '{}' : '}');
  };
}

/** Prepares the fields of each possible type when a value first has that type. */
function completeAbstract(type: GraphQLAbstractType, at: TextField): CompleteValue {
  const { schema } = at.plan;
  const byTypeName = new Map<string, CompleteValue>();
  const completeAsObject = (name: unknown): CompleteValue => {
    const completeValue = byTypeName.get(name as string);
    if (completeValue) return completeValue;
    const objectType = typeof name === 'string' ? schema.getType(name) : undefined;
    if (!isObjectType(objectType) || !schema.isSubType(type, objectType))
      throw new Error(`Expected an Object type of "${type}" for field "${at.coordinate}", but got ${inspect(name)}.`);
    const added = completeObject(objectType, at);
    byTypeName.set(objectType.name, added);
    return added;
  };
  return (value, textExecution, path) => {
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const name = resolveType(
      value,
      textExecution.contextValue,
      new LazyResolveInfo(at, textExecution, fieldPath(path!)),
      type,
    );
    return isPromise(name)
      ? name.then((resolved) => completeAsObject(resolved)(value, textExecution, path))
      : completeAsObject(name)(value, textExecution, path);
  };
}

/** Records the error of a nullable value, whose text is null; throws that of a non-null value (section 6.4.4). */
function handleFieldError(
  error: unknown,
  {
    type,
    at,
    textExecution,
    path,
  }: { type: GraphQLOutputType; at: TextField; textExecution: TextExecution; path: Path },
): string {
  const located = locatedError(error, at.nodes, pathOf(path));
  if (isNonNullType(type)) throw located;
  textExecution.errors.push(located);
  return nullText;
}

/** Returns the path of the field whose list contains a value. */
function fieldPath(path: Path): Path {
  return typeof path.key === 'number' ? fieldPath(path.prev!) : path;
}

function propertyOf(source: unknown, name: string): unknown {
  return isComposite(source) ? (source as Record<string, unknown>)[name] : undefined;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return isComposite(value) && 'then' in value && typeof value.then === 'function';
}

function isComposite(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
