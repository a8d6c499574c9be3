import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { bothEngines, createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { nextLine, startProcess } from '../setup/processes.ts';
import { atServer, databaseUrl } from '../setup/server.ts';

/** A database that has seen no migration, and a folder of three. */
async function arrange(queries: Queries) {
  await sql`drop table if exists migrations, trail`.execute(queries);
  const path = await createFolder();
  const folder = pathToFileURL(`${path}/`);
  const write = (name: string, text: string) => writeFile(join(path, name), text);
  await write('001_trail.sql', 'create table trail (step int);\ninsert into trail values (1);\n');
  await write('002_second.sql', 'insert into trail values (2);');
  await write('010_third.sql', 'insert into trail values (3);');
  await write('notes.md', 'not a migration');
  return {
    write,
    remove: (name: string) => rm(join(path, name)),
    migrate: (log?: (message: string) => void) => migrate(queries, { folder, log }),
    trail: async () =>
      (await sql<{ step: number }>`select step from trail`.execute(queries)).rows.map(({ step }) => step),
  };
}

describe.each(bothEngines)('migrations on %s', (engine) => {
  let queries: Queries;
  beforeAll(async () => {
    ({ queries } = await createTestDatabase(engine));
  });

  it('are applied in the order of their names, each exactly once', async () => {
    const { migrate, trail, write } = await arrange(queries);
    const messages: string[] = [];
    await migrate((message) => messages.push(message));
    await migrate((message) => messages.push(message));
    await write('011_fourth.sql', 'insert into trail values (4);');
    await migrate((message) => messages.push(message));
    expect(await trail()).toEqual([1, 2, 3, 4]);
    expect(messages).toEqual(
      ['001_trail', '002_second', '010_third', '011_fourth'].map((name) => `applied migration ${name}.sql`),
    );
  });

  it('are applied exactly once when asked for by many at the same time', async () => {
    const { migrate, trail } = await arrange(queries);
    await Promise.all([migrate(), migrate(), migrate()]);
    expect(await trail()).toEqual([1, 2, 3]);
  });

  it('are applied whole or not at all, and go on where they failed', async () => {
    const { migrate, trail, write } = await arrange(queries);
    await write('002_second.sql', 'insert into trail values (2); insert into nowhere values (2);');
    await expect(migrate()).rejects.toThrow(/migration 002_second\.sql failed: relation "nowhere" does not exist/);
    expect(await trail()).toEqual([1]);
    await write('002_second.sql', 'insert into trail values (2);');
    await migrate();
    expect(await trail()).toEqual([1, 2, 3]);
  });

  it('must not change once they are applied, line endings aside', async () => {
    const { migrate, write } = await arrange(queries);
    await migrate();
    await write('001_trail.sql', 'create table trail (step int);\r\ninsert into trail values (1);\r\n');
    await migrate();
    await write('001_trail.sql', 'create table trail (step int8);');
    await expect(migrate()).rejects.toThrow(/expected migration 001_trail\.sql as it was applied .* but got /);
  });

  it('must not go, nor come before what is applied', async () => {
    const { migrate, write, remove } = await arrange(queries);
    await migrate();
    await remove('010_third.sql');
    await expect(migrate()).rejects.toThrow(
      /expected the applied migration 010_third\.sql at place 3, but got no file/,
    );
    await write('010_third.sql', 'insert into trail values (3);');
    await write('005_late.sql', 'insert into trail values (5);');
    await expect(migrate()).rejects.toThrow(/expected the applied migration 010_third\.sql .*, but got 005_late\.sql/);
  });
});

describe('migrations on one server', () => {
  it('are applied exactly once by three processes that start together', async () => {
    const name = `magpie_test_${inject('run')}_bare`;
    await atServer(inject('postgresUrl'), (client) => client.query(`create database ${name}`));
    onTestFinished(() =>
      atServer(inject('postgresUrl'), async (client) => {
        await client.query(`drop database ${name} with (force)`);
      }),
    );
    const url = databaseUrl(inject('postgresUrl'), name);
    const script = new URL('./processes/open-database.ts', import.meta.url);
    const processes = await Promise.all([1, 2, 3].map(() => startProcess(script, url)));
    await Promise.all(processes.map(nextLine));
    for (const { child } of processes) child.stdin.write('go\n');
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const applied = await atServer(url, (client) => client.query('select name from migrations order by name'));
    const files = await readdir(new URL('../../src/database/migrations/', import.meta.url));
    expect(applied.rows.map((row) => row.name)).toEqual(files.sort());
  });
});

describe("the product's migrations", () => {
  it('have a number each, but for those that were applied before that was a rule', async () => {
    const names = (await readdir(new URL('../../src/database/migrations/', import.meta.url))).sort();
    const numbers = names.map((name) => /^(\d{3})_[a-z_]+\.sql$/.exec(name)?.[1]);
    const shared = names.filter((_, at) => numbers.filter((number) => number === numbers[at]).length > 1);
    expect(shared).toEqual([
      '006_api_token_makers.sql',
      '006_media_store.sql',
      '006_rate_limits.sql',
      '007_ai_budgets.sql',
      '007_folded_columns.sql',
    ]);
  });
});
