import pg from 'pg';
import { columnTypes } from './column-types.ts';

/** Creates a pool whose sessions are configured the same for both engines: column types, and UTC as time zone. */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    application_name: 'magpie',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    types: columnTypes,
    async onConnect(client) {
      await client.query("set time zone 'UTC'");
    },
    ...config,
  });
  // The query that uses a broken connection reports it; without a listener, the `error` event would end the process.
  const heardElsewhere = () => {};
  pool.on('error', heardElsewhere);
  pool.on('connect', (client) => client.on('error', heardElsewhere));
  return pool;
}
