import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDataDir, createTestDatabase } from './setup/databases.ts';
import { type Program, printedLink, startAsNpm, startProgram } from './setup/program.ts';

function start(environment: Record<string, string>): Program {
  return endedInTime(startProgram(environment));
}

function endedInTime(program: Program): Program {
  onTestFinished(() => void program.child.kill('SIGKILL'));
  return program;
}

async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'magpie-main-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function ask(url: string, { token, query }: { token: string; query: string }) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: unknown };
}

describe('the server', { timeout: 180_000 }, () => {
  it('prints links that work, stops when told to, and comes back with what it had', async () => {
    const DATA_DIR = await makeDataDir();
    const first = start({ DATA_DIR });
    const [, url = '', token = ''] = await first.prints(printedLink);
    const created = await ask(url, {
      token,
      query: 'mutation { createTemplate(input: { title: "Kept", body: "x" }) { userErrors { message } } }',
    });
    expect(created).toEqual({ data: { createTemplate: { userErrors: [] } } });

    const figures = await (await fetch(`${url}/metrics`)).text();
    expect(figures).toContain('magpie_cache_max_entries{category="TEMPLATES"} 50');

    const intruder = start({ DATA_DIR });
    expect(await intruder.ended).toBe(1);
    expect(intruder.said.err).toMatch(/^magpie cannot start: .*DATA_DIR/);

    // Twice, as Ctrl-C comes from the terminal and from npm.
    first.child.kill('SIGINT');
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.said.out).toContain('magpie: stopped');
    expect(first.said.err).not.toContain(token);

    const second = endedInTime(startAsNpm({ DATA_DIR }));
    const [, againUrl = '', againToken = ''] = await second.prints(printedLink);
    expect(againToken).toBe(token);
    expect(await ask(againUrl, { token, query: '{ templates(first: 1) { nodes { title } } }' })).toEqual({
      data: { templates: { nodes: [{ title: 'Kept' }] } },
    });
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  it('shuts down cleanly whatever its connections wait for', async () => {
    const DATA_DIR = await createDataDir();
    const { prints, child, ended, said } = start({ DATA_DIR, DEMO: 'off', DRAIN_SECONDS: '1' });
    const [, url = ''] = await prints(/listens on (http:\S+)/);
    for (const sent of [
      '',
      'POST /graphql HTTP/1.1\r\nhost: x\r\n',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ]) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(sent);
    }
    await fetch(`${url}/healthz`); // what was sent before has been read
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said.out).toContain('magpie: stopped');
    expect(await readdir(DATA_DIR)).not.toContain('lock');
  });

  it('says everything that is wrong with its configuration, a line each, and ends with 1', async () => {
    const { said, ended } = start({ PORT: 'x', CACHE_POSTS_TTL: '1' });
    expect(await ended).toBe(1);
    expect(said.err.trim().split('\n')).toEqual([
      expect.stringMatching(/^magpie cannot start: PORT: expected a whole number/),
      expect.stringMatching(/^magpie cannot start: CACHE_POSTS_TTL: expected a name such as CACHE_POSTS_TTL_SECONDS/),
    ]);
  });

  it.each([
    ['1', []],
    ['2', ['magpie cannot start: the first worker ended before it was ready']],
  ])('says which variable has the database that cannot be reached, with %s workers', async (WORKERS, further) => {
    const { said, ended } = start({ DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/magpie', WORKERS });
    expect(await ended).toBe(1);
    const why = 'could not connect to the database: connect ECONNREFUSED 127.0.0.1:1';
    expect(said.err.trim().split('\n')).toEqual([`magpie cannot start: DATABASE_URL 127.0.0.1:1: ${why}`, ...further]);
  });

  it('says in one line that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const database = await createTestDatabase('postgres');
    const { said, ended } = start({ DATABASE_URL: database.url!, DEMO: 'off', PORT: String(port) });
    expect(await ended).toBe(1);
    expect(said.err).toMatch(new RegExp(`^magpie cannot start: PORT ${port} of 127.0.0.1 is in use: .*\n$`));
  });
});
