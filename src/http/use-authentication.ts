import type { ExecutionArgs } from 'graphql';
import type { Viewer } from '../domains/scope.ts';
import type { HttpPlugin, RequestFacts, ServerContext } from './plugin.ts';
import { refusal } from './refusal.ts';
import type { EdgeEngine } from './use-engine.ts';

/** The viewer whom a token identifies; null when the token is unknown, expired or revoked. */
export type Authenticate = (token: string) => Viewer | null | Promise<Viewer | null>;

/** RFC 6750: the scheme in any case, one space or more, a token68. */
const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/** The token in an `Authorization` header; undefined when the header is absent or has another form. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : bearer.exec(header)?.[1];
}

/**
 * Authenticates the request before its body is read. A request without a credential is anonymous. So is one with an invalid
 * credential, but only operations that are open to everybody, above all `signIn`, are executed for it; others are refused.
 */
export function useAuthentication(engine: Pick<EdgeEngine, 'authenticate' | 'isForAnyone'>): HttpPlugin {
  const check = ({ args }: { args: ExecutionArgs & { contextValue: ServerContext } }) => {
    const { document, operationName, contextValue } = args;
    const { refusal } = contextValue.facts;
    if (refusal && !engine.isForAnyone(document, operationName)) throw refusal;
  };
  return {
    isRepeatable: ({ viewer }) => viewer !== null,
    async onRequestParse({ request, serverContext: { facts } }) {
      Object.assign(facts, await readCredential(request.headers.get('authorization'), engine.authenticate));
    },
    onExecute: check,
    onSubscribe: check,
  };
}

/** Authenticates the value of `Authorization`. An empty value counts as none: clients send it after signing out. */
export async function readCredential(
  header: string | null | undefined,
  authenticate: Authenticate,
): Promise<Credential> {
  if (!header) return { token: null, viewer: null, refusal: null };
  const token = bearerToken(header);
  const viewer = token === undefined ? null : await authenticate(token);
  if (viewer) return { token: token!, viewer, refusal: null };
  return { token: null, viewer: null, refusal: token === undefined ? otherForm() : unknownToken() };
}

type Credential = Pick<RequestFacts, 'token' | 'viewer' | 'refusal'>;

function otherForm() {
  return unauthenticated('expected `Authorization: Bearer <token>`, but got another form', 'invalid_request');
}

function unknownToken() {
  return unauthenticated('the token is unknown, expired or revoked', 'invalid_token');
}

function unauthenticated(reason: string, error: string) {
  return refusal(`Not signed in: ${reason}.`, {
    status: 401,
    code: 'UNAUTHENTICATED',
    headers: { 'WWW-Authenticate': `Bearer realm="magpie", error="${error}"` },
  });
}
