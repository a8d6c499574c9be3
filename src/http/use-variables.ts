import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { coerceVariables } from '../graphql/variables.ts';
import type { HttpPlugin, ServerContext } from './plugin.ts';

/** Coerces an operation's variables before anything is executed, and refuses those that are wrong. */
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
function coerce(args: ExecutionArgs & { contextValue: ServerContext }): GraphQLError[] | undefined {
  const { schema, document, operationName, variableValues, contextValue } = args;
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const { variables, errors } = coerceVariables(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  contextValue.facts.variables = variables ?? null;
  return errors;
}
