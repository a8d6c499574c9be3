import { buildSchema, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { createTestServer } from './engine.ts';

const address = 'http://magpie.test/schema.graphql';
const schemaText = readTypeDefs().join('\n');

describe('the schema in its own language', () => {
  const server = createTestServer({ schemaText });

  it('is served to everybody, whole', async () => {
    const response = await server.fetch(address);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const served = buildSchema(await response.text());
    expect(printSchema(served)).toBe(printSchema(buildSchema(schemaText)));
    expect(served.getDirective('defer')).toBeDefined();
  });

  it('is not served again to who has it', async () => {
    const etag = (await server.fetch(address)).headers.get('etag')!;
    const again = await server.fetch(address, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await server.fetch(address, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is hidden where only persisted operations are taken, as introspection is', async () => {
    const persistedOperations = { isExclusive: true, documents: new Map<string, string>() };
    expect((await createTestServer({ schemaText, persistedOperations }).fetch(address)).status).toBe(404);
  });
});
