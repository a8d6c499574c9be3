import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { fenceAll } from '../../src/cluster/fence-all.ts';
import { Member } from '../../src/cluster/member.ts';
import { defaultTiming } from '../../src/cluster/timing.ts';
import { appendToLog, type LogPosition } from '../../src/database/invalidation-log.ts';
import type { TestDatabase } from '../setup/databases.ts';
import { ManualTime } from '../setup/manual-time.ts';

export interface TestMember {
  readonly member: Member;
  /** The beginning of its names. */
  readonly id: string;
  readonly time: ManualTime;
  /** Tags in the order in which they were applied; `everything` when all was forgotten. */
  readonly applied: readonly string[];
  /** What its memory keeps, by tag. */
  readonly kept: Set<string>;
  /** Until when it may answer from memory, by its clock. */
  readonly untilMs: number;
  readonly said: readonly string[];
  /** Each time it was told that the database cannot be reached, since when it has no lease. */
  readonly cutOffSinceMs: readonly number[];
  /** Resolves when this holds. */
  until(holds: () => boolean): Promise<void>;
  /** Time passes, and each beat that is due is answered. */
  live(ms: number): Promise<void>;
}

export interface Written extends LogPosition {
  readonly workspaceId: string;
  readonly tags: readonly string[];
  readonly cause: string;
}

const workspaceId = 'ws_1';

export const tagsVersion = 'of these tests';

interface JoinOptions {
  readonly url?: string;
  readonly tagsVersion?: string;
  /** Tags that cannot be applied, the first time. */
  readonly failing?: string;
  /** Whether values that others have loaded are of interest; their tags are those of the rows. */
  readonly hasView?: boolean;
}

/** A process in this one, with a clock of its own, on a real connection. It has joined the others. */
export async function joinAs(database: TestDatabase, options: JoinOptions = {}): Promise<TestMember> {
  const { member, joined } = beginToJoin(database, options);
  await joined;
  return member;
}

/** As `joinAs`, but `joined` tells when it has joined, or goes on without. */
export function beginToJoin(database: TestDatabase, options: JoinOptions = {}) {
  const url = options.url ?? database.url!;
  let { failing } = options;
  const time = new ManualTime();
  const applied: string[] = [];
  const kept = new Set<string>();
  const said: string[] = [];
  const cutOffSinceMs: number[] = [];
  let untilMs = 0;
  let hasJoined = false;
  let waiting: { holds: () => boolean; resolve: () => void }[] = [];
  const look = () => {
    waiting = waiting.filter(({ holds, resolve }) => !holds() || resolve());
  };
  const say = (message: string) => {
    said.push(message);
    look();
  };
  const member = new Member({
    url,
    fenceAll: () => fenceAll(database.queries),
    log: { info: say, warn: say },
    time: { now: () => time.clock.now(), after: (delayMs, run) => time.after(delayMs, run) },
    timing: defaultTiming,
    tagsVersion: options.tagsVersion ?? tagsVersion,
    ...(options.hasView && { tagsOf: ({ tags }) => tags }),
  });
  onTestFinished(async () => {
    const closed = member.close();
    time.pass(defaultTiming.leaseMs);
    await closed;
  });
  const joined = member.join({
    apply({ tags }) {
      if (failing !== undefined && tags.includes(failing)) {
        failing = undefined;
        throw new Error('expected tags that can be applied');
      }
      applied.push(...tags);
      for (const tag of tags) kept.delete(tag);
      look();
    },
    clear() {
      if (hasJoined) applied.push('everything'); // at first there is nothing to forget
      kept.clear();
      look();
    },
    cutOff(ms) {
      cutOffSinceMs.push(ms);
      look();
    },
    allow(ms) {
      untilMs = ms;
      hasJoined ||= ms > 0;
      look();
    },
  });
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      if (holds()) resolve();
      else waiting.push({ holds, resolve });
    });
  const leaseMs = defaultTiming.leaseMs - defaultTiming.marginMs;
  const testMember: TestMember = {
    ...{ member, id: member.name, time, applied, kept, said, cutOffSinceMs, until },
    get untilMs() {
      return untilMs;
    },
    async live(ms) {
      const endMs = time.clock.now() + ms;
      while (time.clock.now() < endMs) {
        const beatAtMs = untilMs - leaseMs + defaultTiming.beatMs;
        time.pass(Math.min(endMs, beatAtMs) - time.clock.now());
        const nowMs = time.clock.now();
        if (nowMs >= beatAtMs) await until(() => untilMs === nowMs + leaseMs);
      }
    },
  };
  return { member: testMember, joined };
}

/** A mutation that is committed, and of which nobody has heard yet. */
export async function commit(database: TestDatabase, ...tags: string[]): Promise<Written> {
  const invalidation = { workspaceId, tags, cause: 'updatePost' };
  return { ...(await appendToLog(database.queries, invalidation, tagsVersion)), ...invalidation };
}

/** Publishes a row; `isAnswered` tells whether the mutation was answered. */
export function publish({ member }: TestMember, ...rows: Written[]) {
  const mutation = { isAnswered: false, answered: Promise.resolve() };
  mutation.answered = member.publish(rows).then(() => {
    mutation.isAnswered = true;
  });
  return mutation;
}

export interface Listed {
  readonly id: string;
  readonly beat: number;
  readonly isFenced: boolean;
}

export async function listed({ queries }: TestDatabase): Promise<Listed[]> {
  const { rows } = await sql<Listed>`select id, beat, is_fenced from cache_members order by id`.execute(queries);
  return rows;
}

/** Asks the database until it lists such members. */
export async function untilListed(database: TestDatabase, holds: (members: Listed[]) => boolean): Promise<void> {
  while (!holds(await listed(database)));
}

/** Ends the connections of these members, or of all. */
export async function terminate(database: TestDatabase, ids: readonly string[]): Promise<void> {
  await sql`select pg_terminate_backend(pid) from cache_members where id in (${sql.join(ids)})`.execute(
    database.queries,
  );
}

/** Lets everything that is under way arrive: several round trips through the same server. */
export async function roundTrips(database: TestDatabase, count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await sql`select 1`.execute(database.queries);
}

/** Longer than a pause after a join that failed, and shorter than the time that a join may take. */
const pauseAtMostMs = 1_000;

/** Lets a member join until this holds. Only the pauses pass between: however long it takes on a busy machine, a join is not given up. */
export async function joiningUntil(database: TestDatabase, { time }: TestMember, holds: () => boolean): Promise<void> {
  while (!holds()) {
    time.passToNext(pauseAtMostMs);
    await roundTrips(database, 1);
  }
}

/** Lets a member join until it may answer from memory. */
export async function untilServing(database: TestDatabase, member: TestMember): Promise<void> {
  await joiningUntil(database, member, () => member.untilMs > 0);
}

/** The statements of members that wait for a lock. */
export async function blockedMembers({ queries }: TestDatabase): Promise<unknown[]> {
  const { rows } = await sql`
    select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      and application_name like 'magpie member %'`.execute(queries);
  return rows;
}

/** Asks the database until a statement of a member waits for a lock. */
export async function untilBlocked(database: TestDatabase): Promise<void> {
  while ((await blockedMembers(database)).length === 0);
}
