import { coerceVariables as coerce } from '@magpie/graphql-cache/parts';
import type { GraphQLSchema, VariableDefinitionNode } from 'graphql';
import { shown } from '../text/shown.ts';

/** Coerces the variables of an operation; see `@magpie/graphql-cache/parts`. Messages never cut a character in two. */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  values: Readonly<Record<string, unknown>>,
): ReturnType<typeof coerce> {
  return coerce(schema, definitions, { values, shown });
}
