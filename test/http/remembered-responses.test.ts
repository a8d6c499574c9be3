import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type OperationTypeNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { RememberedResponses } from '../../src/http/remembered-responses.ts';
import { type RequestKey, requestKey } from '../../src/http/request-key.ts';
import { type JoinedTemplate, type PreparedRequest, responseTemplate } from '../../src/http/response-template.ts';

const viewer = { workspaceId: 'ws_1', tokenId: 'tok_1', userId: 'user_1', role: 'OWNER' } as Viewer;

const document = parse('{ __typename }');

const preparedRequest: PreparedRequest = {
  document: new WeakRef(document),
  operationName: 'page',
  variables: '{"a":1}',
  operation: { name: 'page', type: 'query' as OperationTypeNode },
  method: 'POST',
  acceptEncoding: null,
  headers: ['content-type', 'application/json'],
};

function madeOf({ size = 10 } = {}): JoinedTemplate {
  const template = responseTemplate(preparedRequest, { json: 'remembered'.padEnd(size), gzipped: undefined, viewer });
  return { template, joined: { fragments: [], period: undefined } };
}

interface Asked extends Record<string, string | Buffer | undefined> {
  method?: string;
  url?: string;
  body?: string;
  bytes?: Buffer;
}

function keyOf({
  method = 'POST',
  url = '/graphql',
  body = '{}',
  bytes = Buffer.from(body),
  ...headers
}: Asked): RequestKey {
  const all = { authorization: 'Bearer token', accept: 'application/json', ...headers };
  return requestKey(Object.assign(new IncomingMessage(new Socket()), { method, url, headers: all }), bytes)!;
}

/** Of an engine that is not asked: nothing is sent again here. */
function createResponses(): RememberedResponses {
  const never = () => {
    throw new Error('expected no question to the engine');
  };
  return new RememberedResponses({
    engine: { rerun: never, reuse: never, share: never, stampOf: never, isCutOff: never },
    maxBytes: 100_000,
  });
}

describe('remembered responses', () => {
  const remember = (responses: RememberedResponses, key: RequestKey, size = 100) => {
    responses.remember(key, preparedRequest, madeOf({ size }));
  };

  it('give way to others when there are too many, and count what each takes', () => {
    const responses = createResponses();
    const keys = [...'abcdefghij'].map((body) => keyOf({ body }));
    for (const key of keys) {
      remember(responses, key, 12_000);
      expect(responses.bytes).toBeLessThanOrEqual(100_000);
      responses.get(keys[0]!); // used since it was looked at last
    }
    expect([0, 1, 9].map((at) => responses.get(keys[at]!) !== undefined)).toEqual([true, false, true]);
    const long = keyOf({ body: 'k' });
    responses.remember(long, { ...preparedRequest, variables: ' '.repeat(60_000) }, madeOf());
    expect([responses.get(long), responses.bytes <= 100_000]).toEqual([undefined, true]);
    for (const key of keys) {
      const requestSlot = responses.get(key);
      if (requestSlot) responses.remove(requestSlot);
    }
    expect([responses.size, responses.bytes]).toEqual([0, 0]);
  });

  it.each<[string, Asked]>([
    ['its text is long', { body: 'b'.repeat(50_000) }],
    ['its headers are long', { accept: 'a'.repeat(50_000) }],
  ])('count a request by what is kept of it, so that fewer stay when %s', (_, asked) => {
    const responses = createResponses();
    remember(responses, keyOf(asked));
    expect(responses.bytes).toBeGreaterThan(50_000);
    expect(responses.bytes).toBeLessThan(53_000);
  });

  it('leave room when they are not valid any more, and are there again with their next answer', () => {
    const responses = createResponses();
    const key = keyOf({ body: 'a' });
    remember(responses, key, 5_000);
    const { bytes } = responses;
    const requestSlot = responses.get(key)!;
    requestSlot.outdate();
    requestSlot.outdate();
    expect([responses.get(key)?.state.name, responses.bytes < 2_000]).toEqual(['outdated', true]);
    remember(responses, key, 5_000);
    expect([responses.get(key)?.state.name, responses.bytes]).toEqual(['fresh', bytes]);
    remember(responses, key, 50_000); // more than an eighth of the room
    expect([responses.get(key)?.state.name, responses.bytes < 2_000]).toEqual(['outdated', true]);
    responses.remove(responses.get(key)!);
    responses.remove(requestSlot);
    expect(responses.bytes).toBe(0);
  });

  it.each<[string, Asked]>([
    ['method', { method: 'GET' }],
    ['address', { url: '/graphql?query={b}' }],
    ['credential', { authorization: 'Bearer other' }],
    ['accepted type', { accept: 'application/graphql-response+json' }],
    ['accepted coding', { 'accept-encoding': 'gzip' }],
    ['origin', { origin: 'https://magpie.test' }],
    ['content type', { 'content-type': 'application/json; charset=utf-8' }],
    ['content coding', { 'content-encoding': 'identity' }],
    ['body', { body: '{ }' }],
  ])('are not given to a request with another %s', (_, other) => {
    const responses = createResponses();
    remember(responses, keyOf({}));
    expect(responses.get(keyOf({}))).toBeDefined();
    expect(responses.get(keyOf(other))).toBeUndefined();
  });

  it('are not given to a request whose other body has the same CRC-32', () => {
    const [one, other] = ['{"n":750880,"x":"daca8y"}', '{"n":847360,"x":"a6zb23"}'].map((body) => keyOf({ body }));
    const responses = createResponses();
    remember(responses, one!);
    expect(other!.hash).toBe(one!.hash);
    expect([responses.get(one!) !== undefined, responses.get(other!)]).toEqual([true, undefined]);
  });

  it('are at most eight of the same CRC-32, the latest', () => {
    const responses = createResponses();
    const keys = Array.from({ length: 9 }, (_, at) => ({ ...keyOf({ body: `${at}` }), hash: 1 }));
    for (const key of keys) remember(responses, key);
    expect(keys.map((key) => responses.get(key) !== undefined)).toEqual([false, ...Array(8).fill(true)]);
    expect(responses.size).toBe(8);
  });

  it('do not hold on to the buffer in which a request came', () => {
    const responses = createResponses();
    const received = Buffer.alloc(64 * 1024, '{}');
    remember(responses, keyOf({ bytes: received.subarray(0, 2) }));
    received.fill('-');
    const requestSlot = responses.get(keyOf({ body: '{}' }));
    expect(requestSlot?.key.body.buffer.byteLength).toBe(2);
  });
});
