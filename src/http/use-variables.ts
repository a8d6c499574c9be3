import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { violationsIn } from '../graphql/value-check.ts';
import { coerceVariables } from '../graphql/variables.ts';
import type { HttpPlugin, ServerContext } from './plugin.ts';

/** Coerces an operation's variables before anything is executed, and refuses those that are wrong or too large. */
export function useVariables(): HttpPlugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = coerce(args);
      if (errors) setResultAndStopExecution({ errors });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = coerce(args);
      if (errors) setResultAndStopExecution({ errors });
    },
  };
}

/** Notes them for the execution; returns what is wrong with them. An unknown operation is left to the execution. */
function coerce(args: ExecutionArgs & { contextValue: ServerContext }): readonly GraphQLError[] | undefined {
  const { schema, document, operationName, variableValues, contextValue } = args;
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const { variables, errors } = coerceVariables(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  contextValue.facts.variables = variables ?? null;
  if (errors) return errors;
  const violations = violationsIn(variables, { schema, document, operation });
  return violations.length > 0 ? violations : undefined;
}
