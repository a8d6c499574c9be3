import { describe, expect, it } from 'vitest';
import { ada } from '../graphql/nest.ts';
import { createProduct, tokenRow } from '../graphql/product.ts';
import { collectGarbage } from '../setup/garbage.ts';
import { ask, createTestServer, limits } from './engine.ts';

const mebibyte = 1024 * 1024;
const token = `mgp_${'x'.repeat(43)}`;

describe('the heap of a server', () => {
  const { engine } = createProduct({ tokens: () => [tokenRow(ada)] }, { maxDocumentBytes: mebibyte / 2 });
  const server = createTestServer({ engine, limits: { ...limits, maxAnswerBytes: mebibyte / 2 } });

  it.each([
    ['documents', (n: number) => `{ __typename } # ${n}`],
    ['literals', (n: number) => `{ textLengths(networks: [MASTODON], text: "${n}") { network } }`],
    ['documents that are not valid', (n: number) => `{ nothing${n} }`],
    ['documents that are none', (n: number) => `{ ${n} }`],
    ['names of operations', (n: number) => `query q${n} { __typename }`],
    ['tokens', () => '{ __typename }', (n: number) => `${'x'.repeat(8_000)}${n}`],
  ])(
    'holds no more after hundreds of unique %s',
    async (_what, textOf, tokenOf: (n: number) => string = () => token) => {
      const send = async (from: number, to: number) => {
        for (let n = from; n < to; n++)
          await ask(server, textOf(n), { headers: { authorization: `Bearer ${tokenOf(n)}` } });
      };
      await send(0, 200);
      const before = heapBytes();
      await send(200, 700);
      expect(heapBytes() - before).toBeLessThan(mebibyte);
      expect(engine.documents.snapshot().bytes).toBeLessThanOrEqual(mebibyte / 2);
    },
  );

  it('holds documents that are valid, and no others', async () => {
    for (const text of ['{ __typename }', '{ nothing }', '{ nothing'])
      await ask(server, text, { headers: { authorization: `Bearer ${token}` } });
    expect(engine.documents.get('{ __typename }')).toBeDefined();
    expect(engine.documents.get('{ nothing }')).toBe(undefined);
    expect(engine.documents.get('{ nothing')).toBe(undefined);
  });
});

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
