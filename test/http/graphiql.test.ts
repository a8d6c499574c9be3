import { gunzipSync } from 'node:zlib';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { costOf } from '../../src/graphql/cost.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { readDefaultQuery } from '../../src/http/graphiql-page.ts';
import { measureOperation } from '../../src/http/query-measure.ts';
import { createTestServer, limits } from './engine.ts';

const browser = { accept: 'text/html,application/xhtml+xml' };
const page = (headers: Record<string, string> = {}) =>
  createTestServer().fetch('http://magpie.test/graphql', { headers: { ...browser, ...headers } });

describe('the default query', () => {
  it('is valid, asks for all ten areas, and is well within the limits', async () => {
    const schema = buildSchema(readTypeDefs().join('\n'));
    const document = parse(await readDefaultQuery());
    expect(validate(schema, document)).toEqual([]);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('expected one operation');
    const fields = operation.selectionSet.selections.map((field) => (field.kind === 'Field' ? field.name.value : ''));
    expect(fields).toEqual(
      expect.arrayContaining([
        ...['analytics', 'templates', 'accounts', 'inbox', 'campaigns'],
        ...['settings', 'calendar', 'aiGenerations', 'posts', 'media'],
      ]),
    );
    const queryMeasure = measureOperation(document, operation);
    expect(costOf(schema, document, { operation, variables: {} }).cost).toBeLessThan(readConfig({}).limits.maxCost / 2);
    expect(queryMeasure.depth).toBeLessThan(limits.maxDepth / 1.5);
  });
});

describe('GraphiQL', () => {
  it('is for browsers that open the address, and for nobody else', async () => {
    expect((await page()).headers.get('content-type')).toBe('text/html; charset=utf-8');
    const program = await createTestServer().fetch('http://magpie.test/graphql?query={hello}');
    expect(await program.json()).toEqual({ data: { hello: 'hello world' } });
  });

  it('comes compressed, and not again', async () => {
    const whole = Buffer.from(await (await page()).arrayBuffer());
    const compressed = await page({ 'accept-encoding': 'gzip, br' });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(Buffer.from(await compressed.arrayBuffer())).equals(whole)).toBe(true);
    const again = await page({ 'if-none-match': compressed.headers.get('etag')! });
    expect(again.status).toBe(304);
  });

  it('may run its own scripts alone, and talk to this server alone', async () => {
    const policy = (await page()).headers.get('content-security-policy')!;
    expect(policy).toMatch(/script-src 'sha256-[^']+' 'sha256-[^']+' blob:;/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
  });
});
