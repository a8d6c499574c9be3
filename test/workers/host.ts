import { Agent, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Queries } from '../../src/database/database.ts';
import { issueSession } from '../../src/domains/viewer/credentials.ts';
import { createTestWorkspace } from '../domains/api.ts';
import { createTestDatabase } from '../setup/databases.ts';
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

export interface WorkspaceDatabase {
  readonly url: string;
  /** Of the owner of its one workspace. */
  readonly token: string;
}

/** A database on the server with one workspace, which needs no demo. */
export async function createWorkspaceDatabase(): Promise<WorkspaceDatabase> {
  const { queries, url } = await createTestDatabase('postgres');
  return { url: url!, token: await createOwner(queries) };
}

/** Makes a workspace, and returns the token of its owner. */
export async function createOwner(queries: Queries): Promise<string> {
  const { id: workspaceId, userId } = await createTestWorkspace(queries);
  const { sessions: limits } = readConfig({}).productLimits;
  const { token } = await issueSession(queries, { workspaceId, userId, name: 'test', limits, now: new Date() });
  return token;
}

export interface Answer {
  readonly isHit: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly data: any;
}

/** Over a new connection each time, so that any worker may get it. */
export function ask({ url }: Pick<Host, 'url'>, token: string, query: string): Promise<Answer> {
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
