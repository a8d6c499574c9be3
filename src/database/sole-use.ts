import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { ask, isOthersPresent, lock, presence } from './presence.ts';

/**
 * Who alone uses a database may cache; several may not, since they do not hear of each other's writes. Every server, with all its
 * workers, has one session that shares a lock from its start to its end, and holds it exclusively too while it is alone.
 *
 * A newcomer that finds the lock held exclusively asks for it by a notification. The holder stops caching, waits for what began
 * with the cache, and gives up exclusiveness; only then does the newcomer share the lock, and only then may its pool open a
 * session (`presence.ts`). Whoever shares the lock tries again and again to have it alone, and then caches, beginning with nothing.
 *
 * What can go wrong:
 *
 * - The holder dies: its session ends, and the lock with it.
 * - Its session ends while it lives (terminated, a restart of the database). It stops as soon as it hears of that.
 * - It hears of nothing (the network is gone, the process was stopped). Therefore it caches under a *lease*, which every request
 *   checks: until `leaseMs` after it *sent* the last beat that was answered. The lock cannot have been lost before that, so who
 *   takes it over and waits for `leaseMs` writes behind nobody's back. It need not wait for those who said that they stopped:
 *   the row in `sole_use` is there while somebody may be caching.
 * - The database hears of nothing either: it ends a session that is silent for `silenceMs`.
 * - Statements of a server outlive its lock, in flight on a connection of its pool: the session shows its presence as long as it
 *   lives, and meanwhile nobody else becomes alone.
 */
export interface SoleUse {
  /** Names this server among those of the database: for `openDatabase`, and for the workers. */
  readonly group: number;
  /**
   * Calls `allow` with the moment of `performance.now()` until which there may be caching, again with each answered beat; with 0
   * when there may be none from now on. That resolves when nothing that began with the cache is still executing.
   */
  follow(allow: Allow): void;
  /** Call it when the pool is closed. */
  close(): Promise<void>;
}

export type Allow = (untilMs: number) => Promise<void>;

export interface SoleUseOptions {
  readonly url: string;
  /** False when nothing is cached anyway: the lock is only ever shared. */
  readonly isCaching: boolean;
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly timing?: Partial<Timing>;
}

export interface Timing {
  /** Between two signs of life. */
  readonly beatMs: number;
  readonly leaseMs: number;
  readonly silenceMs: number;
  /** How long a newcomer waits for the lock. */
  readonly enterWithinMs: number;
}

const defaultTiming: Timing = { beatMs: 1_000, leaseMs: 3_000, silenceMs: 10_000, enterWithinMs: 15_000 };

const otherUses = 'another server uses this database: nothing is cached while it does';
const lockNotAvailable = '55P03';
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Resolves when the lock is held, alone or shared. Rejects when another server does not let it be shared in time. */
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
  /** They run one after the other, so that a notification never meets a half made change. */
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
    await this.#stopCaching(session).catch(() => {}); // the connection is gone, and the lock with it
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
      // Since PostgreSQL 14. Before, the lock of a server that cannot be reached stays for as long as TCP keeps its connection.
      const silence = "select set_config(name, $1, false) from pg_settings where name = 'idle_session_timeout'";
      await session.query(silence, [`${silenceMs}ms`]);
      await session.query(`listen ${lock.channel}`); // before it holds anything, so that it misses nothing
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

  /** One who asks and is not heard (the holder took the lock a moment later) asks again. */
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

  /** Nobody begins to cache while the lock is shared here, so a row is of somebody who lost the lock, and may not know it yet. */
  async #outlastPredecessor(session: pg.Client): Promise<void> {
    const create = 'create table if not exists sole_use (server bigint not null)';
    await session.query(create).catch(() => session.query(create)); // two at the same time: one of them fails, once
    if (!(await ask(session, `exists (select from sole_use where server <> ${this.group})`))) return;
    const { leaseMs } = this.#timing;
    this.#options.log.info(`a server ended without a word: waiting ${leaseMs / 1000} s, in case it still answers`);
    await delay(leaseMs);
    await session.query('delete from sole_use');
  }

  /** Alone, if nobody is left who lost the lock or never had it. The lock is held exclusively; if not alone, no more. */
  async #claim(session: pg.Client): Promise<boolean> {
    if (await ask(session, isOthersPresent(this.group))) {
      await session.query(`select pg_advisory_unlock(${lock.key})`);
      return false;
    }
    await session.query(`delete from sole_use; insert into sole_use values (${this.group})`);
    return true;
  }

  /** Somebody asks for the lock. */
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

  /** Whether the lock is still held is not known any more: what was cached is gone, and nothing is cached until it is held again. */
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
