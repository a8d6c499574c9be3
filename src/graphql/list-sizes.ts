import type { Variables } from '@magpie/graphql-cache/parts';
import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
  getDirectiveValues,
  getNullableType,
  isListType,
  valueFromAST,
} from 'graphql';
import { maxDaysOf } from '../domains/date-range.ts';
import type { DateRangeInput } from '../generated/schema.ts';

/** The `@listSize` of a field. */
export interface ListSize {
  /** Most items, whatever the arguments. */
  readonly assumedSize: number;
  /** Arguments that limit the number of items. */
  readonly slicing: readonly GraphQLArgument[];
  /** Paths of the lists beneath whose size this is; empty if the field itself is the list. */
  readonly sizedFields: readonly string[];
}

/** The size of a list without `@listSize`. */
const unknownSize: ListSize = { assumedSize: 100, slicing: [], sizedFields: [] };

/** The size of a field that is no list. */
const singleSize: ListSize = { assumedSize: 1, slicing: [], sizedFields: [] };

const sizesByField = new WeakMap<GraphQLField<unknown, unknown>, ListSize>();

export function listSizeOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): ListSize {
  let size = sizesByField.get(field);
  if (!size) {
    const directive = schema.getDirective('listSize');
    const directiveArguments = directive && field.astNode && getDirectiveValues(directive, field.astNode);
    const unstated = isListType(getNullableType(field.type)) ? unknownSize : singleSize;
    size = directiveArguments ? readListSize(directiveArguments as unknown as ListSizeArguments, field) : unstated;
    sizesByField.set(field, size);
  }
  return size;
}

interface ListSizeArguments {
  readonly assumedSize: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

function readListSize(
  { assumedSize, slicingArguments = [], sizedFields = [] }: ListSizeArguments,
  field: GraphQLField<unknown, unknown>,
) {
  const slicing = slicingArguments.map((name) => {
    const argument = field.args.find((arg) => arg.name === name);
    if (!argument) throw new TypeError(`@listSize of ${field.name}: expected a name of an argument, but got "${name}"`);
    return argument;
  });
  return { assumedSize, slicing, sizedFields };
}

/** Returns the most items of a list with the arguments of a request. */
export function itemsOf({ assumedSize, slicing }: ListSize, node: FieldNode, variables: Variables): number {
  return slicing.reduce((least, argument) => Math.min(least, sliceOf(argument, node, variables)), assumedSize);
}

/** Returns the nodes of the slicing arguments that a field is given. */
export function slicesOf({ slicing }: ListSize, node: FieldNode): ArgumentNode[] {
  return slicing.flatMap((argument) => argumentNodeOf(argument, node) ?? []);
}

function argumentNodeOf({ name }: GraphQLArgument, node: FieldNode): ArgumentNode | undefined {
  return node.arguments?.find((argument) => argument.name.value === name);
}

/** The limit that one slicing argument sets. Null counts as absent. */
function sliceOf(argument: GraphQLArgument, node: FieldNode, variables: Variables): number {
  const { type, defaultValue } = argument;
  const argumentNode = argumentNodeOf(argument, node);
  const value = (argumentNode && valueFromAST(argumentNode.value, type, variables)) ?? defaultValue;
  if (typeof value === 'number') return Math.max(0, value);
  if (Array.isArray(value)) return value.length;
  return value ? maxDaysOf(value as DateRangeInput) : Number.POSITIVE_INFINITY;
}
