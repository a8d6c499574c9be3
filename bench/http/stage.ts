import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase, type Queries } from '../../src/database/database.ts';
import { openDemo } from '../../src/demo.ts';
import { createBuiltInProvider } from '../../src/domains/ai/built-in-provider.ts';
import { registerModels } from '../../src/domains/ai/repository.ts';
import { createDiskMediaStore } from '../../src/domains/media/disk-store.ts';
import { startPostgresServer } from '../../test/setup/postgres-server.ts';

/** What all contenders are asked about: copies of one seeded database, of which nobody else writes to theirs. */
export interface Stage {
  /** A folder for the run, with the demo's tokens and files, which goes with it. */
  readonly folder: string;
  /** The first is what most questions are about. */
  readonly workspaces: readonly StageWorkspace[];
  /** Makes a copy and resolves with its address. */
  copyDatabase(name: string): Promise<string>;
  close(): Promise<void>;
}

/** A workspace of the demo; ids newest first. */
export interface StageWorkspace {
  /** Of its owner. */
  readonly token: string;
  readonly ids: Readonly<Record<(typeof kinds)[number], readonly string[]>>;
}

const kinds = ['accounts', 'templates', 'posts', 'conversations', 'campaigns', 'mediaAssets', 'aiGenerations'] as const;

/** Ids of the posts that the harness adds for `zipf`, older than all of the demo's. */
export const zipfIds = Array.from({ length: 1_000 }, (_, index) => `post_bench${String(index).padStart(16, '0')}`);

const template = 'bench_template';

export async function openStage(progress: (message: string) => void): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-bench-'));
  progress('starting PostgreSQL');
  const server = await startPostgresServer();
  const close = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await atServer(server.url, `create database ${template}`);
    const workspaces = await fill(addressOf(server.url, template), { folder, progress });
    return {
      folder,
      workspaces,
      async copyDatabase(name) {
        await atServer(server.url, `create database ${name} template ${template}`);
        return addressOf(server.url, name);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Fills a new database with the demo's workspaces. */
export async function fill(
  url: string,
  { folder, progress }: { folder: string; progress: (message: string) => void },
): Promise<StageWorkspace[]> {
  const { queries, close } = await openDatabase({ url });
  try {
    const media = createDiskMediaStore(join(folder, 'media'));
    await registerModels(queries, createBuiltInProvider());
    const tokens = await openDemo({ queries, media, dataDir: folder, seed: 1, progress });
    const owners = tokens.filter(({ role }) => role === 'OWNER');
    const workspaces = await Promise.all(
      owners.map(async ({ workspace, token }) => ({ token, ids: await idsOf(queries, workspace.id) })),
    );
    await addPosts(queries, owners[0]!.workspace.id);
    await holdStill(queries);
    return workspaces;
  } finally {
    await close();
  }
}

async function idsOf(queries: Queries, workspaceId: string): Promise<StageWorkspace['ids']> {
  const ids = kinds.map(async (kind) => {
    const rows = queries.selectFrom(kind).select('id').where('workspaceId', '=', workspaceId).orderBy('id', 'desc');
    return [kind, (await rows.execute()).map(({ id }) => id)];
  });
  return Object.fromEntries(await Promise.all(ids));
}

async function addPosts(queries: Queries, workspaceId: string): Promise<void> {
  const { userId } = await queries
    .selectFrom('memberships')
    .select('userId')
    .where('workspaceId', '=', workspaceId)
    .orderBy('userId')
    .executeTakeFirstOrThrow();
  const createdAt = '2020-01-01T00:00:00.000Z';
  const rows = zipfIds.map((id, index) => ({
    ...{ id, workspaceId, authorId: userId, status: 'DRAFT' as const, createdAt, updatedAt: createdAt },
    text: `Draft ${index} of many that wait for their day: a line or two on slow mornings, good bread, and the view from the window.`,
  }));
  await queries.insertInto('posts').values(rows).execute();
}

/** Nothing in the demo may fall due while it is measured: background work would change what is asked about. */
async function holdStill(queries: Queries): Promise<void> {
  const soon = new Date(Date.now() + 6 * 3_600_000).toISOString();
  const later = new Date(Date.now() + 5 * 86_400_000).toISOString();
  await queries
    .updateTable('posts')
    .set({ scheduledAt: later })
    .where('scheduledAt', '<', soon)
    .where('publishedAt', 'is', null)
    .execute();
  await queries.updateTable('conversations').set({ snoozedUntil: later }).where('snoozedUntil', '<', soon).execute();
}

async function atServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function addressOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
