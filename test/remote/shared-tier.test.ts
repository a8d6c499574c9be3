import { engineTags } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { address, processOf, TestLog } from './shared-tier.ts';

function twoProcesses() {
  const store = new MemoryStore();
  return { store, one: processOf(store), two: processOf(store) };
}
const [keyTag] = engineTags('POSTS', 'key', 'ws_1');

describe('a value that another process has loaded', () => {
  it('is found with its tags, those of the engine included, and with its age', async () => {
    const { one, two, store } = twoProcesses();
    await one.load({ id: 1 }, { ageMs: 40, validForMs: 5_000, freshForMs: 4_000 });
    two.pass(1_000);
    expect(await two.find()).toEqual({
      ...{ value: { id: 1 }, ageMs: 1_040, validForMs: 4_000, loadMs: 3 },
      tags: [...engineTags('POSTS', 'key', 'ws_1'), 'ws_1/Post'],
    });
    expect(store.lifetimesMs).toEqual([4_000]);
    expect(two.tier.snapshot()).toMatchObject({ hits: 1, misses: 0, errors: 0, state: 'AVAILABLE' });
    expect(one.tier.snapshot()).toMatchObject({ writes: 1 });
  });

  it.each([
    ['another key', { ...address, key: 'other' }],
    ['another workspace', { ...address, namespace: 'ws_2' }],
    ['another category', { ...address, category: 'AI' }],
  ])('is not that of %s', async (_, other) => {
    const { one, two } = twoProcesses();
    await one.load(1);
    expect(await two.find(other)).toBeUndefined();
    expect(two.tier.snapshot()).toMatchObject({ misses: 1 });
  });

  it('is not looked for in categories that are not shared', async () => {
    const { one, two, store } = twoProcesses();
    const principals = { category: 'PRINCIPALS', key: 'token', namespace: undefined };
    await one.load('secret', {}, principals);
    expect(two.find(principals)).toBeUndefined();
    expect(store.calls).toBe(0);
  });

  it.each([
    ['schema', { schemaVersion: 's2' }],
    ['policy', { policyVersion: 'p2' }],
  ])('is not that of another %s', async (_, version) => {
    const { one, store } = twoProcesses();
    await one.load(1);
    expect(await processOf(store, new TestLog(), version).find()).toBeUndefined();
  });

  it('is refused after one of its tags was invalidated, also when it comes back later', async () => {
    const { one, two, store } = twoProcesses();
    await one.load('old');
    two.log.write('ws_1/Post');
    expect(await two.find()).toBeUndefined();
    two.log.read();
    one.log.write('ws_1/Post');
    one.log.read();
    await one.load('new');
    expect(await two.find()).toMatchObject({ value: 'new' });
    for (const [key, [old]] of store.everything) store.values.set(key, old!);
    expect(await two.find()).toBeUndefined();
    expect(two.tier.snapshot().refused).toMatchObject({ outdated: 2 });
  });

  it('is refused if its load began before a write and it was stored after it', async () => {
    const { one, two } = twoProcesses();
    const offer = one.tier.begin(address)!;
    two.log.write('ws_1/Post');
    two.log.read();
    const tags = ['ws_1/Post'];
    offer({ value: 'old', tags, ageMs: 0, validForMs: Number.POSITIVE_INFINITY, loadMs: 1, freshForMs: 1_000 });
    await one.tier.flushed();
    expect(await two.find()).toBeUndefined();
  });

  it.each(engineTags('POSTS', 'key', 'ws_1'))('is refused after %s was cleared', async (tag) => {
    const { one, two } = twoProcesses();
    await one.load('old');
    two.log.write(tag);
    expect(await two.find()).toBeUndefined();
  });

  it('is refused without a lease, and in another epoch', async () => {
    const { one, two } = twoProcesses();
    await one.load('old');
    const found = two.find();
    two.log.isLeased = false;
    expect(await found).toBeUndefined();
    expect(two.find()).toBeUndefined();
    two.log.isLeased = true;
    two.log.epoch = 'e2';
    expect(await two.find()).toBeUndefined();
    expect(two.tier.snapshot().refused).toMatchObject({ unleased: 1, outdated: 1 });
  });

  it('is refused if it is of another key or workspace than the one under whose name it lies', async () => {
    const { one, two, store } = twoProcesses();
    await one.load('mine');
    await one.load('theirs', {}, { ...address, namespace: 'ws_2' });
    const [[a, mine], [b, theirs]] = [...store.values] as [[string, Buffer], [string, Buffer]];
    store.values.set(a, theirs).set(b, mine);
    expect(await two.find()).toBeUndefined();
    expect(await two.find({ ...address, namespace: 'ws_2' })).toBeUndefined();
    expect(two.tier.snapshot().refused).toMatchObject({ foreign: 2 });
  });

  it('is refused if it is past its day, or from a clock that is far ahead', async () => {
    const { one, two } = twoProcesses();
    await one.load(1, { validForMs: 1_000 });
    two.pass(1_000);
    expect(await two.find()).toBeUndefined();
    one.pass(1_000);
    await one.load(2);
    expect(await two.find()).toMatchObject({ value: 2, ageMs: 0 });
    one.pass(1_001);
    await one.load(3);
    expect(await two.find()).toBeUndefined();
    expect(two.tier.snapshot().refused).toMatchObject({ expired: 2 });
  });

  it('is refused after it proved to be wrong, until it is loaded again', async () => {
    const { one, two } = twoProcesses();
    await one.load('wrong');
    two.tier.drop(address);
    expect(two.log.positions.has(keyTag!)).toBe(true);
    expect(await two.find()).toBeUndefined();
  });
});

describe('a value that was loaded', () => {
  it('is not written without a lease, nor if a write is so recent that others could not tell', async () => {
    const { one, store } = twoProcesses();
    one.log.isLeased = false;
    expect(one.tier.begin(address)).toBeUndefined();
    one.log.isLeased = true;
    one.log.write('ws_1/Post');
    await one.load(1);
    expect(store.values.size).toBe(0);
    expect(one.tier.snapshot().omitted).toMatchObject({ outdated: 1 });
  });

  it('is not written if it cannot be read as it was', async () => {
    const { one, store } = twoProcesses();
    await one.load({ run() {} });
    expect(store.values.size).toBe(0);
    expect(one.tier.snapshot().omitted).toMatchObject({ unfaithful: 1 });
  });

  it('waits for others to be written, in a queue that ends', async () => {
    const { one } = twoProcesses();
    await Promise.all(Array.from({ length: 1_005 }, (_, id) => one.load(id)));
    expect(one.tier.snapshot()).toMatchObject({ writes: 1_000, omitted: { busy: 5 } });
  });
});

describe('a store in trouble', () => {
  it('delays a lookup by 50 ms at most, and after three is not asked until a trial succeeds', async () => {
    const { two, store } = twoProcesses();
    store.isSilent = true;
    for (let i = 0; i < 3; i++) {
      const found = two.find();
      two.pass(50);
      expect(await found).toBeUndefined();
    }
    expect(two.find()).toBeUndefined();
    expect(two.tier.snapshot()).toMatchObject({ state: 'UNAVAILABLE', timeouts: 3, downForMs: 0 });
    two.pass(500);
    const trial = two.find();
    expect(two.tier.snapshot()).toMatchObject({ state: 'TRYING', downForMs: 500 });
    expect(two.find()).toBeUndefined(); // one trial at a time
    two.pass(50);
    expect(await trial).toBeUndefined();
    two.pass(999); // pauses double
    expect(two.find()).toBeUndefined();
    two.pass(1);
    store.isSilent = false;
    expect(await two.find()).toBeUndefined();
    expect(two.tier.snapshot()).toMatchObject({ state: 'AVAILABLE', downForMs: 0 });
    expect(two.changes).toEqual(
      ['UNAVAILABLE', 'TRYING', 'UNAVAILABLE', 'TRYING', 'AVAILABLE'].map((one) => `read ${one}`),
    );
  });

  it('answers reads while it takes no values', async () => {
    const { one, two, store } = twoProcesses();
    await one.load(1);
    store.failing = { set: new Error('OOM command not allowed') };
    for (let i = 0; i < 5; i++) await one.load(i, {}, { ...address, key: `key ${i}` });
    expect(one.tier.snapshot()).toMatchObject({ state: 'AVAILABLE', writeState: 'UNAVAILABLE', errors: 3 });
    expect(one.tier.snapshot().omitted).toMatchObject({ unavailable: 2 });
    expect(await two.find()).toMatchObject({ value: 1 });
  });

  it('that fails at once is no different', async () => {
    const { two, store } = twoProcesses();
    store.failing = { get: new Error('not connected') };
    for (let i = 0; i < 3; i++) expect(await two.find()).toBeUndefined();
    expect(two.tier.snapshot()).toMatchObject({ state: 'UNAVAILABLE', errors: 3 });
  });
});
