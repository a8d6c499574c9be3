import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { CacheClosedError } from '../src/errors.ts';
import { createEngine } from './engine.ts';

describe('a cache that is disposed of', () => {
  it('waits for the loads that run', async () => {
    const { values } = createEngine();
    const gate = createGate<string>();
    const waiting = values.fetch({ category: 'POSTS', key: 'a' }, gate.load);
    let isClosed = false;
    const closing = values[Symbol.asyncDispose]().then(() => {
      isClosed = true;
    });
    await settle();
    expect(isClosed).toBe(false);
    gate.open('value');
    expect(await waiting).toBe('value');
    await closing;
  });

  it('waits for a load that hangs as long as a load may take, however often it is disposed of', async () => {
    const { values, time } = createEngine({}, { loadTimeoutMs: 5_000 });
    void Promise.resolve(values.fetch({ category: 'POSTS', key: 'a' }, createGate().load)).catch(() => {});
    const closing = [values[Symbol.asyncDispose](), values[Symbol.asyncDispose]()];
    time.pass(5_000);
    await Promise.all(closing);
  });

  it('starts no load any more, and serves what it keeps', async () => {
    const { values, look, time } = createEngine({ ttlMs: 1_000, staleMs: 1_000 });
    await look('a', async () => 'kept');
    await values[Symbol.asyncDispose]();
    expect(values.fetch({ category: 'POSTS', key: 'a' }, () => 'new')).toBe('kept');
    expect(() => values.fetch({ category: 'POSTS', key: 'b' }, () => 'new')).toThrow(CacheClosedError);
    expect(() => values.set({ category: 'POSTS', key: 'b' }, 'new')).toThrow('after it was closed');
    time.pass(1_500);
    expect(await look('a', async () => 'new')).toMatchObject({ value: 'kept', status: 'STALE' });
  });

  it('is disposed of at once when nothing runs', async () => {
    const { values, time } = createEngine();
    await values[Symbol.asyncDispose]();
    expect(time.alarms).toBe(0);
  });
});
