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

export type Variables = Readonly<Record<string, unknown>>;

/** Returns the names of the variables in a part of a document. */
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

/** Coercion stops after this many errors, as in graphql-js. */
const maxErrors = 50;

type CoercionResult = { variables: Variables; errors?: undefined } | { variables?: undefined; errors: GraphQLError[] };

/**
 * Coerces the variables of an operation (GraphQL specification, section 6.1.2), as `getVariableValues` of graphql-js does. In
 * addition its work is proportional to the size of the values: it stops at the 50th error, and `shown` truncates values in
 * messages.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  { values, shown = shownBriefly }: { values: Readonly<Record<string, unknown>>; shown?: (value: unknown) => string },
): CoercionResult {
  const errors: GraphQLError[] = [];
  const fail = (error: GraphQLError) => {
    if (errors.length === maxErrors) throw new TooManyErrors();
    errors.push(error);
  };
  const variables: Record<string, unknown> = Object.create(null);
  try {
    for (const definition of definitions) coerceOne(definition, { schema, values, variables, shown, fail });
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
    errors.push(new GraphQLError(`Expected valid variables, but got more than ${maxErrors} errors.`));
  }
  return errors.length > 0 ? { errors } : { variables: { ...variables } };
}

class TooManyErrors extends Error {}

interface Coercion {
  readonly schema: GraphQLSchema;
  readonly values: Readonly<Record<string, unknown>>;
  /** Receives the coerced values. */
  readonly variables: Record<string, unknown>;
  /** Shows a value in a message. */
  readonly shown: (value: unknown) => string;
  fail(error: GraphQLError): void;
}

function coerceOne(definition: VariableDefinitionNode, { schema, values, variables, shown, fail }: Coercion): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type) as GraphQLInputType | undefined;
  if (!isInputType(type)) {
    fail(new GraphQLError(`Variable "$${name}": expected an input type.`, { nodes: definition.type }));
    return;
  }
  const isGiven = Object.hasOwn(values, name);
  if (!isGiven && definition.defaultValue) variables[name] = valueFromAST(definition.defaultValue, type);
  else if (isNonNullType(type) && (values[name] === null || !isGiven)) {
    const got = isGiven ? 'null' : 'nothing';
    fail(
      new GraphQLError(`Variable "$${name}": expected a value of type "${type}", but got ${got}.`, {
        nodes: definition,
      }),
    );
  } else if (isGiven)
    variables[name] = coerceInputValue(values[name], type, (path, value, error) => {
      const pathText = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
      const message = `Variable "$${name}" got an invalid value ${shown(value)} at "${name}${pathText}": ${error.message}`;
      fail(new GraphQLError(message, { nodes: definition, originalError: error }));
    });
}

/** A value as messages show it: a text is quoted and cut, a list or an object is only named, because it may be large. */
function shownBriefly(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
