import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pglite, pgliteMajor, startPglite } from '../../src/database/pglite.ts';
import { createFolder } from '../setup/folders.ts';
import { pgliteTemplate } from '../setup/templates.ts';

async function start(): Promise<Pglite> {
  return startPglite({ dumpFile: await pgliteTemplate('empty') });
}

async function stop({ pool, stop }: Pglite): Promise<void> {
  await pool.end();
  await stop();
}

describe('the embedded database', () => {
  let pglite: Pglite;
  beforeAll(async () => {
    pglite = await start();
  });
  afterAll(() => stop(pglite));

  it('is the major version of PostgreSQL that its data files are checked for', async () => {
    const { pool } = pglite;
    const { rows } = await pool.query<{ version: string }>(`select current_setting('server_version') as version`);
    expect(Number.parseInt(rows[0]!.version, 10)).toBe(pgliteMajor);
  });

  it('has buffers that a small machine has room for', async () => {
    const { rows } = await pglite.pool.query(`select current_setting('shared_buffers') as buffers`);
    expect(rows).toEqual([{ buffers: '32MB' }]);
  });

  it('leaves the event loop free during a long query', async () => {
    const { pool } = pglite;
    let turns = 0;
    let running = true;
    const query = pool.query('select count(*) from generate_series(1, 2000000)').finally(() => {
      running = false;
    });
    while (running) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    await query;
    expect(turns).toBeGreaterThan(100); // a query in this thread would let a handful pass
  });

  it('gives its one connection to those who ask in their order, each alone with it', async () => {
    const { pool } = pglite;
    const order: string[] = [];
    const session = async (name: string) => {
      const client = await pool.connect();
      await client.query('begin');
      order.push(`${name} begins`);
      await client.query('select 1');
      order.push(`${name} ends`);
      await client.query('commit');
      client.release();
    };
    await Promise.all([session('first'), session('second'), session('third')]);
    expect(order).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('lets nothing of a session reach the next', async () => {
    const { pool } = pglite;
    const client = await pool.connect();
    await client.query('begin');
    await client.query('create table half_done (id int)');
    await client.query('create temp table mine (id int)');
    await client.query('select pg_advisory_lock(1)');
    client.release(new Error('this connection is spoilt'));
    const { rows } = await pool.query(
      `select to_regclass('half_done') as half, to_regclass('mine') as temporary,
         (select count(*) from pg_locks where locktype = 'advisory') as locks, current_setting('timezone') as zone`,
    );
    expect(rows).toEqual([{ half: null, temporary: null, locks: 0, zone: 'UTC' }]);
  });

  it('dumps itself as a file from which another begins', async () => {
    const { pool, dump } = pglite;
    await pool.query('create table dumped as select 1 as one');
    const archive = await dump();
    const folder = await createFolder();
    const file = join(folder, 'dump.tar');
    await writeFile(file, archive);
    const copy = await startPglite({ dumpFile: file });
    expect((await copy.pool.query('select * from dumped')).rows).toEqual([{ one: 1 }]);
    await stop(copy);
  });

  it('writes its log off in time, so that neither the disk fills nor a restart takes long', async () => {
    const { pool } = pglite;
    await pool.query('create table logged (text text)');
    for (let write = 0; write < 450; write += 1) {
      await pool.query(`insert into logged select repeat('x', 1950) from generate_series(1, 110)`);
    }
    const { rows } = await pool.query<{ kept: string; written: string }>(
      `select pg_current_wal_lsn() - redo_lsn as kept, pg_current_wal_lsn() - '0/0'::pg_lsn as written
       from pg_control_checkpoint()`,
    );
    const mebibytes = 1024 * 1024;
    expect(Number(rows[0]!.written)).toBeGreaterThan(90 * mebibytes);
    expect(Number(rows[0]!.kept)).toBeLessThan(60 * mebibytes);
  });

  it('reuses the room of rows that are gone', async () => {
    const { pool } = pglite;
    await pool.query('create table passing (text text)');
    for (let round = 0; round < 500; round += 1) {
      await pool.query(`insert into passing select repeat('x', 100) from generate_series(1, 100)`);
      await pool.query('delete from passing');
    }
    const { rows } = await pool.query<{ bytes: number }>(`select pg_relation_size('passing') as bytes`);
    expect(rows[0]!.bytes).toBeLessThan(4_500_000); // it would be 6,700,000
  });

  it('rejects what waits and what comes when its thread ends', async () => {
    const { pool, stop } = await start();
    await pool.query('select 1');
    const stopping = stop();
    await expect(pool.query('select 1')).rejects.toThrow(/the embedded database has ended/);
    await expect(pool.query('select 1')).rejects.toThrow(/the embedded database has ended/);
    await stopping;
  });

  it('says why it cannot start', async () => {
    await expect(startPglite({ dumpFile: '/nowhere/dump.tar' })).rejects.toThrow(
      /the embedded database failed: ENOENT.*dump\.tar/,
    );
  });
});
