import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { ask, isOthersPresent, lock, presence } from './presence.ts';

/**
 * Whether this server is the sole user of its database. Only a sole user may cache, as servers do not learn of each other's writes.
 * Every server, with all its workers, has one main session that holds a shared lock from start to end, and also holds it exclusively
 * while it is the sole user.
 *
 * A new server that finds the lock held exclusively requests it by a notification. The holder stops caching, waits for the operations
 * that use the cache, and releases the exclusive lock. Only then does the new server get the shared lock, and only then may its pool
 * open a session (`presence.ts`). Servers with the shared lock try repeatedly to get it exclusively, and then cache, beginning empty.
 *
 * What can go wrong:
 *
 * - The holder dies: its session ends, which releases the lock.
 * - The holder's session ends while it runs (terminated, a restart of the database): it stops caching when it notices.
 * - The holder does not notice (the network is down, the process is suspended): it caches under a *lease*, which every request
 *   checks. The lease lasts until `leaseMs` after it *sent* the last beat that got a reply, and the lock cannot have been lost before
 *   that moment. So a successor that waits for `leaseMs` writes only when the holder does not cache any more. It need not wait for a
 *   server that stopped properly: the row in `sole_use` exists while a server may be caching.
 * - The database does not notice either: it ends a session that is silent for `silenceMs`.
 * - Statements of a server outlive its lock, on a connection of its pool: each pool session holds the presence lock as long as it
 *   lives, and meanwhile no other server becomes the sole user.
 */
export interface SoleUse {
  /** The number of this server among those of the database, for `openDatabase` and for the workers. */
  readonly group: number;
  /**
   * Calls `allow` with the time of `performance.now()` until which caching is allowed, again after each beat, and with 0 when caching
   * is forbidden from now on. `allow` resolves when no operation that uses the cache is running any more.
   */
  follow(allow: Allow): void;
  /** Ends the session. Call it after the pool is closed. */
  close(): Promise<void>;
}

export type Allow = (untilMs: number) => Promise<void>;

export interface SoleUseOptions {
  readonly url: string;
  /** False when caching is off: the lock is then only shared. */
  readonly isCaching: boolean;
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly timing?: Partial<Timing>;
}

export interface Timing {
  /** Time between two beats. */
  readonly beatMs: number;
  readonly leaseMs: number;
  readonly silenceMs: number;
  /** How long a new server waits for the shared lock. */
  readonly enterWithinMs: number;
}

const defaultTiming: Timing = { beatMs: 1_000, leaseMs: 3_000, silenceMs: 10_000, enterWithinMs: 15_000 };

const otherUses = 'another server uses this database: nothing is cached while it does';
const lockNotAvailable = '55P03';
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Resolves when the lock is held, exclusively or shared. Rejects when another server does not release it in time. */
export async function openSoleUse(options: SoleUseOptions): Promise<SoleUse> {
  const user = new User(options);
  await user.enter();
  return user;
}

class User implements SoleUse {
  readonly group = randomInt(1, 2 ** 31);
  readonly #options: SoleUseOptions;
  readonly #timing: Timing;
  /** Undefined while the lock is not held. */
  #session: pg.Client | undefined;
  #isAlone = false;
  #hasWarned = false;
  #leaseUntilMs = 0;
  #allow: Allow = async () => {};
  /** Runs the steps one after the other, so that a notification is not handled in the middle of another step. */
  #steps: Promise<void> = Promise.resolve();
  #beat: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SoleUseOptions) {
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
  }

  follow(allow: Allow): void {
    this.#allow = allow;
    void allow(this.#leaseUntilMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#beat);
    await this.#steps;
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    await this.#stopCaching(session).catch(() => {}); // fails if the connection is lost, which releases the lock too
    await session.end();
  }

  async enter(): Promise<void> {
    const { url, isCaching } = this.#options;
    const { silenceMs } = this.#timing;
    const session = new pg.Client({
      ...{ connectionString: url, application_name: 'magpie', keepAlive: true },
      ...{ connectionTimeoutMillis: longestPauseMs, query_timeout: silenceMs },
    });
    session.on('error', () => this.#lose(session));
    session.on('end', () => this.#lose(session));
    session.on('notification', () => this.#step(session, () => this.#share(session)));
    try {
      await session.connect();
      // Since PostgreSQL 14. In older versions, an unreachable server holds its lock for as long as TCP keeps its connection.
      const silence = "select set_config(name, $1, false) from pg_settings where name = 'idle_session_timeout'";
      await session.query(silence, [`${silenceMs}ms`]);
      await session.query(`listen ${lock.channel}`); // before it holds a lock, so that it misses no request
      const isExclusive = isCaching && (await ask(session, `pg_try_advisory_lock(${lock.key})`));
      await this.#shareLock(session);
      await this.#outlastPredecessor(session);
      await session.query(`select pg_advisory_lock_shared(${presence(this.group)})`);
      const sentAtMs = performance.now();
      if (isExclusive && (await this.#claim(session))) this.#beginAlone(sentAtMs);
      else if (isCaching) this.#warn(otherUses);
    } catch (error) {
      void session.end().catch(() => {});
      throw error;
    }
    this.#session = session;
    this.#scheduleBeat(session);
  }

  /** Requests the shared lock, repeatedly, as the holder may have taken the lock just after a notification. */
  async #shareLock(session: pg.Client): Promise<void> {
    const { beatMs, enterWithinMs } = this.#timing;
    const giveUpAtMs = performance.now() + enterWithinMs;
    await session.query(`set lock_timeout = '${beatMs}ms'`);
    for (;;) {
      await session.query(`notify ${lock.channel}`);
      try {
        await session.query(`select pg_advisory_lock_shared(${lock.key})`);
        return;
      } catch (error) {
        if ((error as pg.DatabaseError).code !== lockNotAvailable) throw error;
      }
      if (performance.now() >= giveUpAtMs)
        throw new Error(
          'expected the other server on this database to share it, but got no answer from it in ' +
            `${enterWithinMs / 1000} s: if it hangs, end it`,
        );
    }
  }

  /**
   * Waits for the lease of a server that lost the lock and may not have noticed. No server begins to cache while the lock is shared
   * here, so a row in `sole_use` belongs to such a server.
   */
  async #outlastPredecessor(session: pg.Client): Promise<void> {
    const create = 'create table if not exists sole_use (server bigint not null)';
    await session.query(create).catch(() => session.query(create)); // of two concurrent attempts one fails, and succeeds when repeated
    if (!(await ask(session, `exists (select from sole_use where server <> ${this.group})`))) return;
    const { leaseMs } = this.#timing;
    this.#options.log.info(`a server ended without a word: waiting ${leaseMs / 1000} s, in case it still answers`);
    await delay(leaseMs);
    await session.query('delete from sole_use');
  }

  /** Becomes the sole user if no session of another server is open. Call it with the exclusive lock; releases it otherwise. */
  async #claim(session: pg.Client): Promise<boolean> {
    if (await ask(session, isOthersPresent(this.group))) {
      await session.query(`select pg_advisory_unlock(${lock.key})`);
      return false;
    }
    await session.query(`delete from sole_use; insert into sole_use values (${this.group})`);
    return true;
  }

  /** Handles another server's request for the lock. */
  async #share(session: pg.Client): Promise<void> {
    if (!this.#isAlone) return;
    this.#warn(otherUses);
    await this.#stopCaching(session);
    await session.query(`select pg_advisory_unlock(${lock.key})`);
  }

  async #stopCaching(session: pg.Client): Promise<void> {
    const wasAlone = this.#isAlone;
    this.#isAlone = false;
    this.#leaseUntilMs = 0;
    await this.#allow(0);
    if (wasAlone) await session.query('delete from sole_use');
  }

  #scheduleBeat(session: pg.Client): void {
    this.#beat = setTimeout(() => {
      this.#step(session, async () => {
        const sentAtMs = performance.now();
        const isTrying = this.#options.isCaching && !this.#isAlone;
        const isDone = await ask(session, isTrying ? `pg_try_advisory_lock(${lock.key})` : 'true');
        if (this.#isAlone) this.#extendLease(sentAtMs);
        else if (isTrying && isDone && (await this.#claim(session))) this.#beginAlone(sentAtMs);
        if (!this.#isClosed) this.#scheduleBeat(session);
      });
    }, this.#timing.beatMs);
  }

  #beginAlone(sentAtMs: number): void {
    this.#isAlone = true;
    if (this.#hasWarned) this.#options.log.info('alone on this database: answers are cached again');
    this.#hasWarned = false;
    this.#extendLease(sentAtMs);
  }

  #extendLease(sentAtMs: number): void {
    this.#leaseUntilMs = sentAtMs + this.#timing.leaseMs;
    void this.#allow(this.#leaseUntilMs);
  }

  #warn(message: string): void {
    this.#hasWarned = true;
    this.#options.log.warn(message);
  }

  #step(session: pg.Client, run: () => Promise<void>): void {
    this.#steps = this.#steps.then(async () => {
      if (this.#session === session) await run().catch(() => this.#lose(session));
    });
  }

  /** Handles the loss of the session, and so perhaps of the lock: clears the cache, and caches nothing until the lock is held again. */
  #lose(session: pg.Client): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#isAlone = false;
    this.#leaseUntilMs = 0;
    clearTimeout(this.#beat);
    void this.#allow(0);
    void session.end().catch(() => {});
    this.#warn('the connection that speaks for this server was lost: nothing is cached until it is back');
    void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    for (let pauseMs = firstPauseMs; !this.#isClosed; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      await delay(pauseMs);
      try {
        await this.enter();
      } catch {
        continue; // the database is not back yet
      }
      return this.#isClosed ? await this.close() : undefined;
    }
  }
}
