import { type ExecutionArgs, GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { HttpPlugin, RequestFacts, ServerContext } from './plugin.ts';

/** An operation that is about to be executed. */
export interface PreparedOperation extends Pick<ExecutionArgs, 'schema' | 'document' | 'variableValues'> {
  readonly operation: OperationDefinitionNode;
  readonly facts: RequestFacts;
}

/** A plugin that looks at each operation before it is executed, and answers with errors in its place if there are any. */
export function beforeExecution(check: (preparedOperation: PreparedOperation) => readonly GraphQLError[]): HttpPlugin {
  const errorsOf = (args: ExecutionArgs & { contextValue: ServerContext }) => {
    const { schema, document, operationName, variableValues, contextValue } = args;
    const operation = getOperationAST(document, operationName);
    if (!operation) return []; // Yoga has refused it
    return check({ schema, document, variableValues, operation, facts: contextValue.facts });
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = errorsOf(args);
      if (errors.length > 0) setResultAndStopExecution({ errors: errors.map(asRequestError) });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = errorsOf(args);
      if (errors.length > 0) setResultAndStopExecution({ errors: errors.map(asRequestError) });
    },
  };
}

/**
 * Nothing is executed: 400 for clients that take `application/graphql-response+json`, and 200 for those that take `application/json`,
 * as GraphQL over HTTP recommends (draft, section 6.4). Errors may be remembered, so this one is made anew.
 */
function asRequestError(error: GraphQLError): GraphQLError {
  if (error.extensions.http) return error;
  const { message, nodes, source, positions, path, originalError } = error;
  const extensions = { ...error.extensions, http: { status: 400, spec: true } };
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}
