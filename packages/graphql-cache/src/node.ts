import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError, getOperationAST, type ValidationRule } from 'graphql';
import type { GraphqlCache } from './graphql-cache.ts';
import { type ParsedRequest, RequestProblem, readParameters } from './request-parameters.ts';

/** As a listener of `node:http`, and as `app.use` of Express takes it. */
export type RequestHandler = (request: ParsedRequest, response: ServerResponse, next?: () => void) => void;

export interface RequestHandlerOptions<Context> {
  /** Returns the context of a request for resolvers and `scopeOf`, such as the viewer whose token it carries. */
  readonly contextOf: (request: IncomingMessage) => Context | Promise<Context>;
  /** Default `/graphql`. */
  readonly path?: string;
  /**
   * The server behind. It receives all requests that are no valid query, and queries with `@defer`; of a request in JSON it finds
   * the body in `request.body`, parsed. Default: the handler executes mutations, and refuses the rest as the specification of
   * GraphQL over HTTP says.
   */
  readonly otherwise?: (request: ParsedRequest, response: ServerResponse) => void;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Most tokens of a document; default 10,000. */
  readonly maxTokens?: number;
  /** Rules of validation besides those of the specification: limits of depth or cost. A server behind does not see the queries. */
  readonly rules?: readonly ValidationRule[];
  /** Is told what `contextOf` throws; the client gets a status of 500. Default: `console.error`. */
  readonly onError?: (error: unknown) => void;
}

/** Creates a request handler that answers queries from the cache. It stands in front of another server, or alone. */
export function createRequestHandler<Context>(
  cached: GraphqlCache,
  options: RequestHandlerOptions<Context>,
): RequestHandler {
  const { path = '/graphql', onError = console.error } = options;
  const answer = answerOf(cached, options);
  return (request, response, next) => {
    const leave = options.otherwise ? () => options.otherwise!(request, response) : next;
    if ((request.url ?? '').split('?', 1)[0] !== path) {
      if (leave) leave();
      else send(response, 404, { errors: [new GraphQLError(`expected the path ${path}`)] });
      return;
    }
    answer(request, leave !== undefined).then(
      (answered) => (answered ? sendResult(request, response, answered) : leave!()),
      (error: unknown) => {
        onError(error);
        send(response, 500, { errors: [new GraphQLError('Unexpected error')] });
      },
    );
  };
}

/** A result and its status. With 200, one without `data` has an error of the document: see `sendResult`. */
interface Answered {
  readonly result: ExecutionResult & { stringify?(result: ExecutionResult): string };
  readonly status: number;
}

/** Returns a function that answers a request. It returns undefined for what a server behind has to answer, if there is one. */
function answerOf<Context>(
  cached: GraphqlCache,
  { contextOf, maxBodyBytes = 2 ** 20, maxTokens = 10_000, rules }: RequestHandlerOptions<Context>,
) {
  return async (request: ParsedRequest, hasServerBehind: boolean): Promise<Answered | undefined> => {
    const refuse = (status: number, ...errors: readonly GraphQLError[]) =>
      hasServerBehind ? undefined : { result: { errors }, status };
    let parameters: Awaited<ReturnType<typeof readParameters>>;
    try {
      parameters = await readParameters(request, maxBodyBytes);
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      // A server behind cannot read again what was read of a body that is too large or no JSON.
      const answered = { result: { errors: [new GraphQLError(error.message)] }, status: error.status };
      const isWhole = request.body !== undefined || !request.readableDidRead;
      return hasServerBehind && isWhole ? undefined : answered;
    }
    const { query, operationName, variables: variableValues } = parameters;
    const { document, errors } = cached.documents.prepare(query, { rules, maxTokens });
    if (!document) return refuse(200, ...errors);
    const kind = getOperationAST(document, operationName)?.operation;
    if (!kind) return refuse(200, new GraphQLError('operationName: expected the name of an operation of the document'));
    if (kind === 'subscription') return refuse(200, new GraphQLError('expected a query or a mutation'));
    if (kind === 'mutation' && request.method === 'GET')
      return refuse(405, new GraphQLError('expected the method POST for a mutation, but got GET'));
    const contextValue = await contextOf(request);
    const args = { document, operationName, variableValues, contextValue };
    const result = await cached.executeToText(args);
    if (result) return { result, status: 200 };
    return hasServerBehind ? undefined : { result: await cached.execute(args), status: 200 };
  };
}

const graphqlType = 'application/graphql-response+json';

/** Media types and statuses as in GraphQL over HTTP: for `application/json` an error of the document has the status 200. */
function sendResult({ headers }: IncomingMessage, response: ServerResponse, { result, status }: Answered): void {
  const isOldType = !(headers.accept ?? '').includes(graphqlType);
  const isInvalid = status === 200 && !('data' in result);
  send(response, isInvalid && !isOldType ? 400 : status, result, isOldType ? 'application/json' : graphqlType);
}

function send(response: ServerResponse, status: number, result: Answered['result'], type = 'application/json'): void {
  const body = Buffer.from(result.stringify?.(result) ?? JSON.stringify(result));
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    ...(status === 405 && { allow: 'GET, POST' }),
    ...(status === 413 && { connection: 'close' }), // the rest of the body is not read
  });
  response.end(body);
}
