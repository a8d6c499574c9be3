import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';

const root = resolve(import.meta.dirname, '../..');

interface Host {
  readonly url: string;
  readonly dataDir: string;
  readonly child: ChildProcess;
}

/** `npm start`, as on a machine of its own. */
async function startHost(environment: Record<string, string>): Promise<Host> {
  const dataDir = await createFolder();
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: root,
    env: {
      ...{ PATH: process.env.PATH, LOG_LEVEL: 'error', WARM_UP: 'off', PORT: '0', DEMO_LIVE: 'off' },
      ...{ DATA_DIR: dataDir, ...environment },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  const url = await new Promise<string>((found, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const match = /listens on (http:\S+)/.exec(said);
      if (match) found(match[1]!);
    });
    child.once('exit', () => reject(new Error(`it ended before it listened:\n${said}`)));
  });
  return { url, dataDir, child };
}

interface Answer {
  readonly isHit: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly data: any;
}

/** A new connection each time, so that any worker may get it. */
function ask({ url }: Host, token: string, query: string): Promise<Answer> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((answer, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const isHit = String(response.headers['cache-status']).includes('; hit');
      answer({ isHit, data: JSON.parse(text).data });
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

describe('two hosts on one database', () => {
  it('agree, though one of them is several workers; the one that stays caches again', {
    timeout: 180_000,
  }, async () => {
    const DATABASE_URL = (await createTestDatabase('postgres')).url!;
    const group = await startHost({ DATABASE_URL, WORKERS: '2', DEMO: 'on' });
    const tokens: { role: string; token: string }[] = JSON.parse(
      readFileSync(join(group.dataDir, 'demo-tokens.json'), 'utf8'),
    );
    const { token } = tokens.find(({ role }) => role === 'OWNER')!;
    const { id } = (await ask(group, token, '{ templates(first: 1) { nodes { id } } }')).data.templates.nodes[0];
    const read = `{ template(id: "${id}") { title } }`;
    const write = (title: string) =>
      `mutation { updateTemplate(input: { id: "${id}", title: "${title}" }) { template { title } } }`;
    const reads = (host: Host) => Promise.all(Array.from({ length: 6 }, () => ask(host, token, read)));
    const untilHits = async (host: Host) => {
      while (!(await reads(host)).every(({ isHit }) => isHit));
    };
    await untilHits(group);

    const single = await startHost({ DATABASE_URL });
    for (let round = 1; round <= 10; round++) {
      const title = `Round ${round}`;
      const [writer, reader] = round % 2 ? [single, group] : [group, single];
      await ask(writer, token, write(title));
      const answers = [...(await reads(reader)), ...(await reads(writer))];
      expect(answers).toEqual(Array.from({ length: 12 }, () => ({ isHit: false, data: { template: { title } } })));
    }

    await ask(single, token, write('The last word'));
    single.child.kill('SIGKILL');
    await untilHits(group);
    expect((await reads(group)).map(({ data }) => data.template.title)).toEqual(Array(6).fill('The last word'));

    group.child.kill('SIGKILL'); // the primary, while its workers cache
    const successor = await startHost({ DATABASE_URL });
    await ask(successor, token, write('Of the successor'));
    await untilHits(successor);
    expect((await ask(successor, token, read)).data.template.title).toBe('Of the successor');

    const lateGroup = await startHost({ DATABASE_URL, WORKERS: '2' });
    for (const title of ['One', 'Two', 'Three']) {
      await ask(successor, token, write(title));
      const answers = [...(await reads(lateGroup)), ...(await reads(lateGroup))];
      expect(answers).toEqual(Array.from({ length: 12 }, () => ({ isHit: false, data: { template: { title } } })));
    }
    successor.child.kill('SIGTERM');
    expect((await once(successor.child, 'exit'))[0]).toBe(0);
  });
});
