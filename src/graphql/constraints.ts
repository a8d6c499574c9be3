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

/** A maximum, and the schema coordinate at which it is stated: `Query.nodes(ids:)`, `PostFilter.accountIds`. */
interface Limit {
  readonly max: number;
  readonly at: string;
}

/** Of a number, with the coordinate at which it is stated. Both ends are included. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly isNullable: boolean;
  readonly at: string;
}

/** How much an argument or an input field takes. */
export interface Constraint {
  /** Of a list. */
  readonly items: Limit;
  /** Of a text, or of each text in a list, in UTF-16 code units. */
  readonly length: Limit;
  /** Undefined where any number is taken. */
  readonly range: Range | undefined;
}

const noLimit = Number.POSITIVE_INFINITY;
/** More than any text of the product takes in any writing system, so that a text that is only too long gets a user error. */
const maxTextLength = 200_000;
/** Far more than an id has. */
const maxIdLength = 255;
/** Of what a directive of a document takes, such as the label of `@defer`, which the answer repeats. */
const maxLabelLength = 255;

type Constraints = ReadonlyMap<InputDefinition, Constraint>;

const constraintsBySchema = new WeakMap<GraphQLSchema, Constraints>();

/** Of every argument and input field: what `@constraint` says, or else what the whole product takes. */
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
    const given = directive && definition.astNode && getDirectiveValues(directive, definition.astNode);
    const isId = getNamedType(definition.type).name === 'ID';
    const {
      maxItems = noLimit,
      maxLength = isId ? maxIdLength : maxOther,
      ...ends
    } = { ...given } as ConstraintArguments;
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

/** Holds what both do. */
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

/** For a place within a list. */
export function itemConstraint({ length, range }: Constraint): Constraint {
  return { items: { max: noLimit, at: length.at }, length, range };
}

/** Says what is wrong with the length of a list; undefined if nothing is. */
export function listProblem(count: number, { items: { max, at } }: Constraint): string | undefined {
  return count > max ? `${at}: expected at most ${max} items, but got ${count}` : undefined;
}

/** Says what is wrong with a text; undefined if nothing is. What is taken is stored as it is. */
export function textProblem(text: string, { length: { max, at } }: Constraint): string | undefined {
  if (text.length > max) return `${at}: expected at most ${max} characters, but got ${text.length}`;
  const found = unstorableIn(text);
  return found && `${at}: expected Unicode characters other than NUL, but got ${found}`;
}

/** Says what is wrong with a number; undefined if nothing is. */
export function numberProblem(value: number | null, { range }: Constraint): string | undefined {
  if (!range || (value === null && range.isNullable)) return undefined;
  const { min, max, at } = range;
  if (value !== null && value >= min && value <= max) return undefined;
  return `${at}: expected ${max === noLimit ? `${min} or more` : `${min} to ${max}`}, but got ${value}`;
}

export function inputError(message: string, options?: GraphQLErrorOptions): GraphQLError {
  return new GraphQLError(`${message}.`, { ...options, extensions: { code: 'BAD_USER_INPUT' } });
}
