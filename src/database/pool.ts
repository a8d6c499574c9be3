import pg from 'pg';
import { columnTypes } from './column-types.ts';

/**
 * A pool whose sessions are alike on both engines: the same column types, and UTC as their time zone. `enter` runs on each before
 * its first use.
 */
export function createPool(
  config: pg.PoolConfig,
  enter: (session: pg.ClientBase) => Promise<void> = async () => {},
): pg.Pool {
  const pool = new pg.Pool({
    application_name: 'magpie',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    types: columnTypes,
    async onConnect(client) {
      await client.query("set time zone 'UTC'");
      await enter(client);
    },
    ...config,
  });
  // A connection that breaks is reported by the query that needed it; an `error` event nobody hears would end the process.
  const heardElsewhere = () => {};
  pool.on('error', heardElsewhere);
  pool.on('connect', (client) => client.on('error', heardElsewhere));
  return pool;
}
