import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Product, startProduct } from './start.ts';

const run = promisify(execFile);

const query = '{ posts(first: 20) { nodes { id text status targets { status } } } templates { nodes { title body } } }';

let magpie: Product;
beforeAll(async () => {
  magpie = await startProduct();
});

/** Splits what `curl --include` prints. */
async function curl(...options: string[]) {
  const { stdout } = await run('curl', [
    ...['--silent', '--show-error', '--include', magpie.url],
    ...['--header', `authorization: Bearer ${magpie.owner.token}`, ...options],
  ]);
  const end = stdout.indexOf('\r\n\r\n');
  const [status = '', ...lines] = stdout.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { status, headers, body: stdout.slice(end + 4) };
}

const posted = ['--header', 'content-type: application/json', '--data', JSON.stringify({ query })];
const got = ['--get', '--data-urlencode', `query=${query}`];

describe.each([
  ['POST', posted],
  ['GET', got],
])('curl by %s', (_, request) => {
  it('reads compressed answers, cold and hot, that are the plain ones to the byte', async () => {
    magpie.engine.cache.clear();
    const plain = await curl(...request);
    expect(JSON.parse(plain.body).errors).toBeUndefined();
    expect(plain.headers.get('content-encoding')).toBeUndefined();
    for (const how of ['cold', 'warm', 'hot', 'hot']) {
      if (how === 'cold') magpie.engine.cache.clear();
      const compressed = await curl('--compressed', ...request);
      expect(compressed.status).toBe('HTTP/1.1 200 OK');
      expect(compressed.headers.get('content-encoding')).toBe('gzip');
      expect(compressed.headers.get('vary')).toContain('Accept-Encoding');
      expect(Number(compressed.headers.get('content-length'))).toBeLessThan(plain.body.length / 2);
      expect(compressed.headers.get('cache-status')).toMatch(how === 'cold' ? /fwd=miss/ : /hit; ttl=\d+$/);
      expect(compressed.body).toBe(plain.body);
    }
    expect((await curl(...request)).body).toBe(plain.body);
  });
});

describe('curl', () => {
  it('may send a body without saying how long it is', async () => {
    const answer = await curl(...posted, '--header', 'transfer-encoding: chunked');
    expect(JSON.parse(answer.body)).toHaveProperty('data.posts.nodes');
  });

  it('is told in a line what it did wrong', async () => {
    const answer = await curl('--data', 'query={workspace{name}}');
    expect(answer.status).toBe('HTTP/1.1 415 Unsupported Media Type');
    expect(JSON.parse(answer.body).errors[0].message).toContain('but got application/x-www-form-urlencoded');
  });
});
