import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { maskError } from '../../src/http/use-error-report.ts';
import { ask, createTestServer, post } from './engine.ts';

const last = (count: number) => expect.objectContaining({ message: `Too many errors: ${count} more are left out.` });

describe('an answer of more than 100 errors', () => {
  it('has the first hundred, a last one that counts the others, and all data', async () => {
    const { data, errors } = await ask(createTestServer(), '{ refusals }');
    expect(data).toEqual({ refusals: Array(300).fill(null) });
    expect(errors).toHaveLength(101);
    expect(errors!.at(-1)).toEqual(last(200));
    expect(errors!.at(99)).toMatchObject({ message: 'no', path: ['refusals', 99] });
  });

  it('has that many in all parts of @defer together', async () => {
    const document = '{ hello ... @defer { a: refusals } ... @defer { b: refusals } ... @defer { c: refusals } }';
    const response = await post(createTestServer(), document, { headers: { accept: 'multipart/mixed' } });
    const messages = (await response.text()).match(/"message":/g);
    expect(messages).toHaveLength(101 + 2);
  });

  it('has that many in each event of a subscription', async () => {
    const headers = { accept: 'text/event-stream' };
    const response = await post(createTestServer(), 'subscription { refusals }', { headers });
    const events = (await response.text()).split('\n').filter((line) => line.includes('"errors"'));
    expect(events.map((event) => event.match(/"message":/g)!.length)).toEqual([101, 101]);
  });
});

describe('an error that is shown otherwise than it was thrown', () => {
  it('is copied once, without formatting the stack of what a client did', () => {
    const document = parse('{ hello }');
    const nodes = document.definitions[0]!;
    const thrown = new GraphQLError('no', { nodes, path: ['hello'], originalError: new GraphQLError('no') });
    let [stacks, texts] = [0, 0];
    Object.defineProperty(thrown, 'stack', { get: () => `${stacks++}` });
    Object.defineProperty(document.loc!.source, 'body', {
      get() {
        texts++;
        return '{ hello }';
      },
    });
    const shown = maskError(thrown);
    expect(shown.extensions.code).toBe('BAD_USER_INPUT');
    expect([stacks, texts]).toEqual([0, 1]);
    expect(maskError(shown)).toBe(shown);
  });
});
