import { type Variables, variablesIn } from '@magpie/graphql-cache/parts';
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type IntrospectionScope, introspectionSizesOf, outsideIntrospection } from './introspection-sizes.ts';
import { itemsOf, listSizeOf, slicesOf } from './list-sizes.ts';
import { eventsPerMinuteOf } from './timed.ts';
import { isApart, lengthWeight, partWeight, weightOf } from './weights.ts';

/** What is known of a position in a result before execution. */
interface CostScope extends IntrospectionScope {
  /** Sizes of lists beneath, by their paths from here, set by a field above (`sizedFields`). */
  readonly sizes: ReadonlyMap<string, number>;
}

interface CostInput {
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
}

/** Items of a list of scalars that cost as much as one field, which has a name, a path and a resolver. */
const itemsPerField = 10;

const unsizedScope: CostScope = { ...outsideIntrospection, sizes: new Map() };

/**
 * Computes the cost of a valid operation: the number of fields that its result has at most, and what `@cost` adds. A field counts
 * once for each item of the lists around it, with lists as long as their arguments and `@listSize` allow. Of mutually exclusive
 * types only the most expensive counts; a field that may be skipped counts; a list of scalars is one field for each ten of its
 * items. A response key costs one more for each 32 characters, a fragment or an item that is delivered apart ten more. A timed
 * subscription costs what its events of a minute cost. `sizedBy` names the variables that the cost depends on.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, variables }: CostInput,
): { cost: number; sizedBy: ReadonlySet<string> } {
  const slices: ArgumentNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const introspection = introspectionSizesOf(schema);
  const fragmentCosts = new Map<string, number>();

  const ofSelection = (set: SelectionSetNode, type: GraphQLObjectType, costScope: CostScope): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + ofField(selection, type, costScope);
      const part = isApart(selection) ? partWeight : 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return sum + part + ofFragment(selection.name.value, type, costScope);
      const condition = selection.typeCondition?.name.value;
      return applies(schema, condition, type) ? sum + part + ofSelection(selection.selectionSet, type, costScope) : sum;
    }, 0);

  const ofFragment = (name: string, type: GraphQLObjectType, costScope: CostScope): number => {
    const fragment = fragments.get(name)!;
    if (!applies(schema, fragment.typeCondition.name.value, type)) return 0;
    const key = `${name} ${type.name} ${keyOf(costScope)}`;
    let cost = fragmentCosts.get(key);
    if (cost === undefined) {
      cost = ofSelection(fragment.selectionSet, type, costScope);
      fragmentCosts.set(key, cost);
    }
    return cost;
  };

  const ofField = (node: FieldNode, parent: GraphQLObjectType, costScope: CostScope): number => {
    const key = lengthWeight((node.alias ?? node.name).value.length);
    if (node.name.value === TypeNameMetaFieldDef.name) return 1 + key;
    const field = fieldOf(parent, node.name.value);
    const within = node.selectionSet
      ? ofObjects(node, { field, parent, selectionSet: node.selectionSet }, costScope)
      : ofLeaves(node, { field, parent }, costScope);
    const cost = key + ofWork(field, node) + within;
    return parent === schema.getSubscriptionType() ? cost * (eventsPerMinuteOf(schema, field) ?? 1) : cost;
  };

  const ofWork = (field: Field, node: FieldNode): number => {
    const weight = weightOf(schema, field);
    return weight === 0 ? 0 : weight * Math.max(1, itemsOf(listSizeOf(schema, field), node, variables));
  };

  const ofLeaves = (node: FieldNode, { field, parent }: Place, costScope: CostScope): number => {
    if (parent.name.startsWith('__')) return 1 + introspection.textWeight(parent.name, field.name, costScope);
    if (!isListType(getNullableType(field.type))) return 1;
    const { items } = step(field, node, costScope);
    return Math.max(1, Math.ceil(items / itemsPerField)) + ofParts(node, items);
  };

  /** What the items of a list cost that are delivered one by one. */
  const ofParts = (node: FieldNode, items: number): number => (isApart(node) ? items * partWeight : 0);

  const ofObjects = (
    node: FieldNode,
    { field, parent, selectionSet }: Place & { selectionSet: SelectionSetNode },
    costScope: CostScope,
  ): number => {
    const type = getNamedType(field.type);
    const { items, within } = parent.name.startsWith('__')
      ? inspect(parent, field, costScope)
      : step(field, node, costScope);
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type as GraphQLObjectType];
    return (
      1 + ofParts(node, items) + items * Math.max(...possible.map((one) => ofSelection(selectionSet, one, within)))
    );
  };

  const inspect = (parent: GraphQLObjectType, field: Field, costScope: CostScope) => {
    const { items, within } = introspection.step(parent.name, field.name, costScope);
    return { items, within: { ...within, sizes: unsizedScope.sizes } };
  };

  const step = (field: Field, node: FieldNode, costScope: CostScope) => {
    const size = listSizeOf(schema, field);
    slices.push(...slicesOf(size, node));
    const sized = itemsOf(size, node, variables);
    const sizes = new Map(size.sizedFields.map((path) => [path, sized] as const));
    for (const [path, count] of costScope.sizes)
      if (path.startsWith(`${field.name}.`)) sizes.set(path.slice(field.name.length + 1), count);
    const items = isListType(getNullableType(field.type))
      ? Math.min(sized, costScope.sizes.get(field.name) ?? sized)
      : 1;
    return { items, within: sizes.size > 0 ? { ...unsizedScope, sizes } : unsizedScope };
  };

  const cost = Math.ceil(ofSelection(operation.selectionSet, schema.getRootType(operation.operation)!, unsizedScope));
  return { cost, sizedBy: variablesIn(slices) };
}

type Field = GraphQLField<unknown, unknown>;

/** A field and the type that it belongs to. */
interface Place {
  readonly field: Field;
  readonly parent: GraphQLObjectType;
}

function fieldOf(type: GraphQLObjectType, name: string): Field {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  return name === TypeMetaFieldDef.name ? TypeMetaFieldDef : type.getFields()[name]!;
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditionType = schema.getType(condition);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}

function keyOf({ isAll, wrapped, sizes }: CostScope): string {
  return `${isAll} ${wrapped} ${[...sizes].join(' ')}`;
}

/** Most costs kept for one operation, one for each combination of its size variables. */
const maxCosts = 16;

/** Memoizes the costs of operations. Those of an operation last as long as its document. */
export class Costs {
  readonly #known = new WeakMap<OperationDefinitionNode, { sizedBy: readonly string[]; costs: Map<string, number> }>();

  of(schema: GraphQLSchema, document: DocumentNode, costInput: CostInput): number {
    const { operation, variables } = costInput;
    const known = this.#known.get(operation);
    const key = known?.sizedBy.map((name) => sizeKey(variables[name])).join();
    const earlier = key === undefined ? undefined : known?.costs.get(key);
    if (earlier !== undefined) return earlier;
    const { cost, sizedBy } = costOf(schema, document, costInput);
    const costs = known && known.costs.size < maxCosts ? known.costs : new Map<string, number>();
    const names = [...sizedBy];
    costs.set(names.map((name) => sizeKey(variables[name])).join(), cost);
    this.#known.set(operation, { sizedBy: names, costs });
    return cost;
  }
}

function sizeKey(value: unknown): string {
  return Array.isArray(value) ? String(value.length) : JSON.stringify(value ?? null);
}
