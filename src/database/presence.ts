import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

/**
 * The first of the two numbers of an advisory lock: 'magpie' on a telephone's keys. The second is 0 for the lock that servers hold
 * exclusively or share, and a server's number for the lock that shows that a session of it is open.
 */
const magpie = 624743;

/** The lock that servers hold exclusively or share, and the notification channel on which they request it. */
export const lock = { key: `${magpie}, 0`, channel: 'magpie_sole_use' };

export function presence(group: number): string {
  return `${magpie}, ${group}`;
}

const held = `from pg_locks
  where locktype = 'advisory' and granted and classid = ${magpie} and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`;

/** SQL: whether a session of another server is open, even of one that lost its lock. */
export function isOthersPresent(group: number): string {
  return `exists (select ${held} and objid not in (0, ${group}))`;
}

/** SQL: whether this server's main session holds the lock, exclusively or shared. */
function isEntered(group: number): string {
  return `exists (select ${held} and objid = 0 and pid in (select pid ${held} and objid = ${group}))`;
}

const enterWithinMs = 10_000;
const lookEveryMs = 100;

/**
 * Admits a session to the pool: it first takes its server's presence lock, *then* checks that its server holds the shared lock. A
 * server that becomes the sole user takes the lock, *then* checks for other sessions. So at least one of the two notices the other,
 * and no session writes unnoticed by a server that caches, however late its own server learns that it lost the lock.
 */
export async function enterPool(session: pg.ClientBase, group: number): Promise<void> {
  await session.query(`select pg_advisory_lock_shared(${presence(group)})`);
  const giveUpAtMs = performance.now() + enterWithinMs;
  while (!(await ask(session, isEntered(group)))) {
    if (performance.now() > giveUpAtMs)
      throw new Error('expected this server to have its place among those of the database, but got none in 10 s');
    await delay(lookEveryMs);
  }
}

/** Evaluates a boolean SQL expression. */
export async function ask(session: pg.ClientBase, question: string): Promise<boolean> {
  const { rows } = await session.query<{ answer: boolean }>(`select ${question} as answer`);
  return rows[0]!.answer;
}
