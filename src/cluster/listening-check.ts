import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import type { Queries } from '../database/database.ts';

const defaultHearWithinMs = 5_000;

/**
 * Checks that a connection hears what another one, of the pool, notifies. It does not behind a pooler in transaction mode, which
 * lends the server's session to others, nor if it leads to another database.
 */
export async function checkListening(url: string, queries: Queries, hearWithinMs = defaultHearWithinMs): Promise<void> {
  const channel = `magpie_check_${randomUUID()}`;
  const client = new pg.Client({
    connectionString: url,
    application_name: 'magpie check',
    connectionTimeoutMillis: defaultHearWithinMs,
  });
  client.on('error', () => {}); // the query that fails reports it
  await client.connect();
  try {
    await client.query(`listen "${channel}"`);
    const heard = hears(client, channel, hearWithinMs);
    await sql`select pg_notify(${channel}, '')`.execute(queries);
    if (await heard) return;
    throw new Error(
      'expected a connection that hears the notifications of DATABASE_URL, but got one that did not within ' +
        `${hearWithinMs / 1_000} s. Behind a pooler in transaction mode nothing is heard, nor from another database: set ` +
        'DATABASE_LISTEN_URL to a direct connection, or one through a pooler in session mode',
    );
  } finally {
    void client.end().catch(() => {});
  }
}

function hears(client: pg.Client, channel: string, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    client.on('notification', (notification) => {
      if (notification.channel !== channel) return;
      clearTimeout(timer);
      resolve(true);
    });
  });
}
