import { describe, expect, it } from 'vitest';
import { lockMs, longestWaitMs } from '../../src/remote/load-locks.ts';
import { MemoryStore } from './memory-store.ts';
import { processOf, TestLog } from './shared-tier.ts';

const ai = { category: 'AI', key: 'key', namespace: 'ws_1' };
const offered = {
  ...{ value: 'text' as unknown, tags: [], loadMs: 900 },
  ...{ ageMs: 0, validForMs: Number.POSITIVE_INFINITY, freshForMs: 60_000 },
};
type Process = ReturnType<typeof processOf>;

function twoProcesses() {
  const store = new MemoryStore();
  const process = () => processOf(store, new TestLog(), { loadedOnce: ['AI'] });
  const [one, two] = [process(), process()];
  let nowMs = 0;
  store.now = () => nowMs;
  return {
    ...{ store, one, two, process },
    /** Time passes in the store and in processes, which look every 50 ms. */
    async pass(ms: number, ...processes: Process[]) {
      for (let passed = 0; passed < ms; passed += 50) {
        await turn();
        nowMs += 50;
        for (const process of processes) process.time.pass(50);
        await turn();
      }
    },
  };
}

/** Lets everything happen that needs no time. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A lookup, and what it has found: `waiting` while it has not. */
function lookup({ find }: Process) {
  const found = { value: 'waiting' as unknown };
  void find(ai)!.then((value) => {
    found.value = value?.value ?? 'to be loaded';
  });
  return found;
}

describe('a value that is loaded once in all processes', () => {
  it('is waited for while another process loads it', async () => {
    const { one, two, pass } = twoProcesses();
    expect(await one.find(ai)).toBeUndefined();
    const offer = one.tier.begin(ai)!;
    const found = lookup(two);
    await pass(1_000, two);
    expect(found.value).toBe('waiting');
    offer(offered);
    await pass(50, two);
    expect(found.value).toBe('text');
    expect(two.tier.snapshot()).toMatchObject({ hits: 1, misses: 1 });
  });

  it('is not waited for when the store fails meanwhile, as its value could not be read', async () => {
    const { one, two, store, pass } = twoProcesses();
    await one.find(ai);
    one.tier.begin(ai);
    const found = lookup(two);
    await pass(100, two);
    expect(found.value).toBe('waiting');
    store.failing = { get: new Error('away') };
    await pass(50, two);
    expect(found.value).toBe('to be loaded');
  });

  it('is loaded by another when the first one fails', async () => {
    const { one, two, pass } = twoProcesses();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    const found = lookup(two);
    await pass(100, two);
    offer(undefined);
    await pass(50, two);
    expect(found.value).toBe('to be loaded');
  });

  it('is loaded by all who wait at once, when it cannot be shared', async () => {
    const { one, two, process, pass } = twoProcesses();
    const three = process();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    const found = [lookup(two), lookup(three)];
    await pass(100, two, three);
    offer({ ...offered, value: () => {} });
    await pass(100, two, three);
    expect(found.map(({ value }) => value)).toEqual(['to be loaded', 'to be loaded']);
    two.tier.begin(ai)!(undefined); // it has no lock to give back
  });

  it('is waited for as long as it is being loaded, up to a limit', async () => {
    const { one, two, process, pass } = twoProcesses();
    const three = process();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    const early = lookup(two);
    await pass(2 * lockMs, one, two);
    const late = lookup(three);
    await pass(longestWaitMs - 2 * lockMs - 100, one, two, three);
    expect([early.value, late.value]).toEqual(['waiting', 'waiting']);
    await pass(200, one, two, three);
    expect([early.value, late.value]).toEqual(['to be loaded', 'waiting']);
    offer(offered);
    await pass(100, one, three);
    expect(late.value).toBe('text');
  });

  it('is not waited for any more after a load that hangs', async () => {
    const { one, two, pass } = twoProcesses();
    await one.find(ai);
    one.tier.begin(ai);
    await pass(60_000 + lockMs, one);
    expect(await two.find(ai)).toBeUndefined();
    expect(one.time.alarms).toBe(0);
  });

  it.each<[string, unknown]>([
    ['cannot be shared', () => {}],
    ['was written', 'text'],
  ])('lets the next load begin at once after one whose value %s', async (_, value) => {
    const { one, two, store } = twoProcesses();
    await one.find(ai);
    await one.load(value, {}, ai);
    await turn();
    two.log.write('ws_1/Post');
    store.now = () => 2;
    expect(await two.find(ai)).toBeUndefined();
  });

  it('is loaded by another when the first one has died, after its time', async () => {
    const { one, two, pass } = twoProcesses();
    await one.find(ai);
    const found = lookup(two);
    await pass(lockMs - 100, two);
    expect(found.value).toBe('waiting');
    await pass(200, two);
    expect(found.value).toBe('to be loaded');
  });

  it('keeps nobody waiting for longer, though the store says for ever that it is being loaded', async () => {
    const { one, two, store, pass } = twoProcesses();
    await one.find(ai);
    store.add = async () => false;
    const found = lookup(two);
    await pass(longestWaitMs - 100, two);
    expect(found.value).toBe('waiting');
    await pass(200, two);
    expect(found.value).toBe('to be loaded');
  });

  it('is waited for in vain only once, when the store has lost the expiry of the lock of a process that has died', async () => {
    const { one, two, process, store, pass } = twoProcesses();
    const three = process();
    await one.find(ai);
    const [lock] = store.values.keys();
    await store.set(lock!, Buffer.from('of one'), Number.POSITIVE_INFINITY);
    const found = lookup(two);
    await pass(longestWaitMs + 100, two);
    expect(found.value).toBe('to be loaded');
    const late = lookup(three);
    two.tier.begin(ai)!(undefined);
    await pass(100, three);
    expect(late.value).toBe('to be loaded');
  });

  it('is not kept from others by a renewal that was under way when its lock was given back', async () => {
    const { one, two, pass } = twoProcesses();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    await pass(lockMs / 2 - 50, one);
    one.time.pass(50);
    offer(undefined);
    await turn();
    expect(one.time.alarms).toBe(0);
    expect(await two.find(ai)).toBeUndefined();
  });

  it('is not kept from others by a process from which it was taken over', async () => {
    const { one, two, pass } = twoProcesses();
    await one.find(ai);
    one.tier.begin(ai);
    const found = lookup(two);
    await pass(longestWaitMs + 100, one, two);
    expect(found.value).toBe('to be loaded');
    await pass(lockMs, one);
    expect(one.time.alarms).toBe(0);
  });

  it('is not given back by a process whose lock could not be renewed', async () => {
    const { one, two, store, pass } = twoProcesses();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    store.failing = { set: new Error('full') };
    await pass(lockMs - 500, one);
    store.failing = {};
    await pass(600);
    expect(await two.find(ai)).toBeUndefined(); // it has the lock now
    const calls = store.calls;
    offer(undefined);
    await turn();
    expect(store.calls).toBe(calls);
  });

  it('is not given back by a process whose lock may have expired', async () => {
    const { one, two, store, pass } = twoProcesses();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    await pass(lockMs);
    one.time.step(lockMs); // it was stopped
    expect(await two.find(ai)).toBeUndefined(); // it has the lock now
    const calls = store.calls;
    one.time.pass(lockMs);
    offer(undefined);
    await turn();
    expect(store.calls).toBe(calls);
  });

  it('is loaded by whoever needs it while the store fails, and in other categories', async () => {
    const { one, two, store } = twoProcesses();
    await one.load('a', {}, { ...ai, category: 'POSTS', key: 'other' });
    expect(await one.find({ ...ai, category: 'POSTS' })).toBeUndefined();
    expect(await two.find({ ...ai, category: 'POSTS' })).toBeUndefined();
    store.failing = { get: new Error('away'), set: new Error('away') };
    expect(await one.find(ai)).toBeUndefined();
    expect(await two.find(ai)).toBeUndefined();
  });
});
