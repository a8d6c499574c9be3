import { EntryCache } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import { json, type Queries } from '../../src/database/database.ts';
import { StatisticsUpdates } from '../../src/graphql/history-resolvers.ts';
import type { ColumnName } from '../../src/operator/columns.ts';
import { History } from '../../src/operator/history.ts';
import { createHistoryKeeper } from '../../src/operator/history-keeper.ts';
import { HistoryRing } from '../../src/operator/history-ring.ts';
import { createTestDatabase, type EngineName, engines } from '../setup/databases.ts';

const minuteMs = 60_000;
const startMs = Date.parse('2026-11-22T12:00:00Z');

/** A process that counts, keeps its history in the database, and shares a wall clock. */
function createProcess(queries: Queries, name: string, wall: { ms: number }) {
  const cache = new EntryCache({ policies, clock: { now: () => wall.ms } });
  const history = new History(cache.intervals(), cache.intervals(), wall.ms);
  const failures: unknown[] = [];
  const log = { error: (details: object, message: string) => failures.push([message, details]) };
  const keeper = createHistoryKeeper({ queries, history, processId: name, log, now: () => wall.ms });
  const minutes = (column: ColumnName) =>
    history.read({ step: 'MINUTE', rangeMs: 5 * minuteMs, nowMs: wall.ms }).column('POSTS', column);
  const seconds = (column: ColumnName, howMany: number) =>
    history.read({ step: 'SECOND', rangeMs: howMany * 1_000, nowMs: wall.ms }).column('POSTS', column);
  const bypasses = () => minutes('bypasses');
  const count = (times: number) => {
    for (let n = 0; n < times; n++) cache.countBypass('POSTS');
  };
  const keep = (key: string) => cache.fetch({ category: 'POSTS', key }, async () => key);
  return { history, keeper, minutes, seconds, bypasses, count, keep, failures };
}

/** The first process on a new database. */
async function startFirst(engine: EngineName) {
  const { queries } = await createTestDatabase(engine);
  const wall = { ms: startMs };
  const first = createProcess(queries, 'first', wall);
  await first.keeper.tick();
  return { queries, wall, first };
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
    expect(first.minutes('maxEntries').at(-1)).toBe(2 * policies.POSTS.maxEntries);

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

  it('of a restart have what both processes counted and what the later one holds, after another restart too', async () => {
    const { queries, wall, first } = await startFirst(engine);
    first.count(7);
    await Promise.all([first.keep('a'), first.keep('b')]);
    wall.ms += 20_000;
    await first.keeper.stop();
    wall.ms += 5_000;
    const second = createProcess(queries, 'second', wall);
    await second.keeper.tick(); // within the minute
    second.count(3);
    await second.keep('a');
    wall.ms = startMs + minuteMs;
    second.history.recordSecond(wall.ms);
    await second.keeper.tick();
    const third = createProcess(queries, 'third', wall);
    await third.keeper.tick();
    for (const { minutes } of [second, third])
      expect([minutes('bypasses').at(-1), minutes('entries').at(-1)]).toEqual([10, 1]);
  });

  it('fill the seconds before a restart, evenly, so that all that was counted is there at once', async () => {
    const { queries, wall, first } = await startFirst(engine);
    first.count(90);
    wall.ms += minuteMs;
    first.history.recordSecond(wall.ms);
    first.count(7);
    await first.keep('a');
    wall.ms += 4_000;
    await first.keeper.stop();
    const second = createProcess(queries, 'second', wall);
    await second.keeper.tick();
    second.count(5);
    wall.ms += 1_000;
    second.history.recordSecond(wall.ms);
    await second.keeper.tick();
    expect(second.seconds('bypasses', 66)).toEqual([null, ...Array(30).fill([1, 2]).flat(), 1, 2, 2, 2, 5]);
    expect(second.seconds('maxEntries', 6)).toEqual([
      policies.POSTS.maxEntries,
      null,
      null,
      null,
      null,
      policies.POSTS.maxEntries,
    ]);
  });

  it('of a process whose clock is fast are added when they are over here', async () => {
    const { queries } = await createTestDatabase(engine);
    const [wall, fast] = [{ ms: startMs + 30_000 }, { ms: startMs }];
    const [here, there] = [createProcess(queries, 'here', wall), createProcess(queries, 'there', fast)];
    there.count(4);
    fast.ms += minuteMs;
    there.history.recordSecond(fast.ms);
    await there.keeper.tick();
    await here.keeper.tick();
    expect(here.bypasses().at(-1)).toBe(null);
    wall.ms = startMs + minuteMs;
    await here.keeper.tick();
    expect(here.bypasses().at(-1)).toBe(4);
  });

  it('of a day are all there after a restart, however many processes saved them', async () => {
    const { queries } = await createTestDatabase(engine);
    const rows = Array.from({ length: 1_500 }, (_, n) => ({
      ...{ processId: `other ${n % 3}`, figures: json({ POSTS: { bypasses: 1 } }) },
      minute: new Date(startMs - minuteMs * (1 + Math.floor(n / 3))).toISOString(),
    }));
    await queries.insertInto('cacheHistory').values(rows).execute();
    const { history, keeper } = createProcess(queries, 'this', { ms: startMs });
    await keeper.tick();
    const day = history.read({ step: 'MINUTE', rangeMs: 1_440 * minuteMs, nowMs: startMs }).column('POSTS', 'bypasses');
    expect(day).toEqual([...Array(940).fill(null), ...Array(500).fill(3)]);
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

describe('a second that lasted longer than one', () => {
  it('is spread over those that it lasted, so that a rate is not higher than it was', () => {
    const wall = { ms: startMs };
    const cache = new EntryCache({ policies, clock: { now: () => wall.ms } });
    const history = new History(cache.intervals(), cache.intervals(), wall.ms);
    const pass = (ms: number, lookups: number) => {
      for (let n = 0; n < lookups; n++) cache.countBypass('POSTS');
      wall.ms += ms;
      history.recordSecond(wall.ms);
    };
    pass(1_000, 4);
    pass(3_000, 10);
    const { column } = history.read({ step: 'SECOND', rangeMs: 5_000, nowMs: wall.ms });
    expect(column('POSTS', 'bypasses')).toEqual([null, 4, 3, 3, 4]);
    expect(column('POSTS', 'maxEntries')).toEqual([null, ...Array(4).fill(policies.POSTS.maxEntries)]);
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
