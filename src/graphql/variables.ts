import {
  type ASTNode,
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
  visit,
} from 'graphql';
import { shown } from '../text/shown.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** The names of the variables that occur in some part of a document. */
export function variablesIn(nodes: readonly (ASTNode | readonly ASTNode[])[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes)
    visit(node as ASTNode, {
      Variable({ name }) {
        names.add(name.value);
      },
    });
  return names;
}

/** Errors after which nothing more is coerced, as in graphql-js. */
const maxErrors = 50;

type CoercionResult = { variables: Variables; errors?: undefined } | { variables?: undefined; errors: GraphQLError[] };

/**
 * The values of an operation's variables (GraphQL specification, section 6.1.2). It coerces as `getVariableValues` of graphql-js
 * does, but its work stays proportional to what was given: it stops at the 50th error, and never writes a whole value into a
 * message.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Readonly<Record<string, unknown>>,
): CoercionResult {
  const errors: GraphQLError[] = [];
  const fail = (error: GraphQLError) => {
    if (errors.length === maxErrors) throw new TooManyErrors();
    errors.push(error);
  };
  const variables: Record<string, unknown> = Object.create(null);
  try {
    for (const definition of definitions) coerceOne(definition, { schema, given, variables, fail });
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
    errors.push(new GraphQLError(`Expected right variables, but got more than ${maxErrors} errors in them.`));
  }
  return errors.length > 0 ? { errors } : { variables: { ...variables } };
}

class TooManyErrors extends Error {}

interface Coercion {
  readonly schema: GraphQLSchema;
  readonly given: Readonly<Record<string, unknown>>;
  /** Where the values go. */
  readonly variables: Record<string, unknown>;
  fail(error: GraphQLError): void;
}

function coerceOne(definition: VariableDefinitionNode, { schema, given, variables, fail }: Coercion): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type) as GraphQLInputType | undefined;
  if (!isInputType(type)) {
    fail(new GraphQLError(`Variable "$${name}": expected an input type.`, { nodes: definition.type }));
    return;
  }
  const isGiven = Object.hasOwn(given, name);
  if (!isGiven && definition.defaultValue) variables[name] = valueFromAST(definition.defaultValue, type);
  else if (isNonNullType(type) && (given[name] === null || !isGiven)) {
    const got = isGiven ? 'null' : 'nothing';
    fail(
      new GraphQLError(`Variable "$${name}": expected a value of type "${type}", but got ${got}.`, {
        nodes: definition,
      }),
    );
  } else if (isGiven)
    variables[name] = coerceInputValue(given[name], type, (path, value, error) => {
      const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
      const message = `Variable "$${name}" got an invalid value ${shown(value)} at "${name}${place}": ${error.message}`;
      fail(new GraphQLError(message, { nodes: definition, originalError: error }));
    });
}
