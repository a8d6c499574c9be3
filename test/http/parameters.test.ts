import { describe, expect, it } from 'vitest';
import { createTestServer } from './engine.ts';

const two = 'query A { hello } query B($n: String) { hello(name: $n) }';

async function get(parameters: Record<string, string>) {
  const { fetch } = createTestServer();
  const response = await fetch(`http://magpie.test/graphql?${new URLSearchParams(parameters)}`);
  return (await response.json()) as { data?: unknown; errors?: { message: string }[] };
}

async function postBody(body: object, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const { fetch } = createTestServer();
  const init = { method: 'POST', headers, body: body instanceof FormData ? body : JSON.stringify(body) };
  const response = await fetch('http://magpie.test/graphql', init);
  return (await response.json()) as { data?: unknown; errors?: { message: string }[] };
}

const greeting = { data: { hello: 'hello world' } };

describe('a parameter of a GET', () => {
  it.each(['operationName', 'variables', 'extensions'])('that is empty counts as absent: %s', async (name) => {
    expect(await get({ query: '{ hello }', [name]: '' })).toEqual(greeting);
  });

  it('that has no value counts as absent, and the last of several counts for nothing', async () => {
    const { fetch } = createTestServer();
    const response = await fetch('http://magpie.test/graphql?query={hello}&operationName&variables&extensions');
    expect(await response.json()).toEqual(greeting);
  });

  it('names an operation when it is not empty', async () => {
    expect(await get({ query: two, operationName: 'B', variables: '{"n":"you"}' })).toEqual({
      data: { hello: 'hello you' },
    });
    const { errors } = await get({ query: two, operationName: 'null' });
    expect(errors?.[0]?.message).toContain('operation');
  });

  it('that is the JSON null counts as absent', async () => {
    expect(await get({ query: '{ hello }', variables: 'null', extensions: 'null' })).toEqual(greeting);
  });

  it('that is unknown is ignored', async () => {
    expect(await get({ query: '{ hello }', operationType: 'query', utm_source: 'x' })).toEqual(greeting);
  });
});

describe('a member of a JSON body', () => {
  it.each([
    ['operationType', 'query'],
    ['documentId', 'sha256:abc'],
    ['id', 7],
    ['doc_id', '1'],
    ['context', { deep: [1] }],
    ['__proto__', { query: 'mutation { write(text: "x") }' }],
    ['toString', null],
  ])('that is unknown is ignored: %s', async (name, value) => {
    const body = JSON.parse(`{"query": "{ hello }", ${JSON.stringify(name)}: ${JSON.stringify(value)}}`);
    expect(await postBody(body)).toEqual(greeting);
  });

  it.each([
    ['operationName', null],
    ['operationName', ''],
    ['variables', null],
    ['extensions', null],
  ])('that is empty counts as absent: %s is %j', async (name, value) => {
    expect(await postBody({ query: '{ hello }', [name]: value })).toEqual(greeting);
  });

  it.each([
    ['operationName', 7],
    ['variables', 'x'],
    ['variables', ''],
    ['extensions', []],
    ['query', ['{ hello }']],
  ])('that has another type is refused: %s is %j', async (name, value) => {
    const { data, errors } = await postBody({ query: '{ hello }', [name]: value });
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toContain(name);
  });

  it('that is unknown is ignored in an upload, too', async () => {
    const form = new FormData();
    form.set('operations', JSON.stringify({ query: '{ hello }', operationType: 'query', operationName: '' }));
    form.set('map', '{}');
    expect(await postBody(form, { 'x-requested-with': 'test' })).toEqual(greeting);
  });
});
