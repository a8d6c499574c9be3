import type { PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { wordsOf } from '../error-words.ts';
import { CommitRefusedError, isDatabaseError, TimeLimitError, UnavailableError } from './errors.ts';

export interface SessionOptions {
  /** Whether the server ends statements itself when their time is over. Ours is then a backstop, for a server that says nothing more. */
  readonly isLimitedByServer: boolean;
  /** Hears each statement but those that begin and end transactions. */
  readonly onStatement?: (sql: string) => void;
}

/** What a session is used for, from one `release` to the next. */
export interface Use {
  /** Time that each statement has; without end if absent. */
  readonly limitMs: number | undefined;
  /** Called when it is over. */
  readonly end: () => void;
}

/** What the backstop leaves the server to end a statement, and its answer to arrive. */
const graceMs = 2_000;

const transactionControl = /^(begin|start transaction|commit|rollback|savepoint|release)\b/i;

/** A connection of the pool, as Kysely wants it. One that breaks is an `UnavailableError`, and never goes back to the pool. */
export class Session implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #options: SessionOptions;
  #use: Use = { limitMs: undefined, end: () => {} };
  /** What the server was last told; undefined before the first time. */
  #toldMs: number | undefined;
  #isBroken = false;

  constructor(client: pg.PoolClient, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
    client.on('error', () => {
      this.#isBroken = true; // the queries that wait for it hear of it later
    });
  }

  /** Call it before the first query of each use. What it rejects with has released the session. */
  async begin(use: Use): Promise<void> {
    this.#use = use;
    const limitMs = use.limitMs ?? 0;
    if (!this.#options.isLimitedByServer || limitMs === this.#toldMs) return;
    try {
      await this.#send(`set statement_timeout = ${limitMs}`, []);
      this.#toldMs = limitMs;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  query = (async (sql: string, parameters: readonly unknown[]) => {
    if (!transactionControl.test(sql)) this.#options.onStatement?.(sql);
    const result = await this.#send(sql, parameters);
    if (sql === 'commit' && result.command === 'ROLLBACK')
      throw new CommitRefusedError('expected to commit, but got a rollback: a statement of the transaction had failed');
    return result as unknown as PostgresQueryResult<unknown>;
  }) as PostgresPoolClient['query'];

  release(): void {
    // A session that is not idle here (a rollback failed) would hand its open transaction to whoever comes next.
    this.#client.release(this.#isBroken || this.#client.getTransactionStatus() !== 'I');
    this.#use.end();
  }

  #send(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    if (this.#isBroken) return Promise.reject(new UnavailableError('the connection to the database was lost'));
    // By callback: with the driver's own promises each query's rows stay reachable from the one before, and outlive many collections.
    return new Promise((resolve, reject) => {
      const timer = this.#limit(reject);
      this.#client.query(sql, [...parameters], (error, answer) => {
        clearTimeout(timer);
        if (!error) return resolve(answer);
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
        reject(new TimeLimitError(`expected an answer of the database within ${limitMs / 1_000} s, but got none`));
        void this.#client.end(); // cuts the connection, since a query runs on it
      },
      this.#options.isLimitedByServer ? limitMs + graceMs : limitMs,
    );
  }
}

export function unavailable(what: string, cause: unknown): Error {
  return isDatabaseError(cause) ? cause : new UnavailableError(`${what}: ${wordsOf(cause)}`, { cause });
}
