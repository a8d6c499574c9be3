import {
  defaultFieldResolver,
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
import { JoinedText, leafText, type Text } from './text.ts';
import { pathOf } from './trace.ts';
import { type Variables, variablesIn } from './variables.ts';

type Path = GraphQLResolveInfo['path'];

/** One execution. */
export interface Run {
  readonly contextValue: unknown;
  readonly variables: Variables;
  /** Of fields that are null instead. */
  readonly errors: GraphQLError[];
}

/** An operation; `conditions` are the variables that say which of its fields are left out. */
export interface Outline {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly conditions: Variables;
}

/** Turns what was resolved into text. */
type Complete = (value: unknown, run: Run, path: Path | undefined) => Text;

/**
 * A field as an operation asks for it, to be executed straight to JSON (GraphQL specification, sections 6.4.2 and 6.4.3): no
 * objects of a response in between, and nothing worked out anew that all executions have in common. It answers and fails as
 * Yoga's executor does, except that it knows nothing of asynchronous iterables and `isTypeOf`, which our schema does not use.
 */
export class TextField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly outline: Outline;
  readonly #isLeaf: boolean;
  readonly #fixedArgs: Record<string, unknown> | undefined;
  #completion: Complete | undefined;

  constructor(outline: Outline, parentType: GraphQLObjectType, nodes: readonly FieldNode[]) {
    const [node] = nodes as [FieldNode];
    this.key = (node.alias ?? node.name).value;
    this.nodes = nodes;
    this.parentType = parentType;
    this.field = getFieldDef(outline.schema, parentType, node)!; // the document is valid
    this.outline = outline;
    this.#isLeaf = !this.field.resolve && !node.selectionSet;
    this.#fixedArgs = fixedArgs(this.field, node);
  }

  /** As an error names it. */
  get coordinate(): string {
    return `${this.parentType.name}.${this.field.name}`;
  }

  args(variables: Variables): Record<string, unknown> {
    return this.#fixedArgs ?? getArgumentValues(this.field, this.nodes[0]!, variables);
  }

  /** Throws or rejects with the located error of a field that must not be null. */
  execute(source: unknown, run: Run, parentPath: Path | undefined): Text {
    if (this.#isLeaf) {
      const value = (source as Record<string, unknown>)[this.field.name];
      if (typeof value !== 'object' && typeof value !== 'function') return this.#executeLeaf(value, run, parentPath);
    }
    const path = { prev: parentPath, key: this.key, typename: this.parentType.name };
    try {
      const resolve = this.field.resolve ?? defaultFieldResolver;
      const value = resolve(source, this.args(run.variables), run.contextValue, new FieldInfo(this, run, path));
      const text = isPromise(value)
        ? value.then((resolved) => this.#complete(resolved, run, path))
        : this.#complete(value, run, path);
      return typeof text === 'string' ? text : text.then(undefined, (error) => this.#fail(error, run, path));
    } catch (error) {
      return this.#fail(error, run, path);
    }
  }

  /** Most fields are these. Their paths matter to nobody until they fail. */
  #executeLeaf(value: unknown, run: Run, parentPath: Path | undefined): Text {
    try {
      return this.#complete(value, run, undefined);
    } catch (error) {
      return this.#fail(error, run, { prev: parentPath, key: this.key, typename: this.parentType.name });
    }
  }

  get #complete(): Complete {
    this.#completion ??= completeAs(this.field.type, this);
    return this.#completion;
  }

  #fail(error: unknown, run: Run, path: Path): string {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    for (const one of errors) handle(one, { type: this.field.type, at: this, run, path });
    return 'null';
  }
}

function completeAs(type: GraphQLOutputType, at: TextField): Complete {
  if (isNonNullType(type)) {
    const complete = completeAs(type.ofType, at);
    return (value, run, path) => {
      const text = complete(value, run, path);
      if (text === 'null') throw new Error(`Cannot return null for non-nullable field ${at.coordinate}.`);
      return text;
    };
  }
  const complete = isListType(type)
    ? completeList(type.ofType, at)
    : isLeafType(type)
      ? leafText(type)
      : isObjectType(type)
        ? completeObject(type, at)
        : completeAbstract(type, at);
  return (value, run, path) => {
    if (value === null || value === undefined) return 'null';
    if (value instanceof Error) throw value;
    return complete(value, run, path);
  };
}

function completeList(type: GraphQLOutputType, at: TextField): Complete {
  const complete = completeAs(type, at);
  const item = (value: unknown, run: Run, path: Path): Text => {
    const fail = (error: unknown) => {
      handle(error, { type, at, run, path });
      return 'null';
    };
    try {
      const text = isPromise(value)
        ? value.then((resolved) => complete(resolved, run, path))
        : complete(value, run, path);
      return typeof text === 'string' ? text : text.then(undefined, fail);
    } catch (error) {
      return fail(error);
    }
  };
  return (value, run, prev) => {
    if (typeof value !== 'object' || !(Symbol.iterator in value!))
      throw new Error(`Expected Iterable, but did not find one for field "${at.coordinate}".`);
    const items = new JoinedText();
    let key = 0;
    try {
      for (const one of value as Iterable<unknown>) {
        items.add(key === 0 ? '[' : ',', item(one, run, { prev, key, typename: undefined }));
        key++;
      }
    } catch (error) {
      return items.fail(error);
    }
    return items.end(key === 0 ? '[]' : ']');
  };
}

function completeObject(type: GraphQLObjectType, { outline, nodes }: TextField): Complete {
  const { schema, fragments, conditions } = outline;
  const fields = [...collectSubfields(schema, fragments, conditions, type, nodes).values()].map(
    (fieldNodes) => new TextField(outline, type, fieldNodes),
  );
  const before = fields.map(({ key }, index) => `${index === 0 ? '{' : ','}"${key}":`);
  return (source, run, path) => {
    const members = new JoinedText();
    try {
      for (let index = 0; index < fields.length; index++)
        members.add(before[index]!, fields[index]!.execute(source, run, path));
    } catch (error) {
      return members.fail(error);
    }
    return members.end(fields.length === 0 ? '{}' : '}');
  };
}

/** Fragments of what an abstract type may be are read when a value first is that. */
function completeAbstract(type: GraphQLAbstractType, at: TextField): Complete {
  const { schema } = at.outline;
  const known = new Map<string, Complete>();
  const completeAsObject = (name: string | undefined): Complete => {
    const complete = name === undefined ? undefined : known.get(name);
    if (complete) return complete;
    const objectType = name === undefined ? undefined : schema.getType(name);
    if (!isObjectType(objectType) || !schema.isSubType(type, objectType))
      throw new Error(`Expected an Object type of "${type}" for field "${at.coordinate}", but got ${name}.`);
    const added = completeObject(objectType, at);
    known.set(objectType.name, added);
    return added;
  };
  return (value, run, path) => {
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const name = resolveType(value, run.contextValue, new FieldInfo(at, run, path!), type);
    return isPromise(name)
      ? name.then((resolved) => completeAsObject(resolved)(value, run, path))
      : completeAsObject(name)(value, run, path);
  };
}

/** Notes the error of a value that is null instead; throws it if that must not be (section 6.4.4). */
function handle(
  error: unknown,
  { type, at, run, path }: { type: GraphQLOutputType; at: TextField; run: Run; path: Path },
): void {
  const located = locatedError(error, at.nodes, pathOf(path));
  if (isNonNullType(type)) throw located;
  run.errors.push(located);
}

/** Undefined where variables occur. Others are given to every execution, so that nobody may change them. */
function fixedArgs(field: GraphQLField<unknown, unknown>, node: FieldNode): Record<string, unknown> | undefined {
  if (field.args.length === 0) return none;
  return variablesIn(node.arguments ?? []).size === 0 ? frozen(getArgumentValues(field, node)) : undefined;
}

const none = Object.freeze({});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** What a resolver is told of where it is. Few ask. */
class FieldInfo implements GraphQLResolveInfo {
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

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
