import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is, fragments counted wherever they are spread. */
export interface Measure {
  /** Fields within fields; a root field alone is 1. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  /** Fields of one name, with selections of their own, at one place: validation compares each with each. */
  readonly repeats: number;
  /** Fields that would be answered if every page were full. */
  readonly cost: number;
}

/** Items that a list without a page size is taken to have. */
const listSize = 10;
/** Items that no page exceeds, whatever is asked for. */
const largestPage = 100;
/** Arguments that say how many items there are. */
const pageSizes = ['first', 'limit'];

/** Needs no valid document: what is unknown counts as a field, and a fragment within itself as nothing. */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const known = new Map<string, Measure>();

  const ofFragment = (name: string): Measure => {
    const earlier = known.get(name);
    if (earlier) return earlier;
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const measure = fragment
      ? ofSelection(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), false)
      : nothing;
    known.set(name, measure);
    return measure;
  };

  /** `isPaged`: whether the parent's page size stands for the lists right below it, such as `nodes`. */
  const ofSelection = (set: SelectionSetNode, type: GraphQLNamedType | undefined, isPaged: boolean): Measure =>
    set.selections
      .map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
        if (selection.kind === Kind.FIELD) return ofField(selection, type, isPaged);
        const condition = selection.typeCondition?.name.value;
        return ofSelection(selection.selectionSet, condition === undefined ? type : schema.getType(condition), isPaged);
      })
      .reduce(sum, nothing);

  const ofField = (node: FieldNode, parent: GraphQLNamedType | undefined, isPaged: boolean): Measure => {
    const aliases = node.alias ? 1 : 0;
    // Introspection has rules of its own in graphql-js, and is answered from memory.
    if (!node.selectionSet || node.name.value.startsWith('__'))
      return { depth: 1, aliases, rootFields: 1, repeats: 1, cost: 1 };
    const field = fieldOf(parent, node.name.value);
    const type = field && getNamedType(field.type);
    const page = field && pageSizeOf(node, field);
    const isList = field !== undefined && isListType(getNullableType(field.type));
    const within = ofSelection(node.selectionSet, isCompositeType(type) ? type : undefined, page !== undefined);
    const items = page ?? (isList && !isPaged ? listSize : 1);
    return {
      depth: within.depth + 1,
      aliases: within.aliases + aliases,
      rootFields: 1,
      repeats: Math.max(within.repeats, repeatsIn(node.selectionSet)),
      cost: 1 + items * within.cost,
    };
  };

  const root = ofSelection(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined, false);
  return { ...root, repeats: Math.max(root.repeats, repeatsIn(operation.selectionSet)) };
}

const nothing: Measure = { depth: 0, aliases: 0, rootFields: 0, repeats: 0, cost: 0 };

function sum(one: Measure, other: Measure): Measure {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    rootFields: one.rootFields + other.rootFields,
    repeats: Math.max(one.repeats, other.repeats),
    cost: one.cost + other.cost,
  };
}

/** Named fragments apart, which graphql-js compares only once. */
function repeatsIn(set: SelectionSetNode, counts = new Map<string, number>()): number {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) repeatsIn(selection.selectionSet, counts);
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) continue;
    const name = (selection.alias ?? selection.name).value;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function fieldOf(type: GraphQLNamedType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

/** Undefined when the field has no pages. */
function pageSizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
  const argument = field.args.find(({ name }) => pageSizes.includes(name));
  if (!argument) return undefined;
  const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
  if (given === undefined) return typeof argument.defaultValue === 'number' ? argument.defaultValue : largestPage;
  return given.kind === Kind.INT ? Math.min(Math.max(0, Number(given.value)), largestPage) : largestPage;
}
