import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

describe('caching that is not allowed', () => {
  let database: TestDatabase;
  let magpie: Magpie;
  let owner: Session;
  const read = '{ templates(first: 1) { nodes { id title } } viewer { user { name } } }';
  const cached = '{ templates(first: 1) { nodes { id title } } }';

  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded' });
    magpie = await startMagpie(database);
    owner = await signInAs(database, 'OWNER');
  });

  const ask = async (document = cached) => {
    const { json, headers } = await magpie.ask(owner.token, document);
    return { title: json.data.templates.nodes[0].title, cache: headers.get('cache-status') };
  };
  /** As another server would, of which nothing is heard here. */
  const writeElsewhere = (title: string) => database.queries.updateTable('templates').set({ title }).execute();
  const bypasses = () => magpie.engine.cache.snapshot().total.bypasses;

  it.each([
    ['any more', 0],
    ['for the moment, until its lease is extended', 1],
  ])('%s: every answer is what the database says, and counts as a bypass', async (_, untilMs) => {
    magpie.engine.allowCaching(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 4; i++) await ask();
    expect((await ask()).cache).toMatch(/^Magpie; hit/);

    magpie.engine.allowCaching(untilMs);
    for (const title of ['One', 'Two', 'Three'])
      for (const document of [cached, read, cached]) {
        await writeElsewhere(`${title} of ${untilMs}`);
        const before = bypasses();
        expect(await ask(document)).toEqual({ title: `${title} of ${untilMs}`, cache: 'Magpie; fwd=bypass' });
        expect(bypasses()).toBeGreaterThan(before);
      }
    await database.queries.deleteFrom('tokens').where('id', '=', owner.tokenId).execute();
    expect((await magpie.ask(owner.token, cached)).status).toBe(401);
    owner = await signInAs(database, 'OWNER');
  });

  it('goes on with what it keeps when it is allowed again', async () => {
    magpie.engine.allowCaching(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 4; i++) await ask();
    const { title } = await ask();
    magpie.engine.allowCaching(0);
    await writeElsewhere('Meanwhile');
    expect(await ask()).toEqual({ title: 'Meanwhile', cache: 'Magpie; fwd=bypass' });
    magpie.engine.allowCaching(Number.POSITIVE_INFINITY);
    expect(await ask()).toEqual({ title, cache: expect.stringMatching(/^Magpie; hit/) });
    magpie.engine.apply({ workspaceId: owner.workspaceId, tags: ['Template'], cause: 'a test' });
    expect(await ask()).toEqual({ title: 'Meanwhile', cache: 'Magpie; fwd=miss; stored' });
  });

  it('says in every response that it was made without a lease, from memory or not', async () => {
    magpie.engine.allowCaching(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 4; i++) await ask();
    magpie.engine.allowCaching(0);
    magpie.engine.serveCutOff(Number.POSITIVE_INFINITY);
    await writeElsewhere('While cut off');
    const before = magpie.hotAnswers();
    expect(await ask()).toEqual({
      title: 'Meanwhile',
      cache: expect.stringMatching(/^Magpie; hit; ttl=\d+; detail=cut-off$/),
    });
    expect(magpie.hotAnswers()).toBe(before + 1);
    expect((await ask(`${cached} # in the pipeline`)).cache).toMatch(/^Magpie; hit; ttl=\d+; detail=cut-off$/);
    magpie.engine.apply({ workspaceId: owner.workspaceId, tags: ['Template'], cause: 'a test' });
    expect(await ask()).toEqual({ title: 'While cut off', cache: 'Magpie; fwd=miss; stored; detail=cut-off' });
    magpie.engine.allowCaching(Number.POSITIVE_INFINITY);
    expect((await ask()).cache).toMatch(/^Magpie; hit; ttl=\d+$/);
  });
});
