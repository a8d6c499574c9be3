import { createServer, type IncomingMessage, type Server } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { apolloGraphqlCache } from '@magpie/graphql-cache/apollo';
import { createRequestHandler } from '@magpie/graphql-cache/node';
import { useGraphqlCache } from '@magpie/graphql-cache/yoga';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { cacheLibrary } from './cached.ts';
import type { LibraryContext } from './library.ts';

/** graphql-js without a server. */
export function bareLibrary(schema: GraphQLSchema) {
  const cached = cacheLibrary(schema);
  return async (source: string, contextValue: LibraryContext): Promise<ExecutionResult> => {
    const { document, errors } = cached.documents.prepare(source);
    return document ? await cached.execute({ document, contextValue }) : { errors };
  };
}

/** GraphQL Yoga; the reader is in a header. */
export function yogaLibrary(schema: GraphQLSchema) {
  const cached = cacheLibrary(schema);
  return createYoga({
    schema: cached.schema,
    plugins: [useGraphqlCache(cached)],
    parserAndValidationCache: false,
    context: ({ request }) => ({ reader: request.headers.get('reader') }),
    logging: false,
  });
}

/** Apollo Server. */
export function apolloLibrary(schema: GraphQLSchema): ApolloServer<LibraryContext> {
  const cached = cacheLibrary(schema);
  return new ApolloServer<LibraryContext>({ schema: cached.schema, plugins: [apolloGraphqlCache(cached)] });
}

/** A server of Node alone; the reader is in a header. */
export function nodeLibrary(schema: GraphQLSchema): Server {
  const contextOf = ({ headers }: IncomingMessage) => ({ reader: headers.reader?.toString() ?? null });
  return createServer(createRequestHandler(cacheLibrary(schema), { contextOf }));
}
