import { violationsIn } from '../graphql/value-check.ts';
import { coerceVariables } from '../graphql/variables.ts';
import { beforeExecution } from './before-execution.ts';
import type { HttpPlugin } from './plugin.ts';

/** Coerces an operation's variables and sets them in the facts. Refuses variables that are invalid or too large. */
export function useVariables(): HttpPlugin {
  return beforeExecution(({ schema, document, operation, variableValues, facts }) => {
    const { variables, errors } = coerceVariables(schema, operation.variableDefinitions ?? [], variableValues ?? {});
    if (errors) return errors;
    facts.variables = variables;
    return violationsIn(variables, { schema, document, operation });
  });
}
