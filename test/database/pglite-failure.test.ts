import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DatabaseOptions, openDatabase, type Queries, withoutTimeLimit } from '../../src/database/database.ts';
import { failureOf } from '../../src/database/errors.ts';
import { fatalIn } from '../../src/database/pglite-log.ts';
import { type TransactionOutcome, transact } from '../../src/database/transaction.ts';
import { createDataDir } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { createDisk, mayMount } from '../setup/small-disk.ts';
import { pgliteTemplate } from '../setup/templates.ts';

/** A database in a folder, which is opened again when the test says so. */
async function open(dataDir: string, options: Pick<DatabaseOptions, 'statementLimitMs'> = {}) {
  const told: string[] = [];
  const pauses: number[] = [];
  let endPause = () => {};
  let onPause = () => {};
  let onOpen = () => {};
  const database = await openDatabase({
    ...options,
    dataDir,
    dumpFile: await pgliteTemplate('empty'),
    events: {
      warn: (message) => void told.push(message),
      info: (message) => {
        told.push(message);
        onOpen();
      },
    },
    pause: (ms, signal) =>
      new Promise((resolve) => {
        pauses.push(ms);
        endPause = resolve;
        signal.addEventListener('abort', () => resolve());
        onPause();
      }),
  });
  onTestFinished(() => database.close().catch(() => {})); // it may not be open at the end
  const queries = withoutTimeLimit(database.queries);
  await sql`create table notes (id int, text text)`.execute(queries);
  return {
    ...{ database, queries, told, pauses },
    /** Tries to open it, and resolves with whether it is open then. */
    tryAgain: () =>
      new Promise<boolean>((resolve) => {
        onPause = () => resolve(false);
        onOpen = () => resolve(true);
        endPause();
      }),
  };
}

const write = (queries: Queries, id: number) =>
  transact(queries, (transaction) =>
    sql`insert into notes select ${id}::int, repeat('x', 960) from generate_series(1, 200)`.execute(transaction),
  );

async function written(queries: Queries): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select distinct id from notes order by id`.execute(queries);
  return rows.map(({ id }) => id);
}

const kindOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => failureOf(error),
  );

/** Each opens it a few times, which keeps a busy machine busy. */
const patience = { timeout: 180_000 };

describe('an embedded database that fails for good', patience, () => {
  it('fails what is in flight at once, and is opened again for as long as it takes', async () => {
    const dataDir = await createFolder();
    const { database, queries, told, pauses, tryAgain } = await open(dataDir);
    await write(queries, 1);
    await sql`select pg_switch_wal()`.execute(queries);
    const log = join(dataDir, 'database', 'pg_wal');
    await rename(log, `${log}.away`); // the next segment cannot be made

    const outcomes: TransactionOutcome[] = [];
    const waiting: Promise<unknown>[] = [];
    const insert = async (transaction: Queries) => {
      await sql`insert into notes values (2, 'x')`.execute(transaction);
      waiting.push(kindOf(written(queries)), kindOf(write(queries, 3))); // which have no connection before it ends
    };
    const committing = transact(queries, insert, {
      onOutcome: (transactionOutcome) => outcomes.push(transactionOutcome),
    });
    expect(await kindOf(committing)).toBe('unknownOutcome');
    expect(outcomes).toEqual(['unknown']);
    expect(await Promise.all(waiting)).toEqual(['unavailable', 'unavailable']);
    expect(await kindOf(written(queries))).toBe('unavailable');
    expect(database.failure()?.message).toMatch(/the embedded database failed: could not create file "pg_wal/);

    expect(await tryAgain()).toBe(false);
    expect(await kindOf(written(queries))).toBe('unavailable');
    await rename(`${log}.away`, log);
    expect(await tryAgain()).toBe(true);
    expect(database.failure()).toBe(undefined);
    expect(pauses).toEqual([1_000, 2_000]);
    expect(told).toEqual([
      expect.stringMatching(/^the embedded database failed: could not create file "pg_wal.*; it is being reopened$/),
      expect.stringMatching(/^the embedded database failed: .*; trying again$/),
      'the embedded database is open again',
    ]);

    expect(await written(queries)).toContain(1);
    await write(queries, 4);
    expect(await written(queries)).toContain(4);
  });

  it('is not opened again once it is closed', async () => {
    const dataDir = await createFolder();
    const { database, queries, told } = await open(dataDir);
    await sql`select pg_switch_wal()`.execute(queries);
    await rm(join(dataDir, 'database', 'pg_wal'), { recursive: true });
    await kindOf(write(queries, 1));
    await database.close();
    expect(told).toHaveLength(1);
  });

  it('says why when it cannot be opened at all', async () => {
    const dataDir = await createDataDir();
    await rm(join(dataDir, 'database', 'global', 'pg_control'));
    await expect(openDatabase({ dataDir })).rejects.toThrow(
      'the embedded database failed: could not open file "global/pg_control"',
    );
    await rm(join(dataDir, 'database', 'postgresql.conf'));
    await expect(openDatabase({ dataDir }), 'its lock is free again').rejects.toThrow('postgresql.conf');
  });
});

describe.skipIf(!mayMount())('an embedded database on a disk that is full', patience, () => {
  it.each([33, 41, 65])('of %i MB keeps what was acknowledged, and works again when there is room', async (size) => {
    const disk = await createDisk(200);
    const { database, queries, tryAgain } = await open(disk.folder);
    disk.resize(size);
    let acknowledged = 0;
    const kinds = new Set<string | undefined>();
    while (!database.failure()) {
      const kind = await kindOf(write(queries, acknowledged + 1));
      if (kind === 'done') acknowledged += 1;
      else kinds.add(kind);
    }
    expect(acknowledged).toBeGreaterThan(0);
    for (const kind of kinds) expect(kind).toBeOneOf(['unavailable', 'unknownOutcome']);
    expect(await kindOf(written(queries))).toBe('unavailable');

    disk.resize(300);
    expect(await tryAgain()).toBe(true);
    const found = await written(queries);
    // One more may be there: nobody knows of a commit that got no answer.
    expect(found.length - acknowledged).toBeOneOf([0, 1]);
    await write(queries, 1_000);
    expect(await written(queries)).toContain(1_000);
  });

  it('says at a first start what it needs', async () => {
    const { folder } = await createDisk(48);
    const opening = () => openDatabase({ dataDir: folder });
    await expect(opening).rejects.toThrow(
      `expected at least 128 MB of free space for a new database in DATA_DIR ${folder}, but got 48 MB`,
    );
    await expect(opening, 'its lock is free again').rejects.toThrow('but got 48 MB');
  });
});

describe('the first start in a folder', patience, () => {
  it('is begun anew when it was cut off', async () => {
    const dataDir = await createFolder();
    await mkdir(join(dataDir, 'database'));
    await writeFile(join(dataDir, 'database', 'PG_VERSION'), '18\n');
    await writeFile(join(dataDir, 'database.draft'), '');
    await expect(openDatabase({ dataDir, isCreating: false })).rejects.toThrow('expected a database in DATA_DIR');
    const dumpFile = await pgliteTemplate('empty');
    await (await openDatabase({ dataDir, dumpFile })).close();
    await (await openDatabase({ dataDir, isCreating: false })).close();
  });

  it('is refused among files of something else', async () => {
    const dataDir = await createFolder();
    await mkdir(join(dataDir, 'database', 'base'), { recursive: true });
    await expect(openDatabase({ dataDir })).rejects.toThrow(
      /expected a database or nothing in .*database, but got base/,
    );
  });
});

describe('the upkeep of the embedded database', patience, () => {
  it('is no part of the time that a statement has', async () => {
    const { database, queries, told } = await open(await createFolder(), { statementLimitMs: 1_000 });
    await sql`create table slow (id int)`.execute(queries);
    await sql`
      create function slowly(id int) returns int immutable language plpgsql
      as 'begin perform pg_sleep(0.03); return id; end'`.execute(queries);
    await sql`create index on slow (slowly(id))`.execute(queries);
    await sql`insert into slow select i from generate_series(1, 100) i`.execute(queries);
    for (let time = 0; time < 200; time += 1) await sql`select 1`.execute(database.queries);
    const analyzed = sql<{ times: number }>`
      select analyze_count::int as times from pg_stat_user_tables where relname = 'slow'`;
    expect((await analyzed.execute(database.queries)).rows).toEqual([{ times: 1 }]);
    expect(told).toEqual([]);
  });
});

describe('a line of the log', () => {
  it.each([
    ['2026-11-30 14:39:20.117 UTC [42] PANIC:  could not write', 'could not write'],
    ['2026-11-30 14:39:20.117 GMT [42] FATAL:  terminating', 'terminating'],
    ['postgres: could not access the server configuration file', 'could not access the server configuration file'],
    ['Aborted(OOM)', 'Aborted(OOM)'],
    ['2026-11-30 14:39:20.117 UTC [42] ERROR:  PANIC:  could not write', undefined],
    ['2026-11-30 14:39:20.117 UTC [42] STATEMENT:  select 1;', undefined],
    ['\t2026-11-30 14:39:20.117 UTC [42] PANIC:  sent by a client', undefined],
    ['\tAborted(sent by a client)', undefined],
  ])('%j tells of the end by %j', (line, failure) => {
    expect(fatalIn(line)).toBe(failure);
  });
});
