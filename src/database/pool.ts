import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { wordsOf } from '../error-words.ts';
import { columnTypes } from './column-types.ts';
import { isDatabaseError, UnavailableError } from './errors.ts';

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
    // Also of the wait for a free connection: a query on the pool from within a transaction fails instead of hanging.
    connectionTimeoutMillis: 30_000,
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

/** The server answered COMMIT with a rollback, because a statement of the transaction had failed and nobody rethrew its error. */
export class CommitRefusedError extends Error {
  override readonly name = 'CommitRefusedError';
}

/**
 * What Kysely asks of a pool; `onStatement` hears each statement but those that begin and end transactions. A connection that
 * cannot be had, or that breaks, is an `UnavailableError`; what the server answers is an error of its own.
 */
export function poolForKysely(pool: pg.Pool, onStatement?: (sql: string) => void): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>(); // Kysely keeps something for each that it meets
  return {
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw unavailable('could not connect to the database', error);
      });
      const forKysely = known.get(client) ?? clientForKysely(client, onStatement);
      known.set(client, forKysely);
      return forKysely;
    },
    end: () => pool.end(),
  };
}

function unavailable(what: string, cause: unknown): unknown {
  return isDatabaseError(cause) ? cause : new UnavailableError(`${what}: ${wordsOf(cause)}`, { cause });
}

const transactionControl = /^(begin|start transaction|commit|rollback|savepoint|release)\b/i;

function clientForKysely(client: pg.PoolClient, onStatement?: (sql: string) => void): PostgresPoolClient {
  let isBroken = false;
  client.on('error', () => {
    isBroken = true; // before the queries that wait for it hear of it
  });
  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (!transactionControl.test(sql)) onStatement?.(sql);
    // By callback: with the driver's own promises each query's rows stay reachable from the one before, and outlive many collections.
    const result = await new Promise<pg.QueryResult>((resolve, reject) => {
      client.query(sql, [...parameters], (error, answer) => {
        if (!error) return resolve(answer);
        isBroken ||= isDatabaseError(error) && error.severity !== 'ERROR'; // FATAL or PANIC: the server ends the session
        reject(isBroken ? unavailable('the connection to the database was lost', error) : error);
      });
    });
    if (sql === 'commit' && result.command === 'ROLLBACK') {
      throw new CommitRefusedError('expected to commit, but got a rollback: a statement of the transaction had failed');
    }
    return result as unknown as PostgresQueryResult<R>;
  }
  return {
    query: query as PostgresPoolClient['query'],
    // A session that is not idle here (a rollback failed) would hand its open transaction to whoever comes next.
    release: () => client.release(isBroken || client.getTransactionStatus() !== 'I'),
  };
}
