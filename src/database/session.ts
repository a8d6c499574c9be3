import type { PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { messageOf } from '../error-message.ts';
import { UnavailableError } from '../unavailable-error.ts';
import { CommitRefusedError, isDatabaseError, TimeLimitError } from './errors.ts';

export interface SessionOptions {
  /**
   * Whether the server enforces the time limit itself. The limit here is then a backstop, for a server that does not reply any
   * more.
   */
  readonly isLimitedByServer: boolean;
  /** Called with each statement, except those that begin and end transactions. */
  readonly onStatement?: (sql: string) => void;
}

/** One use of a session, until `release`. */
export interface Use {
  /** Time limit of each statement; none if undefined. */
  readonly limitMs: number | undefined;
  /** Whether its transactions write what they invalidate into the log themselves. */
  readonly logsItself?: boolean;
  /** Called by `release`. */
  readonly end: () => void;
}

/** Extra time of the backstop, for the server to cancel the statement and for its reply to arrive. */
const graceMs = 2_000;

/**
 * The triggers that log what other programs write leave such a transaction out. One statement for the server, so one round trip.
 */
const beginLogging = "begin; set local magpie.logs_itself = 'on'";

const transactionControl = /^(begin|start transaction|commit|rollback|savepoint|release)\b/i;

/**
 * A connection of the pool, in the form that Kysely uses. A broken one rejects with `UnavailableError` and is not returned to the
 * pool.
 */
export class Session implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #options: SessionOptions;
  #use: Use = { limitMs: undefined, end: () => {} };
  /** The limit that was last set on the server; undefined before the first time. */
  #serverLimitMs: number | undefined;
  #isBroken = false;

  constructor(client: pg.PoolClient, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
    client.on('error', () => {
      this.#isBroken = true; // the driver rejects waiting queries later
    });
  }

  /** Call it before the first query of each use. When it rejects, it has released the session. */
  async begin(use: Use): Promise<void> {
    this.#use = use;
    const limitMs = use.limitMs ?? 0;
    if (!this.#options.isLimitedByServer || limitMs === this.#serverLimitMs) return;
    try {
      await this.#send(`set statement_timeout = ${limitMs}`, []);
      this.#serverLimitMs = limitMs;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  query = (async (sql: string, parameters: readonly unknown[]) => {
    if (!transactionControl.test(sql)) this.#options.onStatement?.(sql);
    const result = await this.#send(sql === 'begin' && this.#use.logsItself ? beginLogging : sql, parameters);
    if (sql === 'commit' && result.command === 'ROLLBACK')
      throw new CommitRefusedError('expected to commit, but got a rollback: a statement of the transaction had failed');
    return result as unknown as PostgresQueryResult<unknown>;
  }) as PostgresPoolClient['query'];

  release(): void {
    // A session that is not idle (because a rollback failed) is closed: the next user would get its open transaction.
    this.#client.release(this.#isBroken || this.#client.getTransactionStatus() !== 'I');
    this.#use.end();
  }

  #send(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    if (this.#isBroken) return Promise.reject(new UnavailableError('the connection to the database was lost'));
    // Uses a callback: with the driver's promises, the rows of each query stay reachable from the previous one, and survive many
    // collections.
    return new Promise((resolve, reject) => {
      const timer = this.#limit(reject);
      this.#client.query(sql, [...parameters], (error, result) => {
        clearTimeout(timer);
        if (!error) return resolve(result);
        this.#isBroken ||= isDatabaseError(error) && error.severity !== 'ERROR'; // FATAL or PANIC: the server ends the session
        reject(this.#isBroken ? unavailable('the connection to the database was lost', error) : error);
      });
    });
  }

  #limit(reject: (error: Error) => void): NodeJS.Timeout | undefined {
    const { limitMs } = this.#use;
    if (limitMs === undefined) return undefined;
    return setTimeout(
      () => {
        this.#isBroken = true;
        reject(new TimeLimitError(`expected a response of the database within ${limitMs / 1_000} s, but got none`));
        void this.#client.end(); // destroys the connection, as a query is running
      },
      this.#options.isLimitedByServer ? limitMs + graceMs : limitMs,
    );
  }
}

export function unavailable(message: string, cause: unknown): Error {
  return isDatabaseError(cause) ? cause : new UnavailableError(`${message}: ${messageOf(cause)}`, { cause });
}
