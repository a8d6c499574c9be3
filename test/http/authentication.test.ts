import { describe, expect, it } from 'vitest';
import { ask, createTestServer, post } from './engine.ts';
import { createLiveServer } from './live.ts';

const stale = { authorization: 'Bearer revoked' };

describe('a credential that is not good', () => {
  it.each([
    ['that is unknown', 'Bearer revoked', 'invalid_token'],
    ['of another scheme', 'Basic Zm9vOmJhcg==', 'invalid_request'],
    ['without a token', 'Bearer ', 'invalid_request'],
  ])('refuses what is for members: one %s', async (_, authorization, error) => {
    const response = await post(createTestServer(), '{ whoami }', { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(`Bearer realm="magpie", error="${error}"`);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it.each([
    ['a field', '{ hello }'],
    ['a field in a fragment', '{ ...F } fragment F on Query { hello ... { hello } }'],
    ['introspection', '{ __typename __schema { queryType { name } } __type(name: "Item") { name } }'],
  ])('does not refuse what is for everybody: %s', async (_, query) => {
    for (const authorization of ['Bearer revoked', 'Basic Zm9vOmJhcg==']) {
      const answer = await ask(createTestServer(), query, { headers: { authorization } });
      expect(answer).toEqual(await ask(createTestServer(), query));
      expect(answer.errors).toBeUndefined();
    }
  });

  it.each([
    ['beside it', 'mutation { __typename write(text: "x") }'],
    ['in a fragment', 'mutation { ...F } fragment F on Mutation { ... { write(text: "x") } }'],
    ['as a subscription', 'subscription { ticks }'],
    ['left out by a directive', '{ hello whoami @skip(if: true) }'],
  ])('refuses all of a request where anything in it is for members: %s', async (_, query) => {
    const server = createTestServer();
    const response = await post(server, query, {
      headers: { ...stale, accept: 'application/json, text/event-stream' },
    });
    expect(response.status).toBe(401);
    expect(server.engine.writes).toEqual([]);
    expect(server.subscriptions.size).toBe(0);
  });

  it('is judged by the operation that is asked for', async () => {
    const query = 'query Open { hello } query Closed { whoami }';
    const statusOf = async (operationName: string) => {
      const url = `http://magpie.test/graphql?${new URLSearchParams({ query, operationName })}`;
      return (await createTestServer().fetch(url, { headers: stale })).status;
    };
    expect([await statusOf('Open'), await statusOf('Closed')]).toEqual([200, 401]);
  });

  it('leaves a client nobody, who is not helped with names', async () => {
    const { errors } = await ask(createTestServer(), '{ helo }', { headers: stale });
    expect(errors?.[0]?.message).toBe('Cannot query field "helo" on type "Query".');
  });

  it('does not keep a hash from being unknown', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const url = `http://magpie.test/graphql?${new URLSearchParams({ extensions: JSON.stringify(extensions) })}`;
    const response = await createTestServer().fetch(url, { headers: stale });
    expect(await response.json()).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] });
  });

  it.each(['/healthz', '/readyz', '/metrics', '/media/unknown'])('makes no difference to %s', async (path) => {
    const { url } = await createLiveServer();
    const statusOf = async (headers = {}) => (await fetch(`${url}${path}`, { headers })).status;
    expect(await statusOf(stale)).toBe(await statusOf());
  });
});
