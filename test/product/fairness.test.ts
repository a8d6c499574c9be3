import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { signInAs, startMagpie } from './magpie.ts';

/** A session of the test's own, in a transaction that has a row which others want to write. */
async function lockTemplate(url: string, workspaceId: string) {
  const [holder, watcher] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([holder.connect(), watcher.connect()]);
  onTestFinished(async () => {
    await Promise.all([holder.end(), watcher.end()]);
  });
  await holder.query('begin');
  const one = 'select id from templates where workspace_id = $1 limit 1 for update';
  const { rows } = await holder.query<{ id: string }>(one, [workspaceId]);
  return {
    id: rows[0]!.id,
    open: () => holder.query('rollback'),
    /** Resolves when somebody waits for it. */
    async wanted() {
      const waiting = 'select from pg_locks where not granted';
      while ((await watcher.query(waiting)).rowCount === 0);
    },
  };
}

it('a workspace whose writes hang keeps no other workspace from reading or writing', async () => {
  const database = await createTestDatabase('postgres', { template: 'seeded', poolSize: 4 });
  const [slow, other] = [await signInAs(database, 'OWNER'), await signInAs(database, 'OWNER', { place: 1 })];
  const { ask } = await startMagpie(database);
  const lock = await lockTemplate(database.url!, slow.workspaceId);
  const write = `mutation { updateTemplate(input: { id: "${lock.id}", body: "slow" }) { userErrors { code } } }`;
  const writes = Array.from({ length: 30 }, () => ask(slow.token, write));
  await lock.wanted();

  expect((await ask(other.token, '{ templates { totalCount } }')).json).toMatchObject({ data: { templates: {} } });
  const quick = 'mutation { createTemplate(input: { title: "Quick", body: "x" }) { userErrors { code } } }';
  expect((await ask(other.token, quick)).json).toEqual({ data: { createTemplate: { userErrors: [] } } });

  await lock.open();
  for (const { json } of await Promise.all(writes))
    expect(json).toEqual({ data: { updateTemplate: { userErrors: [] } } });
});
