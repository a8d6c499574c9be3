import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphqlCache } from './graphql-cache.ts';
import { plainResult } from './serialized-data.ts';

/** What the plugin reads of a request of Apollo Server. */
interface ApolloRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly request: { readonly variables?: Readonly<Record<string, unknown>> };
  readonly contextValue: unknown;
  readonly response: { readonly http: unknown };
}

interface ApolloResponse<Http> {
  readonly http: Http;
  readonly body: { readonly kind: 'single'; readonly singleResult: ExecutionResult };
}

/**
 * A plugin for Apollo Server: queries are joined from fragments. Give Apollo Server the schema of the cache too. A query with
 * errors is executed again by Apollo Server, which formats and reports them.
 */
export function apolloGraphqlCache(cached: GraphqlCache) {
  return {
    async requestDidStart() {
      return {
        async responseForOperation<Request extends ApolloRequest>({
          response,
          ...request
        }: Request): Promise<ApolloResponse<Request['response']['http']> | null> {
          const { schema, document, operationName, contextValue } = request;
          if (schema !== cached.schema) return null;
          const variableValues = request.request.variables;
          const result = await cached.executeToText({ document, operationName, contextValue, variableValues });
          if (!result || result.errors) return null;
          return { http: response.http, body: { kind: 'single', singleResult: plainResult(result) } };
        },
      };
    },
  };
}
