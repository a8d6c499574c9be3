import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';

const root = resolve(import.meta.dirname, '../..');

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
type Answer = { data: any };

/** A new connection each time, so that any worker may get it. */
function ask(url: string, token: string, query: string): Promise<Answer> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolveAnswer, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolveAnswer(JSON.parse(text));
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

describe('two workers on one database', () => {
  let databaseUrl: string;

  beforeAll(async () => {
    databaseUrl = (await createTestDatabase('postgres')).url!;
  });

  it('agree: what one of them wrote and acknowledged, both of them read', async () => {
    const DATA_DIR = await createFolder();
    const environment = { DATABASE_URL: databaseUrl, DATA_DIR, WORKERS: '2', PORT: '0', DEMO: 'on', DEMO_LIVE: 'off' };
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      cwd: root,
      env: { PATH: process.env.PATH, LOG_LEVEL: 'error', WARM_UP: 'off', ...environment },
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
    const tokens: { role: string; token: string }[] = JSON.parse(
      readFileSync(join(DATA_DIR, 'demo-tokens.json'), 'utf8'),
    );
    const { token } = tokens.find(({ role }) => role === 'OWNER')!;
    const startedAt = '{ cacheStats { startedAt } }';
    const workers = new Set<string>();
    while (workers.size < 2) workers.add((await ask(url, token, startedAt)).data.cacheStats.startedAt);

    const { data } = await ask(url, token, '{ templates(first: 1) { nodes { id } } }');
    const { id } = data.templates.nodes[0];
    for (let round = 1; round <= 15; round++) {
      const title = `Title ${round}`;
      const write = `mutation { updateTemplate(input: { id: "${id}", title: "${title}" }) { template { title } } }`;
      expect(await ask(url, token, write)).toEqual({ data: { updateTemplate: { template: { title } } } });
      const reads = Array.from({ length: 6 }, () => ask(url, token, `{ template(id: "${id}") { title } }`));
      const titles = (await Promise.all(reads)).map((answer) => answer.data.template);
      expect(titles).toEqual(Array.from({ length: 6 }, () => ({ title })));
    }

    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });
});
