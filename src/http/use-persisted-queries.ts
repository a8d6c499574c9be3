import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { PersistedOperations } from './persisted-operations.ts';
import type { HttpPlugin, ServerContext } from './plugin.ts';
import { refusal } from './refusal.ts';
import { RegisteredQueries } from './registered-queries.ts';

export interface PersistedQueriesOptions {
  /** Documents that the operator provides. */
  readonly store: PersistedOperations | undefined;
  /** Memory for the queries that clients register; with 0 they cannot. */
  readonly maxRegisteredBytes: number;
}

/**
 * Accepts a hash in place of a query. The query is looked up in the operator's store, or among those that clients registered by
 * Apollo's protocol of automatic persisted queries. Only valid queries of signed-in clients are registered, so that nobody else can
 * fill the memory.
 */
export function usePersistedQueries({ store, maxRegisteredBytes }: PersistedQueriesOptions): HttpPlugin {
  const registered =
    maxRegisteredBytes > 0 && !store?.isExclusive ? new RegisteredQueries(maxRegisteredBytes) : undefined;
  const register = ({ facts }: ServerContext) => {
    if (!facts.queryToRegister || !facts.viewer) return;
    const { hash, text } = facts.queryToRegister;
    registered!.add(hash, { text, owner: facts.viewer.workspaceId });
  };
  return {
    isRepeatable: ({ queryToRegister }) => queryToRegister === null, // the query may have been evicted when it comes again
    onParams({ params, setParams, context: { facts } }) {
      const { query } = params as { query?: unknown };
      const hash = hashIn(params);
      if (query) {
        if (store?.isExclusive) throw notListed();
        if (hash === undefined || typeof query !== 'string' || !registered || store?.documents.has(hash)) return;
        if (hash !== createHash('sha256').update(query).digest('hex')) throw otherHash();
        facts.queryToRegister = { hash, text: query };
        return;
      }
      if (hash === undefined) throw noQuery();
      const text = store?.documents.get(hash) ?? registered?.get(hash);
      if (text === undefined) throw store || registered ? notFound() : notSupported();
      setParams({ ...params, query: text });
    },
    // Both hooks run after validation.
    onExecute: ({ args }) => register(args.contextValue),
    onSubscribe: ({ args }) => register(args.contextValue),
  };
}

function hashIn({ extensions }: GraphQLParams): string | undefined {
  const { version, sha256Hash } = (extensions?.persistedQuery ?? {}) as { version?: unknown; sha256Hash?: unknown };
  return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : undefined;
}

/** Clients recognise this message, and send the query with its hash. */
function notFound() {
  return persistedQueryError('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND');
}

/** Clients recognise this message, and stop sending hashes. */
function notSupported() {
  return persistedQueryError('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
}

/** Part of the protocol rather than a failure: 200 in `application/json`, 400 in `application/graphql-response+json`. */
function persistedQueryError(message: string, code: string) {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } });
}

function notListed() {
  const message =
    'This server accepts only persisted operations: expected a hash in place of the query, but got a query.';
  return refusal(message, { status: 403, code: 'FORBIDDEN' });
}

function otherHash() {
  const message =
    'extensions.persistedQuery.sha256Hash: expected the SHA-256 of the query, in hex, but got another hash.';
  return refusal(message, { status: 400, code: 'BAD_REQUEST' });
}

function noQuery() {
  const message = 'Must provide query string, or its hash in extensions.persistedQuery (version 1, sha256Hash).';
  return refusal(message, { status: 400, code: 'BAD_REQUEST' });
}
