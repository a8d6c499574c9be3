import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

/**
 * Two numbers name an advisory lock. The first is 'magpie' on a telephone's keys; the second is 0 for the lock that servers have
 * alone or share, and the number of a server for the sign that a session of it is there.
 */
const magpie = 624743;

/** What servers have alone or share, and where they ask each other for it. */
export const lock = { key: `${magpie}, 0`, channel: 'magpie_sole_use' };

export function presence(group: number): string {
  return `${magpie}, ${group}`;
}

const held = `from pg_locks
  where locktype = 'advisory' and granted and classid = ${magpie} and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`;

/** SQL: whether a session of another server is there, be it one that lost its lock. */
export function isOthersPresent(group: number): string {
  return `exists (select ${held} and objid not in (0, ${group}))`;
}

/** SQL: whether the session that speaks for this server holds the lock, alone or shared. */
function isEntered(group: number): string {
  return `exists (select ${held} and objid = 0 and pid in (select pid ${held} and objid = ${group}))`;
}

const enterWithinMs = 10_000;
const lookEveryMs = 100;

/**
 * Lets a session of the pool in: it shows that it is there, *then* looks whether its server holds the lock. Who becomes alone takes
 * the lock, *then* looks who is there. So at least one of the two sees the other: nothing is ever written past a server that
 * caches, however late this one learns that its lock was lost.
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

/** The answer to a question in SQL. */
export async function ask(session: pg.ClientBase, question: string): Promise<boolean> {
  const { rows } = await session.query<{ answer: boolean }>(`select ${question} as answer`);
  return rows[0]!.answer;
}
