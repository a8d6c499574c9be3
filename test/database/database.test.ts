import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { json, openDatabase } from '../../src/database/database.ts';
import { isCheckViolation, isForeignKeyViolation, isUniqueViolation } from '../../src/database/errors.ts';
import { bothEngines, createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { pgliteTemplate } from '../setup/templates.ts';

describe.each(bothEngines)('a database on %s', (engine) => {
  let database: TestDatabase;
  const statements: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase(engine, { onStatement: (statement) => statements.push(statement) });
    await sql`
      create table parents (
        id int primary key,
        label text constraint label_unique unique,
        size int constraint size_positive check (size > 0)
      )`.execute(database.queries);
    await sql`create table children (parent int constraint child_parent references parents)`.execute(database.queries);
    await sql`insert into parents values (1, 'one', 1)`.execute(database.queries);
  });

  async function one(expression: string): Promise<unknown> {
    const { rows } = await sql.raw<{ value: unknown }>(`select ${expression} as value`).execute(database.queries);
    return rows[0]?.value;
  }

  it.each([
    [`timestamptz '2026-11-22 12:00:00.97+02'`, '2026-11-22T10:00:00.970Z'],
    [`timestamptz '2026-11-22 12:00:00+05:30'`, '2026-11-22T06:30:00.000Z'],
    [`timestamptz '2026-11-22 12:00:00.123456Z'`, '2026-11-22T12:00:00.123Z'],
    [`'2026-11-22 12:00'::text::timestamptz`, '2026-11-22T12:00:00.000Z'],
    [`array[timestamptz 'epoch', null]`, ['1970-01-01T00:00:00.000Z', null]],
    [`timestamp '2026-11-22 12:00:00'`, '2026-11-22 12:00:00'],
    [`date '2026-11-22'`, '2026-11-22'],
    [`array[date '2026-11-22']`, ['2026-11-22']],
    [`interval '1 month 2 hours'`, '1 mon 02:00:00'],
    [`(select count(*) from parents)`, 1],
    [`-9007199254740991::int8`, Number.MIN_SAFE_INTEGER],
    [`array[1::int8, null]`, [1, null]],
    [`1.50::numeric`, '1.50'],
    [`array[1.50::numeric]`, ['1.50']],
    [`0.5::float8`, 0.5],
    [`'{"snake_key": [1, null]}'::jsonb`, { snake_key: [1, null] }],
    [`array['a', null, 'b,c"', '']`, ['a', null, 'b,c"', '']],
    [`'00000000-0000-0000-0000-00000000000a'::uuid`, '00000000-0000-0000-0000-00000000000a'],
    [`true`, true],
    [`null`, null],
  ])('reads %s as %j', async (expression, value) => {
    expect(await one(expression)).toEqual(value);
  });

  it.each(['9007199254740992::int8', `timestamptz 'infinity'`, `timestamptz '0044-03-15 BC'`])(
    'refuses to read %s, which has no exact value here, and goes on',
    async (expression) => {
      await expect(one(expression)).rejects.toThrow(/^expected an (integer|instant) .*, but got /);
      expect(await one('1')).toBe(1);
    },
  );

  it('takes arrays and objects for jsonb when asked to', async () => {
    const value = [{ a: "quote ' and \u2028" }, null, []];
    const { rows } = await sql`select ${json(value)} as value`.execute(database.queries);
    expect(rows).toEqual([{ value }]);
  });

  it('has camel-case columns', async () => {
    expect((await sql`select 1 as two_words`.execute(database.queries)).rows).toEqual([{ twoWords: 1 }]);
  });

  it.each([
    ['a key that another row has', `insert into parents values (2, 'one')`, isUniqueViolation, 'label_unique'],
    ['a row that points at none', 'insert into children values (9)', isForeignKeyViolation, 'child_parent'],
    ['a value out of bounds', `insert into parents values (3, 'three', 0)`, isCheckViolation, 'size_positive'],
  ])('tells %s from other errors', async (_what, statement, isViolation, constraint) => {
    const error = await failureOf(statement);
    expect(isViolation(error)).toBe(true);
    expect(isViolation(error, constraint)).toBe(true);
    expect(isViolation(error, 'another_constraint')).toBe(false);
    expect([isUniqueViolation, isForeignKeyViolation, isCheckViolation].filter((is) => is(error))).toEqual([
      isViolation,
    ]);
    expect(isViolation(await failureOf('select nothing_of_this_name'))).toBe(false);
    expect(isViolation(new Error('connection lost'))).toBe(false);
  });

  async function failureOf(statement: string): Promise<unknown> {
    return sql
      .raw(statement)
      .execute(database.queries)
      .then(
        () => expect.unreachable(),
        (error: unknown) => error,
      );
  }

  it('goes on after hostile text', async () => {
    await expect(sql`select ${'NUL \0 byte'}::text`.execute(database.queries)).rejects.toThrow(/invalid byte sequence/);
    await expect(sql`select ${'x'.repeat(2_000_000)}::text as text`.execute(database.queries)).resolves.toMatchObject({
      rows: [{ text: expect.stringMatching(/^x{2000000}$/) }],
    });
  });

  it('says each statement it sends, but not where transactions begin and end', async () => {
    statements.length = 0;
    await database.queries.transaction().execute((transaction) => sql`select 1`.execute(transaction));
    await sql`select 2`.execute(database.queries);
    expect(statements).toEqual(['select 1', 'select 2']);
  });

  it('answers queries that are asked at once, each with its own rows', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((number) => sql<{ number: number }>`select ${number}::int as number`.execute(database.queries)),
    );
    expect(answers.map(({ rows }) => rows[0]?.number)).toEqual(numbers);
  });
});

describe('the embedded database in a folder', () => {
  it('keeps what was written, and holds the folder until it is closed', async () => {
    const dataDir = await createFolder();
    const database = await openDatabase({ dataDir, dumpFile: await pgliteTemplate('empty') });
    await sql`create table kept as select 1 as kept`.execute(database.queries);
    await expect(openDatabase({ dataDir })).rejects.toThrow(/locked by this process/);
    await database.close();

    const again = await openDatabase({ dataDir });
    expect((await sql`select * from kept`.execute(again.queries)).rows).toEqual([{ kept: 1 }]);
    await again.close();
  });

  it('is refused when another major version of PostgreSQL wrote it', async () => {
    const dataDir = await createFolder();
    await mkdir(join(dataDir, 'database'));
    await writeFile(join(dataDir, 'database', 'PG_VERSION'), '17\n');
    const opening = () => openDatabase({ dataDir });
    await expect(opening).rejects.toThrow(/expected data files of PostgreSQL 18 .* but got those of PostgreSQL 17/);
    await expect(opening, 'its lock is free again').rejects.toThrow(/PostgreSQL 17/);
  });
});
