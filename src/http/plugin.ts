import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Viewer } from '../domains/context.ts';
import type { Provenance } from '../graphql/joined-execution.ts';
import type { RequestContext } from '../graphql/request.ts';
import type { Variables } from '../graphql/variables.ts';
import type { Upload } from './multipart.ts';

/** What the plugins tell each other about a request. The first plugin makes it; each field has one plugin that sets it. */
export interface RequestFacts {
  readonly requestId: string;
  readonly startedAtMs: number;
  /** The network address that it came from, as far as it tells clients apart. */
  client: string;
  /** Media types that the client takes of those that answers have, best first; null for a message. */
  mediaTypes: readonly string[] | null;
  /** The Bearer token, when it is good. Never logged. */
  token: string | null;
  viewer: Viewer | null;
  /** Why the credential that was sent is refused; null when it is good, or when there is none. */
  refusal: GraphQLError | null;
  /** Its name as logs show it: cut where it is too long. */
  operation: { readonly name: string | null; readonly type: OperationTypeNode; readonly isOneField: boolean } | null;
  /** The values of its variables, coerced; null until they are known to be right. */
  variables: Variables | null;
  /** What resolvers are given; null until execution begins. */
  context: RequestContext | null;
  /** The files that came with it; null without any. */
  upload: Upload | null;
  /** The query, when it came with its hash and is to be registered by it; null otherwise. */
  queryToRegister: { readonly hash: string; readonly text: string } | null;
  /** Errors in the response, as far as they are known when it begins. */
  errorCodes: readonly string[];
  /** The answer's text; null for a stream and outside of GraphQL. */
  json: string | null;
  /** The answer's bytes when it is compressed. */
  gzipped: Buffer | null;
  /** How the answer came about, if all of it through the cache. */
  provenance: Provenance | null;
}

/** An operation that came as a message of a WebSocket. */
export interface SocketMessage {
  /** The request that the WebSocket began with. */
  readonly upgrade: IncomingMessage;
  /** The operation, as it was sent. */
  readonly payload: object;
  /** What is answered, when it is not one whole answer. */
  parts?: AsyncIterable<ExecutionResult>;
  isSubscription?: boolean;
}

export interface ServerContext {
  facts: RequestFacts;
  message?: SocketMessage;
  /** Absent when a request did not come over a connection, or over one that is a WebSocket by now; so is its response. */
  req?: IncomingMessage;
  res?: ServerResponse;
}

/** One concern of the edge. */
export type HttpPlugin = Plugin<ServerContext, ServerContext>;
