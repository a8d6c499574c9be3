import {
  type GraphQLArgument,
  GraphQLError,
  type GraphQLErrorOptions,
  type GraphQLInputField,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { unstorableIn } from '../text/storable.ts';

export type InputDefinition = GraphQLArgument | GraphQLInputField;

/** A maximum, and the schema coordinate that states it: `Query.nodes(ids:)`, `PostFilter.accountIds`. */
interface Limit {
  readonly max: number;
  readonly at: string;
}

/** The range of a number, ends included, and the schema coordinate that states it. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly isNullable: boolean;
  readonly at: string;
}

/** The constraint of an argument or input field. */
export interface Constraint {
  /** Most items of a list. */
  readonly items: Limit;
  /** Greatest length of a string, or of each string in a list, in UTF-16 code units. */
  readonly length: Limit;
  /** Undefined where any number is valid. */
  readonly range: Range | undefined;
}

const noLimit = Number.POSITIVE_INFINITY;
/** More than any text field of the product allows, so that a text slightly too long gets that field's user error. */
const maxTextLength = 200_000;
/** Far more than the length of any id. */
const maxIdLength = 255;
/** For arguments of directives in documents, such as the label of `@defer`, which the response repeats. */
const maxLabelLength = 255;

type Constraints = ReadonlyMap<InputDefinition, Constraint>;

const constraintsBySchema = new WeakMap<GraphQLSchema, Constraints>();

/** Returns the constraint of every argument and input field: that of `@constraint`, otherwise the defaults above. */
export function constraintsOf(schema: GraphQLSchema): Constraints {
  let constraints = constraintsBySchema.get(schema);
  if (!constraints) {
    constraints = readConstraints(schema);
    constraintsBySchema.set(schema, constraints);
  }
  return constraints;
}

function readConstraints(schema: GraphQLSchema): Constraints {
  const constraints = new Map<InputDefinition, Constraint>();
  const directive = schema.getDirective('constraint');
  const add = (definition: InputDefinition, at: string, maxOther: number) => {
    const directiveArguments = directive && definition.astNode && getDirectiveValues(directive, definition.astNode);
    const isId = getNamedType(definition.type).name === 'ID';
    const {
      maxItems = noLimit,
      maxLength = isId ? maxIdLength : maxOther,
      ...ends
    } = { ...directiveArguments } as ConstraintArguments;
    const { min = -noLimit, max = noLimit } = ends;
    const range = { min, max, isNullable: !isNonNullType(definition.type), at };
    constraints.set(definition, {
      ...{ items: { max: maxItems, at }, length: { max: maxLength, at } },
      range: min === -noLimit && max === noLimit ? undefined : range,
    });
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) add(field, `${type.name}.${field.name}`, maxTextLength);
    if (isObjectType(type) || isInterfaceType(type))
      for (const { name, args } of Object.values(type.getFields()))
        for (const arg of args) add(arg, `${type.name}.${name}(${arg.name}:)`, maxTextLength);
  }
  for (const { name, args } of schema.getDirectives())
    for (const arg of args) add(arg, `@${name}(${arg.name}:)`, maxLabelLength);
  return constraints;
}

interface ConstraintArguments {
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
}

/** Returns the intersection of two constraints. */
export function stricterOf(one: Constraint, other: Constraint): Constraint {
  return {
    ...{ items: smallerLimit(one.items, other.items), length: smallerLimit(one.length, other.length) },
    range: one.range && other.range ? narrower(one.range, other.range) : (one.range ?? other.range),
  };
}

function smallerLimit(one: Limit, other: Limit): Limit {
  return other.max < one.max ? other : one;
}

function narrower(one: Range, other: Range): Range {
  return {
    ...{ min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) },
    isNullable: one.isNullable && other.isNullable,
    at: other.max < one.max ? other.at : one.at,
  };
}

/** Returns the constraint of the items of a list. */
export function itemConstraint({ length, range }: Constraint): Constraint {
  return { items: { max: noLimit, at: length.at }, length, range };
}

/** Returns the error message for the length of a list; undefined if it is valid. */
export function listProblem(count: number, { items: { max, at } }: Constraint): string | undefined {
  return count > max ? `${at}: expected at most ${max} items, but got ${count}` : undefined;
}

/** Returns the error message for a string; undefined if it is valid. A valid string can be stored unchanged. */
export function textProblem(text: string, { length: { max, at } }: Constraint): string | undefined {
  if (text.length > max) return `${at}: expected at most ${max} characters, but got ${text.length}`;
  const unstorable = unstorableIn(text);
  return unstorable && `${at}: expected Unicode characters other than NUL, but got ${unstorable}`;
}

/** Returns the error message for a number; undefined if it is valid. */
export function numberProblem(value: number | null, { range }: Constraint): string | undefined {
  if (!range || (value === null && range.isNullable)) return undefined;
  const { min, max, at } = range;
  if (value !== null && value >= min && value <= max) return undefined;
  return `${at}: expected ${max === noLimit ? `${min} or more` : `${min} to ${max}`}, but got ${value}`;
}

export function inputError(message: string, options?: GraphQLErrorOptions): GraphQLError {
  return new GraphQLError(`${message}.`, { ...options, extensions: { code: 'BAD_USER_INPUT' } });
}
