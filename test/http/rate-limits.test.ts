import { describe, expect, it } from 'vitest';
import { createFolder } from '../setup/folders.ts';
import { ada, createTestServer, limits, post } from './engine.ts';

const signedIn = { authorization: 'Bearer good-token' };

function createLimited(limit: Partial<typeof limits>) {
  const server = createTestServer({ limits: { ...limits, ...limit } });
  server.engine.tokens.set('other-token', { ...ada, tokenId: 'tok_2' });
  return server;
}

describe('mutations', () => {
  const writes = (count: number) =>
    `mutation { ${Array.from({ length: count }, (_, index) => `w${index}: write(text: "${index}")`).join(' ')} }`;

  it('are limited by token, field by field', async () => {
    const server = createLimited({ maxMutationsPerMinute: 3 });
    const statusOf = async (count: number, token = 'good-token') =>
      (await post(server, writes(count), { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await statusOf(2)).toBe(200);
    expect(await statusOf(2)).toBe(429);
    expect(await statusOf(1)).toBe(200);
    expect(await statusOf(1)).toBe(429);
    expect(await statusOf(3, 'other-token')).toBe(200);
  });

  it('are executed all or none, and refused with the time to wait', async () => {
    const server = createLimited({ maxMutationsPerMinute: 3 });
    const response = await post(server, writes(4), { headers: signedIn });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: expect.stringMatching(/^Too many mutations within a minute: try again in \d+ s\.$/),
          extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) },
        },
      ],
    });
    expect(server.engine.writes).toEqual([]);
    expect(server.lines).toEqual([expect.objectContaining({ status: 429, errors: ['RATE_LIMITED'] })]);
  });

  it('are counted in fragments as well', async () => {
    const server = createLimited({ maxMutationsPerMinute: 3 });
    const query =
      'mutation { ...A ...B } fragment A on Mutation { a: write b: write } fragment B on Mutation { c: write d: write }';
    expect((await post(server, query, { headers: signedIn })).status).toBe(429);
  });

  it('leave queries alone', async () => {
    const server = createLimited({ maxMutationsPerMinute: 1 });
    for (let count = 0; count < 5; count++)
      expect((await post(server, '{ hello }', { headers: signedIn })).status).toBe(200);
    expect((await post(server, writes(1), { headers: signedIn })).status).toBe(200);
  });
});

describe('uploads', () => {
  it('are limited by token, before their bodies are read', async () => {
    const server = createLimited({ maxUploadsPerMinute: 1 });
    let isRead = false;
    const upload = (token: string) =>
      server.fetch('http://magpie.test/graphql', {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${token}`, 'x-requested-with': 'test' },
          'content-type': 'multipart/form-data; boundary=b',
        },
        body: new ReadableStream(
          {
            pull(controller) {
              isRead = true;
              controller.close();
            },
          },
          { highWaterMark: 0 },
        ),
        duplex: 'half',
      } as RequestInit);
    expect((await upload('good-token')).status).toBe(400); // it is empty
    expect(isRead).toBe(true);
    isRead = false;
    const refused = await upload('good-token');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(isRead).toBe(false);
    expect((await upload('other-token')).status).toBe(400);
  });

  it('count for each field that may store the file', async () => {
    const uploadFolder = await createFolder();
    const upload = async (fields: number) => {
      const server = createTestServer({ uploadFolder, limits: { ...limits, maxUploadsPerMinute: 2 } });
      const selections = Array.from({ length: fields }, (_, index) => `u${index}: upload(file: $file)`);
      const body = new FormData();
      const query = `mutation ($file: Upload!) { ${selections.join(' ')} }`;
      body.set('operations', JSON.stringify({ query, variables: { file: null } }));
      body.set('map', '{"0":["variables.file"]}');
      body.set('0', new Blob(['content']), 'a.txt');
      const headers = { ...signedIn, 'x-requested-with': 'test' };
      const response = await server.fetch('http://magpie.test/graphql', { method: 'POST', headers, body });
      const { data, errors } = (await response.json()) as { data?: object; errors?: { message: string }[] };
      return [response.status, data ?? errors![0]!.message];
    };
    expect(await upload(2)).toEqual([200, { u0: expect.any(String), u1: expect.any(String) }]);
    expect(await upload(3)).toEqual([429, expect.stringContaining('Too many uploads')]);
  });
});
