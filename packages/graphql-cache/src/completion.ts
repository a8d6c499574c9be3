import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { ExecutedField, TextExecution } from './executed-field.ts';
import { inspect } from './inspect.ts';
import { LazyResolveInfo } from './lazy-resolve-info.ts';
import { JoinedText, type JsonText, leafText } from './text.ts';
import { isPromise } from './values.ts';

type Path = GraphQLResolveInfo['path'];

/** A field whose value is completed. */
export interface CompletedField extends ExecutedField {
  /** `Type.field`, for error messages. */
  readonly coordinate: string;
  /** Prepares the fields that are selected beneath it for a value of an object type. */
  fieldsOf(type: GraphQLObjectType): readonly {
    readonly key: string;
    execute(source: unknown, textExecution: TextExecution, parentPath: Path | undefined): JsonText;
  }[];
}

export const nullText = 'null';

/** Completes a resolved value to text. */
export type CompleteValue = (value: unknown, textExecution: TextExecution, path: Path | undefined) => JsonText;

/** Returns the function that completes values of a type (section 6.4.3). Prepares the fields beneath. */
export function completeAs(type: GraphQLOutputType, at: CompletedField): CompleteValue {
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
      ? completeLeaf(type)
      : isObjectType(type)
        ? completeObject(type, at)
        : completeAbstract(type, at);
  return (value, textExecution, path) => {
    if (value === null || value === undefined) return nullText;
    if (value instanceof Error) throw value;
    return completeValue(value, textExecution, path);
  };
}

function completeLeaf(type: GraphQLLeafType): CompleteValue {
  const textOf = leafText(type);
  return (value, { size }) => {
    const text = textOf(value);
    size.add(text.length);
    return text;
  };
}

function completeList(type: GraphQLOutputType, at: CompletedField): CompleteValue {
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
  const completeItems = (values: Iterable<unknown>, textExecution: TextExecution, prev: Path | undefined): JsonText => {
    const items = new JoinedText();
    let key = 0;
    try {
      for (const item of values) {
        items.add(key === 0 ? '[' : ',', completeItem(item, textExecution, { prev, key, typename: undefined }));
        key++;
      }
    } catch (error) {
      items.abandon();
      throw error;
    }
    return items.end(key === 0 ? '[]' : ']');
  };
  return (value, textExecution, prev) => {
    if (typeof value !== 'object' || !(Symbol.iterator in value!)) {
      if (isAsyncIterable(value)) return listed(value).then((values) => completeItems(values, textExecution, prev));
      throw new Error(`Expected Iterable, but did not find one for field "${at.coordinate}".`);
    }
    return completeItems(value as Iterable<unknown>, textExecution, prev);
  };
}

function completeObject(type: GraphQLObjectType, at: CompletedField): CompleteValue {
  const fields = at.fieldsOf(type);
  const before = fields.map(({ key }, index) => `${index === 0 ? '{' : ','}"${key}":`);
  const completeMembers: CompleteValue = (source, textExecution, path) => {
    const members = new JoinedText();
    try {
      for (let index = 0; index < fields.length; index++)
        members.add(before[index]!, fields[index]!.execute(source, textExecution, path));
    } catch (error) {
      return members.fail(error);
    }
    return members.end(fields.length === 0 ? '{}' : '}');
  };
  return type.isTypeOf ? ofThatType(type, at, completeMembers) : completeMembers;
}

/** Checks a value with `isTypeOf` before it is completed. */
function ofThatType(type: GraphQLObjectType, at: CompletedField, completeValue: CompleteValue): CompleteValue {
  const refuse = (value: unknown): never => {
    throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes: at.nodes });
  };
  return (value, textExecution, path) => {
    const info = new LazyResolveInfo(at, textExecution, fieldPath(path!));
    const isOfType = type.isTypeOf!(value, textExecution.contextValue, info);
    if (isPromise(isOfType))
      return isOfType.then((isIt) => (isIt ? completeValue(value, textExecution, path) : refuse(value)));
    return isOfType ? completeValue(value, textExecution, path) : refuse(value);
  };
}

/** Prepares the fields of each possible type when a value first has that type. */
function completeAbstract(type: GraphQLAbstractType, at: CompletedField): CompleteValue {
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
export function handleFieldError(
  error: unknown,
  {
    type,
    at,
    textExecution,
    path,
  }: { type: GraphQLOutputType; at: CompletedField; textExecution: TextExecution; path: Path },
): string {
  const located = textExecution.errors.locate(error, at.nodes, path);
  if (isNonNullType(type)) throw located;
  textExecution.errors.add(located, path);
  return nullText;
}

/** Returns the path of the field whose list contains a value. */
function fieldPath(path: Path): Path {
  return typeof path.key === 'number' ? fieldPath(path.prev!) : path;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Collects the items. A failure is the error of the item that is missing, as in Yoga's executor. */
async function listed(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  try {
    for await (const value of values) list.push(value);
  } catch (error) {
    const missing = Promise.reject(error);
    missing.catch(() => {}); // the item reports it
    list.push(missing);
  }
  return list;
}
