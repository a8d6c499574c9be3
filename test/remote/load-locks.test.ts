import { describe, expect, it } from 'vitest';
import { lockMs } from '../../src/remote/load-locks.ts';
import { MemoryStore } from './memory-store.ts';
import { processOf, TestLog } from './shared-tier.ts';

const ai = { category: 'AI', key: 'key', namespace: 'ws_1' };
type Process = ReturnType<typeof processOf>;

function twoProcesses() {
  const store = new MemoryStore();
  const once = { loadedOnce: ['AI'] };
  const [one, two] = [processOf(store, new TestLog(), once), processOf(store, new TestLog(), once)];
  let nowMs = 0;
  store.now = () => nowMs;
  return {
    ...{ store, one, two },
    /** Time passes in the store and in a process, which looks every 50 ms. */
    async pass(ms: number, process: Process) {
      for (let passed = 0; passed < ms; passed += 50) {
        await turn();
        nowMs += 50;
        process.time.pass(50);
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
    offer({ value: 'text', tags: [], ageMs: 0, validForMs: Number.POSITIVE_INFINITY, loadMs: 900, freshForMs: 60_000 });
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
    await pass(lockMs + 100, two);
    expect(found.value).toBe('to be loaded');
  });

  it('is not given back by a process whose lock may have expired', async () => {
    const { one, two, store, pass } = twoProcesses();
    await one.find(ai);
    const offer = one.tier.begin(ai)!;
    await pass(lockMs, one);
    expect(await two.find(ai)).toBeUndefined(); // it has the lock now
    const calls = store.calls;
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
