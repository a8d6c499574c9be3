import { EntryCache } from '@magpie/cache/entries';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import { json, type Queries } from '../../src/database/database.ts';
import { History } from '../../src/operator/history.ts';
import { createProcessReporter } from '../../src/operator/process-reporter.ts';
import { Processes, type ProcessState } from '../../src/operator/processes.ts';
import { createTestDatabase, engines, type TestDatabase } from '../setup/databases.ts';

const startMs = Date.parse('2026-11-22T12:00:00Z');
const startedAt = new Date(startMs).toISOString();

/** A process that counts, and reports when it is told to. */
function createProcess(queries: Queries, pid: number, now = { ms: startMs }) {
  const cache = new EntryCache({ policies, clock: { now: () => now.ms } });
  const history = new History(cache.intervals(), cache.intervals(), now.ms);
  const told: { state: ProcessState } = { state: 'SERVING' };
  const processes = new Processes({
    identity: { id: `p${pid}`, host: 'nest', pid, version: '1.2.3', runsBackgroundWork: pid === 1, startedAt },
    ...{ cache, history, stateOf: () => told.state, wallNow: () => new Date(now.ms) },
  });
  const failures: string[] = [];
  const log = { error: (_: object, message: string) => failures.push(message) };
  const reporter = createProcessReporter({ queries, processes, log, pollMs: 1 });
  const read = async (...keys: string[]) => {
    for (const key of keys) await cache.read({ category: 'POSTS', key, coordinate: 'Query.posts' }, () => key);
  };
  return { cache, history, processes, reporter, failures, told, read, now };
}

const age = (queries: Queries, id: string, seconds: number) =>
  queries
    .updateTable('cacheProcesses')
    .set({ at: sql`clock_timestamp() - ${seconds} * interval '1 second'` })
    .where('id', '=', id)
    .execute();

const ids = async (queries: Queries) =>
  (await queries.selectFrom('cacheProcesses').select('id').orderBy('id').execute()).map(({ id }) => id);

describe('a report', () => {
  it('has a bounded size, however many fields and times there are', async () => {
    const { cache, processes, now } = createProcess({} as Queries, 1);
    for (let n = 0; n < 3_000; n++) {
      now.ms += 1.01 ** (n / 2);
      const category = (['POSTS', 'MEDIA', 'INBOX'] as const)[n % 3]!;
      const request = { category, key: `${n}`, coordinate: `Query.field${n % 1_000}` };
      await cache.read(request, async () => {
        now.ms += n;
      });
    }
    const { length } = JSON.stringify(processes.report());
    expect([length > 1_000, length < 201_000]).toEqual([true, true]);
  });
});

describe.each(engines)('the processes of a database, on %s', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(engine);
  });
  const open = async () => {
    const { queries } = database;
    await queries.deleteFrom('cacheProcesses').execute();
    return { queries, one: createProcess(queries, 1), two: createProcess(queries, 2) };
  };

  it('are listed with what each has counted: this one as it is, the others as they reported', async () => {
    const { queries, one, two } = await open();
    await one.read('a', 'a', 'b');
    await two.read('a');
    for (const { reporter } of [one, two]) await reporter.tick();
    await one.read('c');
    two.now.ms += 1_000;
    two.history.recordSecond(two.now.ms);
    await two.read('a');

    const [first, second, ...rest] = await two.processes.list(queries);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      ...{ id: 'p1', host: 'nest', pid: 1, version: '1.2.3', runsBackgroundWork: true, isThis: false, startedAt },
      ...{ state: 'SERVING', lookups: 3, hits: 1, misses: 2, loads: 2, entries: 2 },
    });
    expect([first!.silentMs >= 0, first!.silentMs < 15_000]).toEqual([true, true]);
    const limits = Object.values(policies).reduce((sum, { maxEntries }) => sum + maxEntries, 0);
    expect(second).toMatchObject({
      ...{ id: 'p2', runsBackgroundWork: false, isThis: true, silentMs: 0, reportedAt: '2026-11-22T12:00:01.000Z' },
      ...{ lookups: 2, hits: 1, misses: 1, entries: 1, maxEntries: limits, lookupsPerSecond: 1 },
    });
  });

  it('are added up, but for those that are silent or whose report is of another format', async () => {
    const { queries, one, two } = await open();
    const three = createProcess(queries, 3);
    for (const { read, reporter } of [one, two, three]) {
      await read('a', 'a');
      await reporter.tick();
    }
    const lookups = async () => {
      const others = await one.processes.others(queries);
      return one.cache.snapshot(
        undefined,
        others.flatMap(({ categories }) => categories),
      ).total.lookups;
    };
    expect(await lookups()).toBe(6);
    await age(queries, 'p2', 16);
    expect(await lookups()).toBe(4);
    await queries
      .updateTable('cacheProcesses')
      .set({ report: json({ format: 2 }) })
      .where('id', '=', 'p3')
      .execute();
    expect(await lookups()).toBe(2);
  });

  it('are silent after 15 seconds without a report, and gone after a minute, by the clock of the database', async () => {
    const { queries, one, two } = await open();
    for (const { reporter } of [one, two]) await reporter.tick();
    const stateOfTwo = async () => (await one.processes.list(queries)).find(({ id }) => id === 'p2')?.state;
    await age(queries, 'p2', 5);
    expect(await stateOfTwo()).toBe('SERVING');
    await age(queries, 'p2', 16);
    expect(await stateOfTwo()).toBe('SILENT');
    await one.reporter.tick();
    expect(await ids(queries)).toEqual(['p1', 'p2']);
    await age(queries, 'p2', 61);
    await one.reporter.tick();
    expect(await ids(queries)).toEqual(['p1']);
    await two.reporter.tick(); // it only hung
    expect(await stateOfTwo()).toBe('SERVING');
  });

  it('are listed until they stop', async () => {
    const { queries, one, two } = await open();
    for (const { reporter } of [one, two]) await reporter.tick();
    await one.reporter.stop();
    expect(await ids(queries)).toEqual(['p2']);
  });

  it('tell their state, also to a version that knows other ones', async () => {
    const { queries, one, two } = await open();
    two.told.state = 'CUT_OFF';
    await two.reporter.tick();
    const shown = async () => (await one.processes.list(queries)).find(({ id }) => id === 'p2');
    expect((await shown())!.state).toBe('CUT_OFF');
    await queries
      .updateTable('cacheProcesses')
      .set({ state: 'DREAMING', figures: json({ hits: 'many' }) })
      .execute();
    expect(await shown()).toMatchObject({ state: 'UNCACHED', hits: 0, lookups: 0 });
  });
});
