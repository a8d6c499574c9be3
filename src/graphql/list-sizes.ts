import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
  getDirectiveValues,
  valueFromAST,
} from 'graphql';
import { maxDaysOf } from '../domains/date-range.ts';
import type { DateRangeInput } from '../generated/schema.ts';
import type { Variables } from './variables.ts';

/** What `@listSize` says of a field. */
export interface ListSize {
  /** The most items that there are, whatever is asked for. */
  readonly assumedSize: number;
  /** Arguments that say how many there are at most. */
  readonly slicing: readonly GraphQLArgument[];
  /** Paths of the lists beneath that are sized by it; none when it is the list itself. */
  readonly sizedFields: readonly string[];
}

/** Of a list of which nothing is known. */
const unknownSize: ListSize = { assumedSize: 100, slicing: [], sizedFields: [] };

const sizesByField = new WeakMap<GraphQLField<unknown, unknown>, ListSize>();

export function listSizeOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): ListSize {
  let size = sizesByField.get(field);
  if (!size) {
    const directive = schema.getDirective('listSize');
    const given = directive && field.astNode && getDirectiveValues(directive, field.astNode);
    size = given ? readListSize(given as unknown as ListSizeArguments, field) : unknownSize;
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

/** Items that there are at most with the arguments of a field, as a request gives them. */
export function itemsOf({ assumedSize, slicing }: ListSize, node: FieldNode, variables: Variables): number {
  return slicing.reduce((least, argument) => Math.min(least, sliceOf(argument, node, variables)), assumedSize);
}

/** What a field hands to the arguments that size it. */
export function slicesOf({ slicing }: ListSize, node: FieldNode): ArgumentNode[] {
  return slicing.flatMap((argument) => argumentNodeOf(argument, node) ?? []);
}

function argumentNodeOf({ name }: GraphQLArgument, node: FieldNode): ArgumentNode | undefined {
  return node.arguments?.find((given) => given.name.value === name);
}

/** Null means the same as nothing. */
function sliceOf(argument: GraphQLArgument, node: FieldNode, variables: Variables): number {
  const { type, defaultValue } = argument;
  const given = argumentNodeOf(argument, node);
  const value = (given && valueFromAST(given.value, type, variables)) ?? defaultValue;
  if (typeof value === 'number') return Math.max(0, value);
  if (Array.isArray(value)) return value.length;
  return value ? maxDaysOf(value as DateRangeInput) : Number.POSITIVE_INFINITY;
}
