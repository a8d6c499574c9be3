import { LoadLimitError, LoadTimeoutError } from '@magpie/cache';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { UnknownOutcomeError } from '../../src/database/errors.ts';
import { UnavailableError } from '../../src/unavailable-error.ts';
import { createTestServer, post } from './engine.ts';

/** As the driver makes it of what the server answers. */
function answered(code: string, severity = 'ERROR'): Error {
  return Object.assign(new Error('the database says no'), { code, severity });
}

function start(outage: Error) {
  const server = createTestServer();
  server.engine.outage = outage;
  return server;
}

async function shown(response: Response) {
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  const codes = errors?.map(({ extensions }) => extensions.code);
  return { status: response.status, retryAfter: response.headers.get('retry-after'), data, codes };
}

const unavailable = { status: 503, retryAfter: '5', codes: ['UNAVAILABLE'] };

describe('a request that the database does not answer', () => {
  it.each([
    ['a lost connection', new UnavailableError('lost')],
    ['a server that shuts down', answered('57P01', 'FATAL')],
    ['a crash', answered('XX000', 'PANIC')],
    ['too many connections', answered('53300', 'FATAL')],
    ['a full disk', answered('53100')],
    ['a server that only reads', answered('25006')],
    ['a conflict that does not end', answered('40P01')],
    ['a load that takes too long', new LoadTimeoutError('key', 1)],
    ['too many loads', new LoadLimitError('key', 1)],
  ])('is answered with 503, when to come again, and a code: %s', async (_name, error) => {
    const server = start(error);
    expect(await shown(await post(server, '{ outage }'))).toEqual({ ...unavailable, data: { outage: null } });
    const headers = { accept: 'application/graphql-response+json' };
    expect(await shown(await post(server, '{ outage }', { headers }))).toMatchObject(unavailable);
    expect(await shown(await post(server, 'mutation { outage }'))).toEqual({ ...unavailable, data: null });
  });

  it('says nothing of what happened inside', async () => {
    const text = await (await post(start(new UnavailableError('10.0.0.7 is down')), '{ outage }')).text();
    expect(text).toContain('try again shortly');
    expect(text).not.toContain('10.0.0.7');
  });

  it('is refused just so when its token cannot be looked up', async () => {
    const headers = { authorization: 'Bearer outage' };
    const response = await post(start(new UnavailableError('lost')), '{ hello }', { headers });
    expect(await shown(response)).toEqual({ ...unavailable, data: undefined });
  });

  it('is refused just so when it asks for a file', async () => {
    const find = () => Promise.reject(new UnavailableError('lost'));
    const { fetch } = createTestServer({ media: { find, open: async () => null } });
    expect(await shown(await fetch('http://magpie.test/media/some-key'))).toEqual({ ...unavailable, data: undefined });
  });

  it('gets what there is, with 200, when there is something', async () => {
    expect(await shown(await post(start(new UnavailableError('lost')), '{ hello outage }'))).toEqual({
      ...{ status: 200, retryAfter: null, codes: ['UNAVAILABLE'] },
      data: { hello: 'hello world', outage: null },
    });
  });

  it('is not told to come again when another of its mutations was carried out', async () => {
    const server = start(new UnavailableError('lost'));
    for (const document of [
      'mutation { write(text: "a") outage }',
      'mutation { ...all } fragment all on Mutation { write(text: "a") outage }',
    ])
      expect(await shown(await post(server, document))).toMatchObject({ status: 200, retryAfter: null });
    expect(server.engine.writes).toEqual(['a', 'a']);
  });
});

describe('a statement that was ended because it took too long', () => {
  it('has a code of its own, and is not to be repeated as it is', async () => {
    expect(await shown(await post(start(answered('57014')), '{ outage }'))).toMatchObject({
      ...{ status: 504, retryAfter: null, codes: ['TIMEOUT'] },
    });
  });
});

describe('a mutation of which nobody knows whether it happened', () => {
  it('has a code of its own, and is not to be repeated unread', async () => {
    expect(await shown(await post(start(new UnknownOutcomeError('lost')), 'mutation { outage }'))).toMatchObject({
      ...{ status: 500, retryAfter: null, codes: ['OUTCOME_UNKNOWN'] },
    });
  });
});

describe('the log of an outage', () => {
  it('has a line a second, with the number of the others, and none for each request', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = start(new UnavailableError('lost'));
    for (let request = 1; request <= 20; request++) await post(server, '{ a: outage b: outage }');
    const written = () => server.lines.filter(({ level }) => Number(level) > 20);
    expect(written()).toMatchObject([{ msg: 'requests fail: the database is unavailable', err: { message: 'lost' } }]);
    vi.advanceTimersByTime(1_000);
    expect(written()).toHaveLength(2);
    expect(written()[1]).toMatchObject({ suppressed: 18 });
  });

  it('has every kind of other errors, once a second as well, with an id that the client knows', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = start(new Error('a bug'));
    const ids: string[] = [];
    for (let request = 1; request <= 20; request++) {
      const { errors } = (await (await post(server, '{ outage }')).json()) as {
        errors: { extensions: { requestId: string } }[];
      };
      ids.push(errors[0]!.extensions.requestId);
    }
    server.engine.outage = new TypeError('another');
    await post(server, '{ b: outage }');
    const written = () => server.lines.filter(({ msg }) => msg === 'unexpected error');
    expect(written()).toMatchObject([{ requestId: ids[0] }, { err: { message: 'another' } }]);
    vi.advanceTimersByTime(1_000);
    expect(written().slice(2)).toMatchObject([{ requestId: ids[19], err: { message: 'a bug' }, suppressed: 18 }]);
  });
});
