import { describe, expect, it, onTestFinished } from 'vitest';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { freePort } from '../setup/postgres-server.ts';
import { startProgram } from '../setup/program.ts';
import { ask, ownerToken, startHost } from './host.ts';

const serves = { msg: 'a worker serves' };
const isReplaced = { msg: 'a worker ended and is replaced' };

/** Two workers that serve, and a database that the test can take away. */
async function start() {
  const proxy = await startDatabaseProxy((await createTestDatabase('postgres')).url!);
  const PORT = String(await freePort()); // any one would be another when all workers have ended
  const host = await startHost({ DATABASE_URL: proxy.url, PORT, WORKERS: '2', DEMO: 'on', LOG_LEVEL: 'info' });
  const [first, other] = await host.logs(2, serves);
  const readiness = async () => (await (await fetch(`${host.url}/readyz`)).text()).trim().split('\n');
  return { proxy, host, first: first!.pid, other: other!.pid, readiness };
}

/** A subscription over a connection of its own, from its first byte on: resolves with all that it told, when it was cut short. */
async function subscribe({ url }: { url: string }, token: string): Promise<{ told: Promise<string> }> {
  const response = await fetch(`${url}/graphql?query=subscription{cacheInvalidated{typeNames}}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
  });
  const parts = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  await parts.next();
  const tell = async (told = ''): Promise<string> => {
    const part = await parts.next().catch(() => 'cut short' as const);
    if (part === 'cut short') return told;
    return part.done ? `${told}, and came to its end` : await tell(told + part.value);
  };
  return { told: tell() };
}

const noBackground = expect.stringMatching(/^background work does not run/);

describe('a supervisor', { timeout: 180_000 }, () => {
  it('replaces the first worker until one serves again, and meanwhile says that background work does not run', async () => {
    const { proxy, host, first, readiness } = await start();
    expect(await readiness()).toEqual(['ready']);
    proxy.cut();
    process.kill(first, 'SIGKILL');
    await host.logs(3, { ...isReplaced, role: 'first' });
    expect(await readiness()).toEqual(['the database does not answer', noBackground]);
    proxy.resume();
    await host.logs(2, { ...serves, role: 'first' });
    while ((await readiness()).length > 1);
    expect(await readiness()).toEqual(['ready']);
  });

  it('tells those who subscribed at a worker that it may have missed the last words of one that died', async () => {
    const { host, other } = await start();
    const token = ownerToken(host);
    const streams = await Promise.all(Array.from({ length: 8 }, () => subscribe(host, token)));
    process.kill(other, 'SIGKILL');
    const told = await Promise.all(streams.map((stream) => stream.told));
    expect(told.every((text) => !text.includes('end'))).toBe(true);
    expect(told.some((text) => text.includes('"code":"EVENTS_MISSED"'))).toBe(true);
  });

  it('comes back when all of its workers have ended and none can start', async () => {
    const { proxy, host, first, other } = await start();
    const token = ownerToken(host);
    proxy.cut();
    for (const pid of [first, other]) process.kill(pid, 'SIGKILL');
    await host.logs(2, { ...isReplaced, role: 'first' });
    await host.logs(2, { ...isReplaced, role: 'other' });
    proxy.resume();
    await host.logs(4, serves);
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
    expect(said.err).toContain('magpie cannot start: the first worker ended before it served');
  });
});
