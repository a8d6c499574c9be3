import { type ExecutionArgs, type GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Facts, HttpPlugin, ServerContext } from './plugin.ts';

/** An operation that is about to be executed. */
export interface Executable extends Pick<ExecutionArgs, 'schema' | 'document' | 'variableValues'> {
  readonly operation: OperationDefinitionNode;
  readonly facts: Facts;
}

/** A plugin that looks at each operation before it is executed, and answers with errors in its place if there are any. */
export function beforeExecution(check: (executable: Executable) => readonly GraphQLError[]): HttpPlugin {
  const errorsOf = (args: ExecutionArgs & { contextValue: ServerContext }) => {
    const { schema, document, operationName, variableValues, contextValue } = args;
    const operation = getOperationAST(document, operationName);
    if (!operation) return []; // it is unknown, as the execution will say
    return check({ schema, document, variableValues, operation, facts: contextValue.facts });
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = errorsOf(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = errorsOf(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}
