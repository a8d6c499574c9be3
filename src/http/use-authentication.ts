import type { Viewer } from '../domains/context.ts';
import type { HttpPlugin } from './plugin.ts';
import { refusal } from './refusal.ts';

/** Null when the token is unknown, expired or revoked. */
export type Authenticate = (token: string) => Viewer | null | Promise<Viewer | null>;

/** RFC 6750: the scheme in any case, one space or more, a token68. */
const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/** The token in an `Authorization` header; undefined when it has another form. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : bearer.exec(header)?.[1];
}

/** Finds who asks, before the body is read. Without a credential they are anonymous; with a bad one they are refused. */
export function useAuthentication(authenticate: Authenticate): HttpPlugin {
  return {
    async onRequestParse({ request, serverContext: { facts } }) {
      const header = request.headers.get('authorization');
      if (!header) return; // clients that are signed out send an empty one, too
      const token = bearerToken(header);
      if (token === undefined)
        throw unauthenticated('expected `Authorization: Bearer <token>`, but got another form', 'invalid_request');
      facts.viewer = await authenticate(token);
      if (!facts.viewer) throw unauthenticated('the token is unknown, expired or revoked', 'invalid_token');
      facts.token = token;
    },
  };
}

function unauthenticated(reason: string, error: string) {
  return refusal(`Not signed in: ${reason}.`, {
    status: 401,
    code: 'UNAUTHENTICATED',
    headers: { 'WWW-Authenticate': `Bearer realm="magpie", error="${error}"` },
  });
}
