import { sql } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { openSoleUse, type SoleUse, type SoleUseOptions, type Timing } from '../../src/database/sole-use.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { createLink } from '../setup/frozen-link.ts';

/** A busy machine is not taken for a silent server. */
const timing: Timing = { beatMs: 20, leaseMs: 1_000, silenceMs: 10_000, enterWithinMs: 20_000 };
const hastyTiming: Timing = { ...timing, silenceMs: 2_500 };

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase('postgres');
});

interface TestUser {
  readonly use: SoleUse;
  /** Until when it may cache. */
  readonly untilMs: number;
  /** The latest moment until which it ever might. */
  readonly latestMs: number;
  readonly said: readonly string[];
  /** Holds back that it has stopped. */
  slowDown(): () => void;
  /** Resolves when it caches, or does not. */
  becomes(state: 'caching' | 'not caching'): Promise<void>;
}

async function enter(options: Partial<SoleUseOptions> = {}): Promise<TestUser> {
  const said: string[] = [];
  const note = (message: string) => void said.push(message);
  const log = { info: note, warn: note };
  const use = await openSoleUse({ url: database.url!, isCaching: true, log, timing, ...options });
  onTestFinished(() => use.close());
  let untilMs = 0;
  let latestMs = 0;
  let hold: Promise<void> | undefined;
  let watchers: { isMet: () => boolean; resolve: () => void }[] = [];
  use.follow(async (ms) => {
    untilMs = ms;
    latestMs = Math.max(latestMs, ms);
    watchers = watchers.filter(({ isMet, resolve }) => !isMet() || resolve());
    if (ms === 0) await hold;
  });
  return {
    use,
    said,
    get untilMs() {
      return untilMs;
    },
    get latestMs() {
      return latestMs;
    },
    slowDown() {
      let release = () => {};
      hold = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    becomes: (state) =>
      new Promise((resolve) => {
        const isMet = () => untilMs > 0 === (state === 'caching');
        if (isMet()) resolve();
        else watchers.push({ isMet, resolve });
      }),
  };
}

/** Asks the database until it says yes. */
async function says(question: ReturnType<typeof sql<{ answer: boolean }>>): Promise<void> {
  for (;;) {
    const { rows } = await question.execute(database.queries);
    if (rows[0]!.answer) return;
  }
}

const isSomebodyWaiting = sql<{ answer: boolean }>`
  select exists (select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())) as answer`;

/** Ends the session that holds the lock of servers. */
async function endSessionOf({ use }: TestUser): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 624743
      and objid = ${use.group} and pid in (select pid from pg_locks where classid = 624743 and objid = 0)
  `.execute(database.queries);
}

describe('a server on a database', () => {
  it('may cache while it is alone, again and again for a while', async () => {
    const user = await enter();
    const first = user.untilMs;
    expect(first - performance.now()).toBeLessThanOrEqual(timing.leaseMs);
    while (user.untilMs === first) await sql`select 1`.execute(database.queries);
    expect(user.untilMs).toBeGreaterThan(first);
    expect(user.said).toEqual([]);
  });

  it('stops before another one is let in', async () => {
    const holder = await enter();
    const release = holder.slowDown();
    let isIn = false;
    const entering = enter().then((user) => {
      isIn = true;
      return user;
    });
    await holder.becomes('not caching');
    await says(isSomebodyWaiting);
    expect(isIn).toBe(false);
    release();
    const newcomer = await entering;
    expect([holder.untilMs, newcomer.untilMs]).toEqual([0, 0]);
    const warning = 'another server uses this database: nothing is cached while it does';
    expect([holder.said, newcomer.said]).toEqual([[warning], [warning]]);
  });

  it('caches again when the last of the others is gone', async () => {
    const [one, two, three] = [await enter(), await enter(), await enter()];
    await one.use.close();
    await two.use.close();
    await three.becomes('caching');
    expect([one.untilMs, two.untilMs]).toEqual([0, 0]);
    expect(three.said.at(-1)).toBe('alone on this database: answers are cached again');
  });

  it('is one of at most one that cache, however many start at once', async () => {
    const users = await Promise.all([enter(), enter(), enter(), enter()]);
    expect(users.map(({ untilMs }) => untilMs)).toEqual([0, 0, 0, 0]);
  });

  it('disturbs others also when it does not cache itself', async () => {
    const holder = await enter();
    const plain = await enter({ isCaching: false });
    expect([holder.untilMs, plain.untilMs, plain.said]).toEqual([0, 0, []]);
    await holder.use.close();
    await enter({ isCaching: false });
    expect(plain.untilMs).toBe(0);
  });

  it('is never alone when it does not cache itself', async () => {
    expect((await enter({ isCaching: false })).latestMs).toBe(0);
  });

  it('gives up to start when the other one does not stop', async () => {
    const holder = await enter();
    onTestFinished(holder.slowDown());
    await expect(enter({ timing: { ...timing, enterWithinMs: 100 } })).rejects.toThrow(
      /^expected the other server on this database to share it, but got no answer from it in 0.1 s/,
    );
  });
});

describe('a server that loses its connection', () => {
  it('stops at once, and goes on when it is back', async () => {
    const user = await enter();
    await endSessionOf(user);
    await user.becomes('not caching');
    await user.becomes('caching');
    expect(user.said).toEqual([
      'the connection that speaks for this server was lost: nothing is cached until it is back',
      'alone on this database: answers are cached again',
    ]);
  });

  it('does not cache beside one that came in meanwhile', async () => {
    const user = await enter();
    const [newcomer] = await Promise.all([enter(), endSessionOf(user)]);
    await newcomer.use.close();
    await user.becomes('caching');
    const third = await enter();
    expect([user.untilMs, third.untilMs]).toEqual([0, 0]);
  });

  it('and does not hear of it, stops before its successor begins', async () => {
    const link = await createLink(database.url!);
    const cutOff = await enter({ url: link.url, timing: hastyTiming });
    link.freeze();
    await endSessionOf(cutOff);
    const successor = await enter();
    expect(cutOff.latestMs).toBeLessThanOrEqual(performance.now());
    expect(successor.said).toContain('a server ended without a word: waiting 1 s, in case it still answers');
  });

  it('with its whole network, stops before the database gives its place away', async () => {
    const link = await createLink(database.url!);
    const cutOff = await enter({ url: link.url, timing: hastyTiming });
    link.freeze();
    await enter();
    expect(cutOff.latestMs).toBeLessThanOrEqual(performance.now());
  });

  it('keeps others from caching while a session of its pool is there, which may be writing', async () => {
    const gone = await enter();
    const pool = await openDatabase({ url: database.url!, group: gone.use.group });
    onTestFinished(() => pool.close());
    await gone.use.close();
    const other = await enter();
    expect(other.untilMs).toBe(0);
    await pool.close();
    await other.becomes('caching');
  });

  it('writes nothing beside one that caches: new sessions of its pool wait until it has its place again', async () => {
    const link = await createLink(database.url!);
    const cutOff = await enter({ url: link.url });
    const pool = await openDatabase({ url: database.url!, group: cutOff.use.group });
    onTestFinished(() => pool.close());
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where pid in (select pid from pg_locks where classid = 624743 and objid = ${cutOff.use.group})`.execute(
      database.queries,
    );
    link.freeze();
    const other = await enter();
    await other.becomes('caching');
    const isAnybodyAlone = sql<{ answer: boolean }>`
      select exists (select from pg_locks where classid = 624743 and objid = 0 and mode = 'ExclusiveLock'
        and database = (select oid from pg_database where datname = current_database())) as answer`;
    const seenByPool = isAnybodyAlone.execute(pool.queries);
    await says(
      sql`select exists (select from pg_locks where classid = 624743 and objid = ${cutOff.use.group}) as answer`,
    );
    link.thaw();
    expect((await seenByPool).rows).toEqual([{ answer: false }]);
  });
});
