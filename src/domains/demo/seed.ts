import type { Queries } from '../../database/database.ts';
import { transact } from '../../database/transaction.ts';
import type { WorkspaceRole } from '../../generated/schema.ts';
import type { MediaStore } from '../media/store.ts';
import { hashToken, newToken } from '../viewer/credentials.ts';
import { accountStatusShares } from './accounts.ts';
import { brandsFor } from './brands.ts';
import { insertAll } from './bulk-insert.ts';
import type { Model } from './generations.ts';
import { createPeople, teamsOf } from './people.ts';
import { createRandom, deal, type Random } from './random.ts';
import { iso, seededId, sizes } from './stage.ts';
import { type DemoWorkspace, makeWorkspace } from './workspace.ts';

/** The password of all users in the demo. */
export const demoPassword = 'magpie-demo';

/** A session of a real member. */
export interface DemoToken {
  readonly workspace: { readonly id: string; readonly name: string };
  readonly role: WorkspaceRole;
  readonly token: string;
}

export interface SeedOptions {
  /** The current time of the demo, to which all its dates are relative. */
  readonly now: Date;
  readonly media: Pick<MediaStore, 'put'>;
  /** Equal seeds and `now` give equal rows, except for the tokens. */
  readonly seed?: number;
  /** `demo`: three workspaces of 240 posts; `scale`: twenty of 500, with 1,000 users. */
  readonly size?: keyof typeof sizes;
  readonly progress?: (message: string) => void;
  /**
   * Awaited before the commit, so that it stores the tokens if and only if the demo is committed, unless the process dies in
   * between.
   */
  readonly beforeCommit?: (tokens: readonly DemoToken[]) => Promise<void>;
}

const filesAtOnce = 16;

/**
 * Fills a database with invented workspaces, in one transaction, and the media store with their files. Returns a token for each
 * role in each workspace; the tokens cannot be read again.
 */
export async function seedDemo(queries: Queries, options: SeedOptions): Promise<DemoToken[]> {
  const { now, media, seed = 1, size = 'demo', progress = () => {}, beforeCommit } = options;
  const random = createRandom(seed);
  progress(`creating ${sizes[size].workspaces} workspaces of ${sizes[size].posts} posts`);
  const { users, workspaces } = makeDemo(random, { nowMs: now.getTime(), size, model: await firstModel(queries) });

  const files = workspaces.flatMap((workspace) => workspace.files);
  progress(`storing ${files.length} media files`);
  await storeFiles(media, files);

  const sessions = workspaces.flatMap((workspace) => sessionsOf(workspace, { random, now }));
  const tokens = sessions.map(({ demoToken }) => demoToken);
  const rows = workspaces.flatMap((workspace) => workspace.rows);
  progress(`inserting ${rows.reduce((sum, { rows: { length } }) => sum + length, users.length)} rows`);
  await transact(queries, async (transaction) => {
    await insertAll(transaction, [{ table: 'users', rows: users }, ...rows]);
    await insertAll(transaction, [{ table: 'tokens', rows: sessions.map(({ row }) => row) }]);
    await beforeCommit?.(tokens);
  });
  return tokens;
}

function makeDemo(random: Random, { nowMs, size, model }: { nowMs: number; size: keyof typeof sizes; model: Model }) {
  const brands = brandsFor(sizes[size].workspaces);
  const teams = teamsOf(brands, sizes[size], random);
  const people = createPeople(random, nowMs);
  const accounts = brands.reduce((sum, { networks }) => sum + networks.length, 0);
  const accountStatuses = deal(random, accounts, accountStatusShares);
  const workspaces = brands.map((brand, index) =>
    makeWorkspace({
      ...{ brand, team: teams[index]!, people, size: sizes[size], nowMs, model },
      // Its own sequence, so that a change in one workspace does not change the others.
      random: createRandom(random.integer(0, 2 ** 32 - 1)),
      accountStatus: () => accountStatuses.pop()!,
    }),
  );
  return { users: people.rows, workspaces };
}

function firstModel(queries: Queries): Promise<Model> {
  return queries
    .selectFrom('aiModels')
    .select(['id', 'provider', 'inputUsdPerMillion', 'outputUsdPerMillion'])
    .orderBy('position')
    .orderBy('id')
    .executeTakeFirstOrThrow();
}

/** Stores the files before the rows, as files without rows are harmless. */
async function storeFiles(media: SeedOptions['media'], files: DemoWorkspace['files']): Promise<void> {
  const left = files.values();
  const storeNext = async () => {
    for (const { storageKey, bytes } of left) await media.put(storageKey, bytes);
  };
  await Promise.all(Array.from({ length: filesAtOnce }, storeNext));
}

const roles = ['OWNER', 'ADMIN', 'EDITOR', 'CONTRIBUTOR', 'READER'] as const;

/** One session for each role, of a member who sees all accounts. They do not expire, as they are shown only once. */
function sessionsOf({ id, name, memberships }: DemoWorkspace, { random, now }: { random: Random; now: Date }) {
  return roles.map((role) => {
    const member = memberships.find((membership) => membership.role === role && membership.accountIds === null);
    if (!member) throw new Error(`expected a member with the role ${role} in every team, but got none in ${name}`);
    const token = newToken();
    const row = {
      ...{ id: seededId(random, 'ApiToken', now.getTime()), workspaceId: id, kind: 'SESSION' as const },
      ...{ hash: hashToken(token), userId: member.userId, role: null, name: 'Demo' },
      ...{ createdAt: iso(now.getTime()), expiresAt: null, lastUsedAt: null },
    };
    return { row, demoToken: { workspace: { id, name }, role, token } };
  });
}
