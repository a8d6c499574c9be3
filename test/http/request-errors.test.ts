import { describe, expect, it } from 'vitest';
import { createTestServer } from './engine.ts';

const json = 'application/json';
const graphql = 'application/graphql-response+json';

/** How a client says what it takes, and the media type that it is answered in. */
const accepts: readonly (readonly [string | undefined, string])[] = [
  [undefined, json],
  ['*/*', json],
  [json, json],
  ['application/*', json],
  [graphql, graphql],
  [`${graphql}; charset=utf-8, ${json}; charset=utf-8`, graphql],
  [`${graphql}, ${json};q=0.5`, graphql],
];

interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly search?: string;
}

/** GraphQL over HTTP, draft, sections 6.4.1 and 6.4.2: the status for clients of `application/json`, and for those of the other. */
const table: Record<string, Sent & { readonly statuses: readonly [number, number]; readonly code?: string }> = {
  'nothing wrong': { body: { query: '{ hello }' }, statuses: [200, 200] },
  'an error of a field': { body: { query: '{ refuse hello }' }, statuses: [200, 200], code: 'FORBIDDEN' },
  'a body that is no JSON': { body: '{', statuses: [400, 400], code: 'BAD_REQUEST' },
  'a body that is no object': { body: '7', statuses: [400, 400], code: 'BAD_REQUEST' },
  'no query': { body: {}, statuses: [400, 400] },
  'variables that are no object': { body: { query: '{ hello }', variables: 7 }, statuses: [400, 400] },
  'an operationName that is no string': {
    body: { query: '{ hello }', operationName: 7 },
    ...{ statuses: [400, 400], code: 'BAD_REQUEST' },
  },
  'a document that cannot be parsed': { body: { query: '{' }, statuses: [200, 400], code: 'GRAPHQL_PARSE_FAILED' },
  'a document that is not valid': {
    body: { query: '{ nope }' },
    ...{ statuses: [200, 400], code: 'GRAPHQL_VALIDATION_FAILED' },
  },
  'a document that is too deep': {
    body: { query: `{ item ${'{ parent '.repeat(20)} { id } ${'}'.repeat(20)} }` },
    ...{ statuses: [200, 400], code: 'QUERY_TOO_LARGE' },
  },
  'an answer that is too large': {
    body: {
      query:
        '{ items(first: 100) { nodes { children(first: 100) { nodes { children(first: 100) { nodes { id } } } } } } }',
    },
    ...{ statuses: [200, 400], code: 'QUERY_TOO_LARGE' },
  },
  'no operation in the document': {
    body: { query: 'fragment F on Query { hello }' },
    ...{ statuses: [200, 400], code: 'OPERATION_RESOLUTION_FAILURE' },
  },
  'two operations and no name': {
    body: { query: 'query A { hello } query B { hello }' },
    ...{ statuses: [200, 400], code: 'OPERATION_RESOLUTION_FAILURE' },
  },
  'a name of no operation': {
    body: { query: 'query A { hello }', operationName: 'B' },
    ...{ statuses: [200, 400], code: 'OPERATION_RESOLUTION_FAILURE' },
  },
  'a variable that is missing': {
    body: { query: 'mutation ($f: Upload!) { upload(file: $f) }' },
    ...{ statuses: [200, 400], code: 'BAD_USER_INPUT' },
  },
  'a variable of another type': {
    body: { query: 'query ($n: Int) { items(first: $n) { nodes { id } } }', variables: { n: 'x' } },
    ...{ statuses: [200, 400], code: 'BAD_USER_INPUT' },
  },
  'a variable that is too long': {
    body: { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 'x'.repeat(200_001) } },
    ...{ statuses: [200, 400], code: 'BAD_USER_INPUT' },
  },
  'a mutation by GET': { method: 'GET', search: '?query=mutation{write}', statuses: [405, 405] },
  'no query by GET': { method: 'GET', search: '', statuses: [400, 400] },
  'a variable of another type by GET': {
    ...{ method: 'GET', search: '?query=query($n:Int){items(first:$n){nodes{id}}}&variables={"n":"x"}' },
    ...{ statuses: [200, 400], code: 'BAD_USER_INPUT' },
  },
  'a subscription to who takes no stream': { body: { query: 'subscription { ticks }' }, statuses: [406, 406] },
};

describe.each(accepts)('a client that accepts %s', (accept, type) => {
  const server = createTestServer();

  it.each(Object.entries(table).filter(([name]) => !takesStreams(accept) || !name.includes('no stream')))(
    'is answered for %s',
    async (_, { method = 'POST', body, search = '', ...expected }) => {
      const response = await server.fetch(`http://magpie.test/graphql${search}`, {
        method,
        headers: { ...(accept && { accept }), ...(method === 'POST' && { 'content-type': 'application/json' }) },
        ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const { errors, data } = JSON.parse((await response.text()) || '{}') as {
        errors?: { extensions?: { code: string } }[];
        data?: unknown;
      };
      const status = expected.statuses[type === json ? 0 : 1];
      expect([response.status, errors?.[0]?.extensions?.code]).toEqual([
        status,
        expected.code ?? errors?.[0]?.extensions?.code,
      ]);
      expect(JSON.stringify(errors ?? [])).not.toContain('"http"');
      if (status === 200 || status === 400) expect(response.headers.get('content-type')).toMatch(type);
      if (status === 405) expect(response.headers.get('allow')).toBe('POST');
      if (status !== 200) expect(data).toBeUndefined();
    },
  );
});

/** Whoever takes anything is answered by a stream of events. */
function takesStreams(accept: string | undefined): boolean {
  return accept === undefined || accept === '*/*';
}
