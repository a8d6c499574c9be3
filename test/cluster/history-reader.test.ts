import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppliedLog } from '../../src/cluster/applied-log.ts';
import { HistoryReader } from '../../src/cluster/history-reader.ts';
import type { MemberConnection } from '../../src/cluster/member-connection.ts';
import { noMemory } from '../../src/cluster/member-options.ts';
import { ManualTime } from '../setup/manual-time.ts';

const older = [{ rows: [], prunedBelow: 0 }];
const page = [{ rows: [], snapshot: '20:20:', isPruned: false }];

/** A history reader whose queries are answered by the test. */
function start() {
  const log = new AppliedLog({ tagsVersion: 'v', memory: noMemory, tagsOf: ({ tags }) => tags });
  log.restart({ rows: [], snapshot: '10:10:', isPruned: null }, log.reader);
  const queries: { resolve(rows: unknown[]): void; reject(error: Error): void }[] = [];
  const query = () => new Promise((resolve, reject) => queries.push({ resolve, reject }));
  const connection = { query } as unknown as MemberConnection;
  const time = new ManualTime();
  const timer = { now: () => time.clock.now(), after: time.after.bind(time) };
  const historyReader = new HistoryReader({ time: timer, log: () => log, connection: () => connection });
  return { log, queries, connection, time, historyReader };
}

describe('a reading of the time before', () => {
  it('is tried again with the next beats when it fails, and not once it has succeeded', async () => {
    const { log, queries, connection, historyReader } = start();
    const first = historyReader.readBack(connection);
    queries[0]!.reject(new Error('lost'));
    await first;
    expect(log.history.reaches(5, [])).toBe(false);
    const second = historyReader.retry(connection);
    queries[1]!.resolve(older);
    await second;
    expect(log.history.reaches(5, [])).toBe(true);
    await historyReader.retry(connection);
    expect(queries).toHaveLength(2);
  });

  it('is not tried again for a history that was cleared since: what cleared it may not be in the log', async () => {
    const { log, queries, connection, historyReader } = start();
    const first = historyReader.readBack(connection);
    queries[0]!.reject(new Error('lost'));
    await first;
    log.history.clear();
    await historyReader.retry(connection);
    expect(queries).toHaveLength(1);
  });
});

describe('a look at the log', () => {
  it('is one at a time, and follows once more on one that was asked for meanwhile', async () => {
    const { log, queries, time, historyReader } = start();
    historyReader.soon();
    time.pass(20);
    historyReader.soon();
    historyReader.soon();
    time.pass(1_000);
    expect(queries).toHaveLength(1);
    queries[0]!.resolve(page);
    await turn();
    expect(log.reader.since).toBe('20:20:');
    time.pass(20);
    expect(queries).toHaveLength(2);
    queries[1]!.resolve(page);
    await turn();
    time.pass(1_000);
    expect(queries).toHaveLength(2);
  });
});
