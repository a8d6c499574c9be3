import { type ExecutionArgs, GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { HttpPlugin, RequestFacts, ServerContext } from './plugin.ts';

/** An operation that is about to be executed. */
export interface PreparedOperation extends Pick<ExecutionArgs, 'schema' | 'document' | 'variableValues'> {
  readonly operation: OperationDefinitionNode;
  readonly facts: RequestFacts;
}

/** A plugin that checks each operation before it is executed. If the check returns errors, they are the result. */
export function beforeExecution(check: (operation: PreparedOperation) => readonly GraphQLError[]): HttpPlugin {
  const errorsOf = (args: ExecutionArgs & { contextValue: ServerContext }) => {
    const { schema, document, operationName, variableValues, contextValue } = args;
    const operation = getOperationAST(document, operationName);
    if (!operation) return []; // Yoga has refused it
    return check({ schema, document, variableValues, operation, facts: contextValue.facts });
  };
  return {
    isRepeatable: true,
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
 * The error with the status of a request error: 400 for `application/graphql-response+json`, 200 for `application/json`, as GraphQL
 * over HTTP recommends (draft, section 6.4). A copy, as errors may be cached and shared.
 */
function asRequestError(error: GraphQLError): GraphQLError {
  if (error.extensions.http) return error;
  const { message, nodes, source, positions, path, originalError } = error;
  const extensions = { ...error.extensions, http: { status: 400, spec: true } };
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}
