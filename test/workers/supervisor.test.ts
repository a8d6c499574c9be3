import { describe, expect, it, onTestFinished } from 'vitest';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { freePort } from '../setup/postgres-server.ts';
import { startProgram } from '../setup/program.ts';
import { ask, createWorkspaceDatabase, startHost } from './host.ts';

const serves = { msg: 'a worker is ready' };
const isReplaced = { msg: 'a worker ended and is replaced' };

/** Two workers that serve, and a database that the test can take away. */
async function start() {
  const { url, token } = await createWorkspaceDatabase();
  const proxy = await startDatabaseProxy(url);
  const PORT = String(await freePort()); // any one would be another when all workers have ended
  const host = await startHost({ DATABASE_URL: proxy.url, PORT, WORKERS: '2', LOG_LEVEL: 'info' });
  const [first, other] = await host.logs(2, serves);
  const readiness = async () => (await (await fetch(`${host.url}/readyz`)).text()).trim().split('\n');
  /** By worker the moment of its start, as one of them tells it, and how many there should be. */
  const scrape = async () => {
    const text = await (await fetch(`${host.url}/metrics`)).text();
    const starts = text.matchAll(/^process_start_time_seconds\{worker="(\d+)"\} (\S+)$/gm);
    const [workers, answered] = ['magpie_workers', 'magpie_workers_answered'].map(
      (name) => new RegExp(`^${name} (\\d+)$`, 'm').exec(text)![1],
    );
    return { starts: new Map([...starts].map(([, worker, at]) => [worker, at])), workers, answered };
  };
  return { proxy, host, token, first: first!.pid, other: other!.pid, readiness, scrape };
}

const noBackground = expect.stringMatching(/^background work does not run/);

describe('a supervisor', { timeout: 180_000 }, () => {
  // One sequence, as each start of a worker takes seconds.
  it('replaces one worker or all until they serve again, and meanwhile says what does not run', async () => {
    const { proxy, host, token, first, other, readiness, scrape } = await start();
    expect(await readiness()).toEqual(['ready']);
    const { starts, ...both } = await scrape();
    expect([[...starts.keys()], both]).toEqual([['1', '2'], { workers: '2', answered: '2' }]);

    proxy.cut();
    process.kill(first, 'SIGKILL');
    await host.logs(2, { ...isReplaced, role: 'first' });
    expect(await readiness()).toEqual(['the database does not respond', noBackground]);
    expect(await scrape()).toEqual({ starts: new Map([['2', starts.get('2')]]), workers: '2', answered: '1' });

    process.kill(other, 'SIGKILL'); // none is left, and none can start
    await host.logs(2, { ...isReplaced, role: 'other' });
    proxy.resume();
    await host.logs(4, serves);
    while ((await readiness()).length > 1);
    expect(await readiness()).toEqual(['ready']);
    const replaced = await scrape();
    expect([...replaced.starts.keys()]).toEqual(['1', '2']);
    expect(Number(replaced.starts.get('1'))).toBeGreaterThan(Number(starts.get('1')));
    expect((await ask(host, token, '{ workspace { name } }')).data.workspace.name).toBeTypeOf('string');
  });

  it('ends with 1 when its very first worker cannot start', async () => {
    const DATABASE_URL = (await createTestDatabase('postgres')).url!;
    const environment = {
      DATABASE_URL,
      DATA_DIR: await createFolder(),
      WORKERS: '2',
      PERSISTED_OPERATIONS: '/nowhere',
    };
    const { child, said, ended } = startProgram(environment);
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await ended).toBe(1);
    expect(said.err).toContain('magpie cannot start: PERSISTED_OPERATIONS /nowhere: ENOENT');
    expect(said.err).toContain('magpie cannot start: the first worker ended before it was ready');
  });
});
