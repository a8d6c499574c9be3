import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createFolder } from '../setup/folders.ts';
import { type Program, startProgram } from '../setup/program.ts';

export interface Host extends Pick<Program, 'child' | 'logs'> {
  readonly url: string;
  readonly dataDir: string;
}

/** `npm start`, as on a machine of its own (but for a DATA_DIR that is given); resolves when it listens. */
export async function startHost(environment: Record<string, string>): Promise<Host> {
  const dataDir = environment.DATA_DIR ?? (await createFolder());
  const program = startProgram({ LOG_LEVEL: 'error', WARM_UP: 'off', ...environment, DATA_DIR: dataDir });
  onTestFinished(() => void program.child.kill('SIGKILL'));
  const [, url] = await program.prints(/listens on (http:\S+)/);
  return { url: url!, dataDir, child: program.child, logs: program.logs };
}

/** The token of an owner of the first demo workspace, on a host that has seeded the demo. */
export function ownerToken({ dataDir }: Host): string {
  const tokens: { role: string; token: string }[] = JSON.parse(readFileSync(join(dataDir, 'demo-tokens.json'), 'utf8'));
  return tokens.find(({ role }) => role === 'OWNER')!.token;
}

export interface Answer {
  readonly isHit: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly data: any;
}

/** Over a new connection each time, so that any worker may get it. */
export function ask({ url }: Host, token: string, query: string): Promise<Answer> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((answer, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const isHit = String(response.headers['cache-status']).includes('; hit');
      answer({ ...JSON.parse(text), isHit });
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}
