import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../bench/hit-ratio/random.ts';
import { createGate, settle } from '../../../test/setup/gates.ts';
import type { AuditOptions } from '../src/audit.ts';
import { type Category, createEngine } from './engine.ts';

/** An engine whose every hit is of the sample, over a value that changes without an invalidation. */
function createAudited(audit: Partial<AuditOptions<Category>> = {}, random = () => 0) {
  const options = { every: 1, categories: ['POSTS'] as const, perSecond: 1_000, ...audit };
  const engine = createEngine({ maxEntries: 1_000 }, { audit: options, random });
  const database = { value: 'old' as unknown, reads: 0 };
  const load = async () => {
    database.reads++;
    return database.value;
  };
  const read = async (key = 'key') => {
    const value = await engine.fetch({ key, tags: ['Post'], namespace: 'ws_1', coordinate: 'Query.posts' }, load);
    await settle();
    return value;
  };
  return { ...engine, database, read, found: () => engine.stats().audit };
}

/** Reads until a hit was loaded again: a read is chosen, and the next one has the load. */
async function readAndAudit({ read }: ReturnType<typeof createAudited>, key = 'key') {
  for (let n = 0; n < 3; n++) await read(key);
}

describe('the audit of hits', () => {
  it('loads some of them again, and finds nothing where nothing changed', async () => {
    const audited = createAudited();
    await readAndAudit(audited);
    expect(audited.found()).toMatchObject({ checked: 1, differed: 0, examples: [] });
    expect(audited.database.reads).toBe(2);
    expect(audited.stats()).toMatchObject({ hits: 2, misses: 1, loads: 1, refreshes: 0 });
  });

  it('checks the first hit of an entry as any other, so that entries with few hits are not left out', async () => {
    const audited = createAudited();
    for (const key of ['a', 'b', 'c']) for (let n = 0; n < 2; n++) await audited.read(key);
    expect(audited.found().checked).toBe(3);
  });

  it('finds a change that no invalidation names, and serves the old value no longer', async () => {
    const audited = createAudited();
    await audited.read();
    audited.time.pass(1_500);
    audited.database.value = 'new';
    expect([await audited.read(), await audited.read()]).toEqual(['old', 'old']);
    expect(audited.found()).toMatchObject({ checked: 0, differed: 0 }); // the invalidation may be on its way
    audited.time.pass(5_000);
    expect(audited.found()).toMatchObject({
      ...{ checked: 1, differed: 1 },
      examples: [{ key: 'key', coordinate: 'Query.posts', namespace: 'ws_1', ageMs: 1_500 }],
    });
    expect(await audited.read()).toBe('new');
  });

  it.each([
    ['between the hit and the end of the reload', 0],
    ['soon after the reload', 4_999],
  ])('counts nothing of what was invalidated %s', async (_, afterMs) => {
    const audited = createAudited();
    await audited.read();
    const gate = createGate<string>();
    const slow = { key: 'key', tags: ['Post'] };
    for (let n = 0; n < 2; n++) await audited.fetch(slow, gate.load);
    if (afterMs === 0) audited.cache.invalidate(['Post']);
    gate.open('new');
    await settle();
    audited.time.pass(afterMs);
    if (afterMs > 0) audited.cache.invalidate(['Post']);
    audited.time.pass(60_000);
    expect([gate.loads, audited.found().checked]).toEqual([1, 0]);
  });

  it('compares all of a long text', async () => {
    const audited = createAudited();
    const text = 'x'.repeat(4_000);
    audited.database.value = [{ text: `${text}a${text}` }];
    await audited.read();
    audited.database.value = [{ text: `${text}b${text}` }];
    await readAndAudit(audited);
    audited.time.pass(5_000);
    expect(audited.found().differed).toBe(1);
  });

  it('runs one at a time, and so many a second', async () => {
    const audited = createAudited({ perSecond: 2 });
    const gate = createGate<string>();
    for (const key of ['a', 'b', 'c']) await audited.read(key);
    for (const key of ['a', 'a', 'b', 'b']) await audited.fetch({ key }, gate.load);
    expect(gate.loads).toBe(1);
    gate.open('old');
    await settle();
    for (let n = 0; n < 20; n++) await audited.read('c');
    expect(audited.database.reads).toBe(3 + 1);
    audited.time.pass(1_000);
    for (let n = 0; n < 20; n++) await audited.read('c');
    expect(audited.database.reads).toBe(3 + 1 + 2);
  });

  it('leaves hits alone while none may run, so that they stay as fast as without it', async () => {
    const audited = createAudited({ perSecond: 1 });
    const isFast = () => audited.cache.peek('POSTS', 'key', audited.cache.now()) !== undefined;
    const gate = createGate<string>();
    for (let n = 0; n < 3; n++) await audited.fetch({ key: 'key' }, n === 0 ? async () => 'old' : gate.load);
    expect(gate.loads).toBe(1); // and runs
    for (let n = 0; n < 20; n++) expect([await audited.read(), isFast()]).toEqual(['old', true]);
    gate.open('old');
    await settle();
    for (let n = 0; n < 20; n++) expect([await audited.read(), isFast()]).toEqual(['old', true]); // the second is not over
    audited.time.pass(1_000);
    await audited.read();
    expect(isFast()).toBe(false);
  });

  it('does not delay a hit, and does not count a load that fails', async () => {
    const audited = createAudited();
    await audited.read();
    const fail = () => Promise.reject(new Error('the database is away'));
    for (let n = 0; n < 3; n++) expect(await audited.fetch({ key: 'key' }, fail)).toBe('old');
    await settle();
    expect(audited.found()).toMatchObject({ checked: 0, differed: 0 });
    expect(audited.stats().failures).toBe(0);
    await readAndAudit(audited);
    expect(audited.found().checked).toBeGreaterThan(0); // the next one runs
  });

  it('says to the load what it is for, and ends its signal with the time limit', async () => {
    const audited = createAudited();
    await audited.read();
    const seen: unknown[] = [];
    for (let n = 0; n < 2; n++)
      await audited.fetch('key', ({ reason, signal }) => {
        seen.push(reason);
        signal.addEventListener('abort', () => seen.push('aborted'));
        return new Promise(() => {});
      });
    await settle();
    audited.time.pass(30_000);
    expect(seen).toEqual(['audit', 'aborted']);
  });

  it('goes on after a load over its time limit, and ignores what that brings later', async () => {
    const audited = createAudited();
    const gate = createGate<string>();
    await audited.read('hangs');
    for (let n = 0; n < 2; n++) await audited.fetch({ key: 'hangs', ttlMs: 60_000 }, gate.load);
    audited.time.pass(30_000);
    await settle();
    await readAndAudit(audited, 'other');
    expect([gate.loads, audited.found().checked]).toEqual([1, 1]);
    gate.open('new');
    await settle();
    audited.time.pass(5_000);
    expect(audited.found()).toMatchObject({ checked: 1, differed: 0 });
  });

  it('goes on after a value that cannot be compared', async () => {
    const audited = createAudited();
    audited.database.value = [{}];
    await audited.read();
    const ownKeys = () => {
      throw new Error('not plain data');
    };
    audited.database.value = [new Proxy({}, { ownKeys })];
    await readAndAudit(audited);
    expect(audited.found().checked).toBe(0);
    audited.database.value = [{}];
    await readAndAudit(audited);
    expect(audited.found().checked).toBeGreaterThan(0);
  });

  it('keeps the last ten examples', async () => {
    const audited = createAudited();
    for (let n = 0; n < 12; n++) {
      audited.database.value = 'old';
      await audited.read(`key ${n}`);
      audited.database.value = 'new';
      await readAndAudit(audited, `key ${n}`);
      audited.time.pass(5_000);
    }
    const { differed, examples } = audited.found();
    expect([differed, examples.length, examples[0]!.key]).toEqual([12, 10, 'key 11']);
  });

  it('takes about one hit in so many, and none of other categories', async () => {
    const audited = createAudited({ every: 100, categories: ['MEDIA'] }, createRandom(1));
    for (let n = 0; n < 5_001; n++) await audited.cache.fetch({ category: 'MEDIA', key: 'key' }, () => 1);
    for (let n = 0; n < 1_000; n++) await audited.cache.fetch({ category: 'POSTS', key: 'key' }, () => 1);
    await settle();
    const { checked } = audited.stats('MEDIA').audit;
    expect(checked).toBeGreaterThan(35);
    expect(checked).toBeLessThan(70);
    expect(audited.found().checked).toBe(0);
  });
});
