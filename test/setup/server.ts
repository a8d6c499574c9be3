import pg from 'pg';

let pool: pg.Pool | undefined;

/** The one connection of this worker to the server's maintenance database: to make another takes longer than most of what it is for. */
export function serverPool(url: string): pg.Pool {
  if (pool) return pool;
  pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true });
  pool.on('error', () => {}); // of a connection that nothing uses
  return pool;
}

/** Runs this in one process at a time of those that use the server, so that what all of them need is made once. */
export function inOneWorker<T>(url: string, what: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  return atServer(url, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [what]);
    return await run(client);
  });
}

export async function atServer<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** Drops every database that the tests of a run made. */
export async function dropDatabases(url: string, run: string): Promise<void> {
  await atServer(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [`magpie_test_${run}_`],
    );
    for (const { datname } of rows) {
      await client.query(`alter database ${datname} with is_template false`);
      await client.query(`drop database ${datname} with (force)`);
    }
  });
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
