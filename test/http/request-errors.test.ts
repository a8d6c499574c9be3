import { describe, expect, it } from 'vitest';
import { createTestServer, post } from './engine.ts';

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
  [`${json};q=0.5, ${graphql}`, graphql],
  [`${graphql};q=0.2, ${json};q=0.3`, json],
  [`${json};q=0, application/*`, graphql],
  [`${graphql.toUpperCase()} ; Q=0.9 , ${json};q=0.1`, graphql],
  [`${json};charset=utf-16, ${graphql};q=0.1`, graphql],
  [`multipart/mixed;deferSpec=20220824, ${graphql}, ${json};q=0.9`, graphql],
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
  'a subscription to who takes no stream': {
    body: { query: 'subscription { ticks }' },
    ...{ statuses: [406, 406], code: 'NOT_ACCEPTABLE' },
  },
  'parts that are not deferred after all': {
    body: {
      query: 'query ($later: Boolean!) { hello ... @defer(if: $later) { whoami } }',
      variables: { later: false },
    },
    statuses: [200, 200],
  },
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
      if (status === 200 || status === 400 || status === 406)
        expect(response.headers.get('content-type')).toMatch(type);
      if (status === 405) expect(response.headers.get('allow')).toBe('POST');
      if (status !== 200) expect(data).toBeUndefined();
    },
  );
});

describe('a client that takes no stream', () => {
  it.each<[string, string?]>([
    ['{ wait ... @defer { whoami } }'],
    ['{ wait slowItems @stream }'],
    ['query ($later: Boolean! = true) { wait ... @defer(if: $later) { whoami } }'],
    ['query Other { hello } query Wait { wait ...F @defer } fragment F on Query { whoami }', 'Wait'],
  ])('is refused an answer in parts before anything is executed: %s', async (query, operationName) => {
    const response = await postBody({ query, operationName });
    const { errors } = await response.json();
    expect([response.status, errors[0].extensions.code]).toEqual([406, 'NOT_ACCEPTABLE']);
    expect(errors[0].message).toContain('multipart/mixed or text/event-stream');
  });

  it.each<[string, string?]>([
    ['query ($later: Boolean! = false) { hello ... @defer(if: $later) { whoami } }'],
    ['{ hello ... @defer(if: false) { whoami } }'],
    ['query Other { ... @defer { whoami } } query Hello { hello }', 'Hello'],
  ])('is answered what does not come in parts after all: %s', async (query, operationName) => {
    const response = await postBody({ query, operationName });
    expect(await response.json()).toMatchObject({ data: { hello: 'hello world' } });
  });

  const server = createTestServer();
  const postBody = (body: object) =>
    server.fetch('http://magpie.test/graphql', {
      method: 'POST',
      headers: { accept: json, 'content-type': json },
      body: JSON.stringify(body),
    });
});

describe('a client that takes nothing that there is', () => {
  it.each(['image/png', 'text/*;q=0, image/*', '*/*;q=0', `${json};q=0`, `${json};charset=latin1`, ';;,'])(
    'is told what there is: %s',
    async (accept) => {
      const server = createTestServer();
      const response = await post(server, 'mutation { write(text: "x") }', { headers: { accept } });
      const { errors } = await response.json();
      expect([response.status, response.headers.get('content-type')]).toEqual([406, json]);
      expect(errors[0].extensions.code).toBe('NOT_ACCEPTABLE');
      expect(errors[0].message).toContain(`expected one of ${json}, ${graphql}, text/event-stream, multipart/mixed`);
      expect(server.engine.writes).toEqual([]);
    },
  );
});

/** Whoever takes anything is answered by a stream of events. */
function takesStreams(accept: string | undefined): boolean {
  return accept === undefined || accept === '*/*';
}
