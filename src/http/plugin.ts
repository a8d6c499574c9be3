import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheUsage, Provenance, Variables } from '@magpie/graphql-cache/parts';
import type { ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Viewer } from '../domains/scope.ts';
import type { RequestContext } from '../graphql/request.ts';
import type { Upload } from './multipart.ts';
import type { RequestKey } from './request-key.ts';

/** What the plugins know about a request and share. The first plugin creates it; each field is set by one plugin. */
export interface RequestFacts {
  readonly requestId: string;
  readonly startedAtMs: number;
  /** The network address that identifies the client: see `createClientAddress`. */
  client: string;
  /** Media types of responses that the client accepts, best first; null for a WebSocket message. */
  mediaTypes: readonly string[] | null;
  /** The Bearer token, when it is valid. Never logged. */
  token: string | null;
  viewer: Viewer | null;
  /** Why the credential is refused; null when it is valid, or when there is none. */
  refusal: GraphQLError | null;
  /** The operation; its name is cut to the length that logs show. */
  operation: { readonly name: string | null; readonly type: OperationTypeNode; readonly isOneField: boolean } | null;
  /** The coerced values of the variables; null until they are validated. */
  variables: Variables | null;
  /** The context of the resolvers; null until execution begins. */
  context: RequestContext | null;
  /** The multipart body with its files; null for other requests. */
  upload: Upload | null;
  /** The query that came with its hash and is to be registered under it; null otherwise. */
  queryToRegister: { readonly hash: string; readonly text: string } | null;
  /** Codes of the errors in the response that are known when it begins. */
  errorCodes: readonly string[];
  /** The result as text; null for a stream and outside of GraphQL. */
  json: string | null;
  /** The compressed result; null when it is not compressed. */
  gzipped: Buffer | null;
  /** How the result was produced, if all of it came through the cache. */
  provenance: Provenance | null;
}

/** An operation that arrived as a message of a WebSocket. */
export interface SocketMessage {
  /** The request that opened the WebSocket. */
  readonly upgrade: IncomingMessage;
  /** The operation, as it was sent. */
  readonly payload: object;
  /** The results, when there is not one single result. */
  parts?: AsyncIterable<ExecutionResult>;
  isSubscription?: boolean;
}

export interface ServerContext {
  facts: RequestFacts;
  message?: SocketMessage;
  /** Absent, as is `res`, when the request did not arrive over HTTP/1.1: over a WebSocket, or by `fetch`. */
  req?: IncomingMessage;
  res?: ServerResponse;
  /** Absent when the response must not be remembered. */
  key?: RequestKey;
}

/** A response, as plugins are told of it when it begins. */
export interface SentResponse {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly viewer: Viewer | null;
  readonly operation: Pick<NonNullable<RequestFacts['operation']>, 'name' | 'type'> | null;
  readonly status: number;
  readonly errorCodes: readonly string[];
  /** Whether at least one field was a hit and none was loaded for this request. */
  readonly isFromCache: boolean;
  /** Whether it was sent by the hot path, without the pipeline. */
  readonly isRepeated: boolean;
  readonly startedAtMs: number;
}

/** Whether at least one field was a hit and none was loaded. */
export function isFromCache({ hits, misses, bypasses }: CacheUsage): boolean {
  return hits > 0 && misses === 0 && bypasses === 0;
}

/** One concern of the edge. */
export type HttpPlugin = Plugin<ServerContext, ServerContext> & {
  /**
   * Whether Yoga's hooks of this plugin may be left out when the response to the same request (an equal `RequestKey`, and the same
   * viewer) is sent again: they would do the same to it, and have no other effect. A response is remembered only if every plugin
   * says so of it.
   */
  readonly isRepeatable: boolean | ((facts: RequestFacts) => boolean);
  /** Called once for each response, of the pipeline and of the hot path: the place for what counts, limits or records responses. */
  onEveryResponse?(response: SentResponse): void;
};
