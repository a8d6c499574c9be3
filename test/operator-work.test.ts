import { EntryCache } from '@magpie/cache/entries';
import { describe, expect, it, onTestFinished } from 'vitest';
import { policies } from '../src/cache-policies.ts';
import { History } from '../src/operator/history.ts';
import type { Processes } from '../src/operator/processes.ts';
import { startOperatorWork } from '../src/operator-work.ts';
import { createTestDatabase } from './setup/databases.ts';
import { settle } from './setup/gates.ts';
import { ManualTime } from './setup/manual-time.ts';

/** The work of one process without others, whose engine counts what it is asked to do. */
async function start() {
  const { queries } = await createTestDatabase('postgres');
  const time = new ManualTime();
  const cache = new EntryCache({ policies });
  const done = { seconds: 0, saves: 0, refreshes: 0 };
  const logged: string[] = [];
  const processes = { identity: { id: 'this one' } } as Processes;
  const [history, ...more] = await startOperatorWork({
    engine: {
      history: new History(cache.intervals(), cache.intervals(), 0),
      processes,
      recordSecond: () => void done.seconds++,
      async saveExperiment() {
        if (++done.saves > 2) throw new Error('no database');
      },
      async refreshPolicies() {
        if (++done.refreshes > 1) throw new Error('no database');
      },
    },
    ...{ queries, isAlone: true, time: { now: () => time.clock.now() + 250, after: time.after.bind(time) } },
    log: { error: (_, message) => void logged.push(message), warn: () => {}, info: () => {} },
  });
  onTestFinished(() => history!.stop());
  return { time, done, logged, work: [history!, ...more] };
}

describe('the work of the operator’s view', () => {
  it('records each second of the wall clock and saves what experiments found, also after a failure', async () => {
    const { time, done, logged } = await start();
    time.pass(750);
    expect(done).toEqual({ seconds: 0, saves: 0, refreshes: 1 });
    for (let seconds = 0; seconds < 3; seconds++) {
      time.pass(1); // the second is over
      expect(done.seconds).toBe(seconds + 1);
      time.pass(999);
    }
    expect(done.saves).toBe(3);
    await settle();
    expect(logged).toEqual(['cache: rounds of an experiment could not be saved']);
    time.pass(1_000);
    expect(done).toEqual({ seconds: 4, saves: 4, refreshes: 1 });
  });

  it('follows the policies at the start and each half minute, also after a failure', async () => {
    const { time, done, logged } = await start();
    expect(done.refreshes).toBe(1);
    for (let times = 1; times <= 2; times++) {
      time.pass(30_000);
      await settle();
      expect(done.refreshes).toBe(1 + times);
    }
    expect(logged.filter((line) => line.includes('policies'))).toHaveLength(2);
  });

  it('ends when it is stopped', async () => {
    const { time, work } = await start();
    expect(time.alarms).toBe(2);
    await Promise.all(work.map((one) => one.stop()));
    expect(time.alarms).toBe(0);
  });
});
