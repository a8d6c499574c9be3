import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loggingItself, type Queries } from '../../src/database/database.ts';
import { transact } from '../../src/database/transaction.ts';
import { functionsOf, installTriggers, repairTriggers } from '../../src/past-writes/install.ts';
import { rules, rulesVersion, unreadTables } from '../../src/past-writes/rules.ts';
import { triggerNames, triggerOf, triggersVersion } from '../../src/past-writes/triggers.ts';
import { confine, signInAs } from '../product/magpie.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { type Demo, insertSubjects, subjects } from './subjects.ts';
import { columnsIn, otherValue } from './writes.ts';

interface Logged {
  readonly workspaceId: string | null;
  readonly tags: readonly string[];
  readonly tagsVersion: string;
}

const tagsVersion = 'of these tests';

const warnings: string[] = [];
const log = { warn: (message: string) => void warnings.push(message) };
const install = (version = tagsVersion) => installTriggers({ queries, tagsVersion: version, log });

let database: TestDatabase;
let queries: Queries;
let demo: Demo;

beforeAll(async () => {
  database = await createTestDatabase('postgres', { template: 'seeded' });
  ({ queries } = database);
  const owner = await signInAs(database, 'OWNER');
  const editor = await signInAs(database, 'EDITOR');
  const { seen, hidden } = await confine(database, editor, 1);
  const { workspaceId, userId } = owner;
  demo = {
    ...{ workspaceId, userId, otherUserId: editor.userId, tokenId: 'tok_subject' },
    ...{ seen: seen[0]!, hidden: hidden[0]! },
  };
  await insertSubjects(queries, demo);
  await sql`insert into tokens (id, workspace_id, kind, hash, role, name, created_at, maker_id)
    values ('tok_subject', ${workspaceId}, 'API', 'x', 'READER', 'x', now(), ${userId})`.execute(queries);
  await install();
});

/** Runs what is rolled back. */
async function tentatively<T>(run: (transaction: Queries) => Promise<T>): Promise<T> {
  const transaction = await queries.startTransaction().execute();
  try {
    return await run(transaction);
  } finally {
    await transaction.rollback().execute();
  }
}

async function loggedIn(transaction: Queries): Promise<Logged[]> {
  const { rows } = await sql<Logged>`
    select workspace_id, tags, tags_version from invalidation_log where xid = pg_current_xact_id() order by id`.execute(
    transaction,
  );
  return rows;
}

/** What statements of one transaction log. */
function loggedBy(...statements: string[]): Promise<Logged[]> {
  return tentatively(async (transaction) => {
    for (const statement of statements) await sql.raw(statement).execute(transaction);
    return await loggedIn(transaction);
  });
}

/** So that each column can have any value of its type. */
const dropConstraints = `
  do $do$ declare c record; begin
    for c in select conrelid::regclass as table_name, conname from pg_constraint
      where contype in ('f', 'c') and connamespace = current_schema()::regnamespace and conrelid <> 0
    loop execute format('alter table %s drop constraint %I', c.table_name, c.conname); end loop;
  end $do$`;

describe('the rules of writes past Magpie', () => {
  it('know every table and every column', async () => {
    const { rows } = await sql<{ table: string; columns: string[] }>`
      select table_name as table, array_agg(column_name::text) as columns from information_schema.columns
      where table_schema = current_schema() group by table_name`.execute(queries);
    const unknown = rows.flatMap(({ table, columns }) => {
      if (table in unreadTables) return [];
      const rule = rules[table];
      if (!rule) return [table];
      const known = [...rule.read, ...(rule.unread ?? [])];
      return columns.filter((column) => !known.includes(column)).map((column) => `${table}.${column}`);
    });
    expect(
      unknown,
      'Name it in src/past-writes/rules.ts: a table with the tags of what is cached of it, or as unread; a column as read or unread.',
    ).toEqual([]);
    expect(Object.keys(rules).filter((table) => !rows.some((row) => row.table === table))).toEqual([]);
  });
});

describe('a trigger', () => {
  it('logs a change of each column that cached fields read, and of no other', async () => {
    const wrong: string[] = [];
    await tentatively(async (transaction) => {
      const run = (statement: string) => sql.raw(statement).execute(transaction);
      await run(dropConstraints);
      for (const [table, rule] of Object.entries(rules))
        for (const column of await columnsIn(queries, table)) {
          await run('savepoint before');
          await run(`update ${table} set ${column.name} = ${otherValue(column)} where ${subjects(demo)[table]}`);
          const logged = await loggedIn(transaction);
          await run('rollback to before');
          const isRead = !rule.unread?.includes(column.name);
          const isEverything = logged.some(({ workspaceId, tags }) => workspaceId === null || tags.includes('*'));
          const mayBeEverything =
            rule.workspace === null || ['id', 'workspace_id', ...(rule.everythingOf ?? [])].includes(column.name);
          if (logged.length > 0 !== isRead || isEverything !== (isRead && mayBeEverything))
            wrong.push(`${table}.${column.name}: ${JSON.stringify(logged)}`);
        }
    });
    expect(wrong).toEqual([]);
  });

  it('names the row as it was and as it is, and the accounts that it belongs to', async () => {
    const [row, ...others] = await loggedBy(`update posts set campaign_id = 'camp_other' where id = 'post_subject'`);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ workspaceId: demo.workspaceId, tagsVersion });
    expect(row!.tags).toEqual(
      expect.arrayContaining([
        ...['Post', 'Post:post_subject', 'Campaign:camp_subject:posts', 'Campaign:camp_other:posts'],
        ...[`Reach:post_subject:${demo.seen}`, `Reach:camp_other:acc_subject`],
      ]),
    );
  });

  it('logs nothing of a statement that changes nothing', async () => {
    expect(await loggedBy('update posts set text = text', "delete from posts where id = 'none'")).toEqual([]);
  });

  it('logs everything of the workspace for a statement with many rows, and for many statements of one transaction', async () => {
    const everything = { workspaceId: demo.workspaceId, tags: ['*'], tagsVersion };
    const bulk = await loggedBy(`update posts set text = text || '!' where workspace_id = '${demo.workspaceId}'`);
    expect(bulk).toEqual([everything]);
    const one = `update posts set revision = revision + 1 where id = 'post_subject'`;
    const many = await loggedBy(...Array.from({ length: 40 }, () => one));
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toEqual(everything);
  });

  it('logs everything of all for a statement with rows of many workspaces', async () => {
    const replies = (count: number) => `
      insert into workspaces select 'ws_' || n, 'many', now() from generate_series(1, ${count}) as n;
      insert into saved_replies select 'reply_' || n, 'ws_' || n, 'x', 'x', now() from generate_series(1, ${count}) as n`;
    const few = await loggedBy(replies(50));
    expect(few.filter(({ tags }) => tags.includes('SavedReply'))).toHaveLength(50);
    const many = await loggedBy(replies(51));
    expect(many.filter(({ tags }) => tags.includes('SavedReply'))).toEqual([]);
    expect(many.at(-1)).toEqual({ workspaceId: null, tags: [], tagsVersion });
  });

  it('logs everything when a table is emptied', async () => {
    expect(await loggedBy('truncate messages')).toEqual([{ workspaceId: null, tags: [], tagsVersion }]);
  });

  it('logs again what a savepoint took back', async () => {
    const update = `update saved_replies set body = body || '!' where id = 'reply_subject'`;
    const logged = await loggedBy('savepoint one', 'truncate messages', 'rollback to one', update);
    expect(logged.map(({ tags }) => tags)).toEqual([['SavedReply', 'SavedReply:reply_subject']]);
  });

  it('logs for a role that may write the table but not the log', async () => {
    const role = `magpie_test_${demo.workspaceId.toLowerCase()}`;
    const [row] = await loggedBy(
      `create role ${role}`,
      `grant select, update on saved_replies to ${role}`,
      `set local role ${role}`,
      `create temp table invalidation_log (xid xid8, workspace_id text, tags text[], cause text, tags_version text)`,
      `update saved_replies set body = body || '!'`,
      'reset role',
      'drop table pg_temp.invalidation_log',
    );
    expect(row?.tags).toContain('SavedReply');
  });

  it('logs everything where a column is not as it was, and lets the write pass', async () => {
    const logged = await loggedBy(
      'alter table saved_replies rename column title to headline',
      `update saved_replies set headline = headline || '!'`,
    );
    expect(logged).toEqual([{ workspaceId: null, tags: [], tagsVersion }]);
  });

  it('logs nothing in a transaction that logs itself', async () => {
    const rows = async () => (await sql`select from invalidation_log`.execute(queries)).rows.length;
    const before = await rows();
    const write = (transaction: Queries) =>
      sql`update saved_replies set body = body || '!' where id = 'reply_subject'`.execute(transaction);
    await transact(loggingItself(queries), write);
    expect(await rows()).toBe(before);
    await transact(queries, write); // on the same connection, perhaps
    expect(await rows()).toBe(before + 1);
  });
});

describe('triggers', () => {
  const update = `update saved_replies set body = body || '!' where id = 'reply_subject'`;
  const updateOthers = `update saved_replies set body = body || '!' where id <> 'reply_subject'`;
  const repair = (pause = async () => {}) => repairTriggers({ queries, log, pause, lockTimeoutMs: 10 });

  /** A client that has written to a table and not ended its transaction. */
  async function writer(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url! });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('begin');
    await client.query(update);
    return client;
  }

  it('have functions of the version that was installed last, for which nobody that writes is waited for', async () => {
    await writer();
    await Promise.all([install(), install()]);
    await Promise.all([install('another'), install('another')]);
    expect((await loggedBy(updateOthers))[0]?.tagsVersion).toBe('another');
    await install();
    expect((await loggedBy(updateOthers))[0]?.tagsVersion).toBe(tagsVersion);
  });

  it('keep the functions of a later version when an earlier one starts', async () => {
    await sql`comment on function magpie_log_past_write(text, text[]) is 'rules 99 of a later version'`.execute(
      queries,
    );
    await install('earlier');
    expect((await loggedBy(update))[0]?.tagsVersion).toBe(tagsVersion);
    await sql`comment on function magpie_log_past_write(text, text[]) is 'rules 0 of an earlier version'`.execute(
      queries,
    );
    await install('later');
    expect((await loggedBy(update))[0]?.tagsVersion).toBe('later');
    await install();
  });

  it('are of rules whose number is raised when they change', () => {
    const hashOf = (texts: readonly string[]) => createHash('sha256').update(texts.join()).digest('hex').slice(0, 16);
    const hash = hashOf(functionsOf({ schema: 'public', tagsVersion: '' }));
    expect(
      [triggersVersion, hashOf(triggerNames.map((name) => triggerOf('posts', name)))],
      'Raise triggersVersion in src/past-writes/triggers.ts, and write the number and the hash here.',
    ).toEqual([1, '7470509e73559931']);
    expect(
      [rulesVersion, hash],
      'Raise rulesVersion in src/past-writes/rules.ts, and write the number and the hash here.',
    ).toEqual([1, '757cf2c9f6ac996f']);
  });

  it('have all their functions again after one was dropped', async () => {
    await sql`drop function magpie_log_saved_replies() cascade`.execute(queries);
    await install();
    expect(await loggedBy(update)).toHaveLength(1);
  });

  it('are replaced if they are of an earlier version, and kept if of a later one', async () => {
    const replace = (version: number) =>
      sql
        .raw(`create or replace trigger magpie_after_update after update on saved_replies for each statement
        when (false) execute function magpie_log_saved_replies();
        comment on trigger magpie_after_update on saved_replies is 'version ${version}'`)
        .execute(queries);
    await replace(99);
    await sql`drop trigger magpie_after_delete on saved_replies`.execute(queries); // another one is made anew
    await repair();
    expect(await loggedBy(update)).toEqual([]);
    await replace(0);
    await repair();
    expect(await loggedBy(update)).toHaveLength(1);
  });

  it.each([
    ['was switched off', 'alter table saved_replies disable trigger magpie_after_update'],
    ['are all switched off', 'alter table saved_replies disable trigger all'],
    ['was dropped', 'drop trigger magpie_after_update on saved_replies'],
  ])('are there again after one %s', async (_, statement) => {
    await sql.raw(statement).execute(queries);
    expect(await loggedBy(update)).toEqual([]);
    await repair();
    expect(await loggedBy(update)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('that need a table which somebody keeps locked hold nobody up, and are made later', async () => {
    await sql`alter table saved_replies disable trigger magpie_after_update`.execute(queries);
    const client = await writer();
    let written = 0;
    await repair(async () => {
      await tentatively((transaction) => sql.raw(updateOthers).execute(transaction));
      written++;
    });
    expect(written).toBe(4);
    expect(warnings.splice(0)).toEqual([expect.stringContaining('to saved_replies may not be logged')]);
    await client.query('rollback');
    await repair();
    expect(await loggedBy(update)).toHaveLength(1);
  });

  it('cannot be put on a table of somebody else', async () => {
    const role = `magpie_other_${demo.workspaceId.toLowerCase()}`;
    const attach = `create trigger t after truncate on own execute function magpie_log_saved_replies()`;
    await expect(
      loggedBy(`create role ${role}`, `set local role ${role}`, 'create temp table own (id int)', attach),
    ).rejects.toThrow('permission denied for function magpie_log_saved_replies');
  });
});
