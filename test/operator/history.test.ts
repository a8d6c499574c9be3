import { EntryCache } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import type { Queries } from '../../src/database/database.ts';
import { StatisticsUpdates } from '../../src/graphql/history-resolvers.ts';
import { History } from '../../src/operator/history.ts';
import { createHistoryKeeper } from '../../src/operator/history-keeper.ts';
import { HistoryRing } from '../../src/operator/history-ring.ts';
import { createTestDatabase, engines } from '../setup/databases.ts';

const minuteMs = 60_000;
const startMs = Date.parse('2026-11-22T12:00:00Z');

/** A process that counts, keeps its history in the database, and shares a wall clock. */
function createProcess(queries: Queries, name: string, wall: { ms: number }) {
  const cache = new EntryCache({ policies, clock: { now: () => wall.ms } });
  const history = new History(cache.intervals(), cache.intervals(), wall.ms);
  const failures: unknown[] = [];
  const log = { error: (details: object, message: string) => failures.push([message, details]) };
  const keeper = createHistoryKeeper({ queries, history, processId: name, log, now: () => wall.ms });
  const bypasses = () =>
    history.read({ step: 'MINUTE', rangeMs: 5 * minuteMs, nowMs: wall.ms }).column('POSTS', 'bypasses');
  const count = (times: number) => {
    for (let n = 0; n < times; n++) cache.countBypass('POSTS');
  };
  return { history, keeper, bypasses, count, failures };
}

describe.each(engines)('the minutes of a history, on %s', (engine) => {
  it('are there after a restart, those of all processes added up, each once', async () => {
    const { queries } = await createTestDatabase(engine);
    const wall = { ms: startMs };
    const [first, second] = [createProcess(queries, 'first', wall), createProcess(queries, 'second', wall)];
    await Promise.all([first.keeper.tick(), second.keeper.tick()]);
    first.count(3);
    second.count(4);
    wall.ms += minuteMs;
    for (const { history } of [first, second]) history.recordSecond(wall.ms);
    for (const { keeper } of [first, second, first, second, first]) await keeper.tick();
    expect([first.bypasses(), second.bypasses()]).toEqual([
      [null, null, null, null, 7],
      [null, null, null, null, 7],
    ]);

    first.count(5);
    wall.ms += 20_000;
    await first.keeper.stop(); // within a minute
    wall.ms += 2 * minuteMs;
    const third = createProcess(queries, 'third', wall);
    await third.keeper.tick();
    expect(third.bypasses()).toEqual([null, null, 7, 5, null]);

    wall.ms = startMs + 1_441 * minuteMs;
    await third.keeper.tick();
    const rows = await queries.selectFrom('cacheHistory').select('processId').execute();
    expect(rows).toEqual([{ processId: 'first' }]); // the minute that began within the last day
    expect([first, second, third].flatMap(({ failures }) => failures)).toEqual([]);
  });
});

describe('a ring of intervals', () => {
  const read = (ring: HistoryRing, last: number) => ring.read('A', 'hits', { last, count: 4 });

  it('adds counts of an interval that is recorded twice, and takes the later level and the longer time', () => {
    const ring = new HistoryRing(4, ['A']);
    ring.record(7, new Map([['A', { hits: 1, entries: 5, missP50Ms: 3 }]]));
    ring.record(7, new Map([['A', { hits: 2, entries: 4, missP50Ms: 2 }]]));
    const one = { last: 7, count: 1 };
    const names = ['hits', 'entries', 'missP50Ms'] as const;
    expect(names.map((name) => ring.read('A', name, one))).toEqual([[3], [4], [3]]);
    ring.record(7, new Map([['A', { entries: 4 }]]), false);
    expect(ring.read('A', 'entries', one)).toEqual([8]);
  });

  it('has nothing of intervals in which nothing was recorded, nor of those that are too old', () => {
    const ring = new HistoryRing(4, ['A']);
    const record = (interval: number) => ring.record(interval, new Map([['A', { hits: interval }]]));
    for (const interval of [1, 2, 3, 4]) record(interval);
    record(7);
    record(2);
    expect(read(ring, 7)).toEqual([4, null, null, 7]);
    expect(read(ring, 9)).toEqual([null, 7, null, null]);
  });

  it('goes on from where a clock was set back to', () => {
    const ring = new HistoryRing(4, ['A']);
    const record = (interval: number) => ring.record(interval, new Map([['A', { hits: 1 }]]));
    for (const interval of [10, 11, 12]) record(interval);
    ring.removeAfter(10);
    expect(read(ring, 12)).toEqual([null, 1, null, null]);
    record(11);
    expect(read(ring, 12)).toEqual([null, 1, 1, null]);
  });
});

describe('a clock that is set back', () => {
  it('costs a history what it recorded under later times, and nothing else', () => {
    const wall = { ms: startMs };
    const cache = new EntryCache({ policies, clock: { now: () => wall.ms } });
    const history = new History(cache.intervals(), cache.intervals(), wall.ms);
    const second = (toMs: number) => {
      wall.ms = toMs;
      cache.countBypass('POSTS');
      history.recordSecond(toMs);
    };
    for (const seconds of [1, 2, 3, 4]) second(startMs + seconds * 1_000);
    second(startMs + 2_000);
    const { column } = history.read({ step: 'SECOND', rangeMs: 4_000, nowMs: startMs + 3_000 });
    expect(column('POSTS', 'bypasses')).toEqual([null, 1, 2, null]);
  });
});

describe('an update without subscribers', () => {
  it('is not made', () => {
    const updates = new StatisticsUpdates();
    let made = 0;
    const make = () => ({ made: ++made }) as never;
    updates.publish(make);
    const end = updates.listen(() => {});
    updates.listen(() => {})();
    updates.publish(make);
    end();
    updates.publish(make);
    expect(made).toBe(1);
  });
});
