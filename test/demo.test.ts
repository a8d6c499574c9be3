import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../src/database/database.ts';
import { demoTokensFile, openDemo } from '../src/demo.ts';
import type { DemoToken } from '../src/domains/demo/seed.ts';
import { createDiskMediaStore } from '../src/domains/media/disk-store.ts';
import { findViewer } from '../src/domains/viewer/credentials.ts';
import { createTestDatabase } from './setup/databases.ts';

let dataDir: string;
let database: Database;
let tokens: readonly DemoToken[];

const open = () =>
  openDemo({ queries: database.queries, dataDir, media: createDiskMediaStore(join(dataDir, 'media')), seed: 1 });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'magpie-demo-'));
  database = await createTestDatabase('postgres');
  // What a start leaves that dies between writing the tokens and its commit.
  await writeFile(join(dataDir, demoTokensFile), '[{"token":"of a demo that never was"}]');
  await writeFile(join(dataDir, `${demoTokensFile}.draft`), 'half a fi');
  tokens = await open();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('the first start of a demo', () => {
  it('gives a token that works for each role of each of three workspaces', async () => {
    expect(new Set(tokens.map(({ workspace }) => workspace.id)).size).toBe(3);
    for (const role of ['OWNER', 'EDITOR', 'READER'])
      expect(tokens.filter((token) => token.role === role)).toHaveLength(3);
    for (const { token, role, workspace } of tokens)
      expect(await findViewer(database.queries, token, new Date())).toMatchObject({ role, workspaceId: workspace.id });
  });

  it('keeps them for the owner of the files alone, in place of those of a start that died', async () => {
    const file = join(dataDir, demoTokensFile);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(tokens);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is followed by others that give the same tokens and seed nothing', async () => {
    expect(await open()).toEqual(tokens);
    expect(await database.queries.selectFrom('workspaces').select('id').execute()).toHaveLength(3);
  });

  it('is followed by others without tokens once their file is removed', async () => {
    await rm(join(dataDir, demoTokensFile));
    expect(await open()).toEqual([]);
  });
});
