import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { readSince } from '../../src/cluster/log-reading.ts';
import { MemberConnection } from '../../src/cluster/member-connection.ts';
import { createTestDatabase } from '../setup/databases.ts';

it('the log is read from the last snapshot on, also while an older transaction of the server is open', async () => {
  const { queries, url } = await createTestDatabase('postgres');
  const connection = new MemberConnection(url!, { id: 'reader', listener: { heard() {}, lost() {} } });
  onTestFinished(() => connection.close());
  await connection.connect();
  await connection.query({ text: 'set enable_seqscan = off' });
  const old = await queries.startTransaction().execute();
  await sql`insert into invalidation_log (workspace_id, tags) values ('ws_1', '{Old}')`.execute(old);
  for (let i = 0; i < 30; i++)
    await sql`insert into invalidation_log (workspace_id, tags) values ('ws_1', '{Post}')`.execute(queries);
  const reader = { tagsVersion: 'tags', voids: 0 };
  const { snapshot } = await readSince(connection, { ...reader, since: undefined });
  await sql`insert into invalidation_log (workspace_id, tags) values ('ws_1', '{New}')`.execute(queries);
  await old.commit().execute();

  await connection.query({ text: 'begin' });
  const { rows } = await readSince(connection, { ...reader, since: snapshot });
  const [read] = await connection.query<{ count: number }>({
    text: `select (seq_tup_read + idx_tup_fetch)::int as count from pg_stat_xact_user_tables where relname = 'invalidation_log'`,
  });
  await connection.query({ text: 'commit' });
  expect(rows).toHaveLength(2);
  expect(read!.count).toBeLessThan(10);
});
