import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogMark } from '../../src/cluster/log-view.ts';
import { defaultTiming } from '../../src/cluster/timing.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import {
  commit,
  joinAs,
  publish,
  roundTrips,
  type TestMember,
  terminate,
  untilServing,
  type Written,
} from './members.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('postgres', { template: 'empty' });
});

beforeEach(async () => {
  await sql`delete from cache_members`.execute(database.queries); // those that lost their lease are waited for
});

const join = () => joinAs(database, { hasView: true });
const viewOf = ({ member }: TestMember) => member.view!;

/** The first of the members has read from the log what was written, so that its loads are known to show it. */
async function look(members: readonly TestMember[], { xid }: Written) {
  const [first] = members;
  first!.time.pass(20);
  for (;;) {
    await roundTrips(database);
    if (viewOf(first!).now()!.horizon >= xid) break;
    await Promise.all(members.map((member) => member.live(500))); // a transaction of another test holds it back
  }
}

/** The log of the time before the process joined has been read. */
async function readBack(member: TestMember, loadedAt: LogMark) {
  while (!viewOf(member).isValid(loadedAt, [])) await roundTrips(database, 1);
}

describe('a value that another process has loaded', () => {
  it('is valid until one of its tags is invalidated', async () => {
    const [one, two] = [await join(), await join()];
    const loadedAt = viewOf(one).now()!;
    await readBack(one, loadedAt);
    await readBack(two, loadedAt);
    expect(viewOf(two).isValid(loadedAt, ['Post'])).toBe(true);
    await publish(one, await commit(database, 'Post')).answered;
    for (const member of [one, two]) {
      expect(viewOf(member).isValid(loadedAt, ['Post'])).toBe(false);
      expect(viewOf(member).isValid(loadedAt, ['Media'])).toBe(true);
    }
  });

  it('is valid if its load began when it was known that the write had ended', async () => {
    const [one, two] = [await join(), await join()];
    const row = await commit(database, 'Post');
    await publish(one, row).answered;
    const tooEarly = viewOf(one).now()!;
    await look([one, two], row);
    const loadedAt = viewOf(one).now()!;
    expect([tooEarly, loadedAt].map((mark) => viewOf(two).isValid(mark, ['Post']))).toEqual([false, true]);
  });

  it('is not known to show a write while an older one is under way', async () => {
    const [one, two] = [await join(), await join()];
    const slow = await database.queries.startTransaction().execute();
    await sql`select pg_current_xact_id()`.execute(slow);
    const row = await commit(database, 'Post');
    await publish(one, row).answered;
    one.time.pass(20);
    await roundTrips(database);
    expect(viewOf(two).isValid(viewOf(one).now()!, ['Post'])).toBe(false);
    await slow.rollback().execute();
    await look([one, two], row);
    expect(viewOf(two).isValid(viewOf(one).now()!, ['Post'])).toBe(true);
  });

  it('is not valid to a process without a lease, which has none to offer', async () => {
    const [one, two] = [await join(), await join()];
    const loadedAt = viewOf(one).now()!;
    await readBack(two, loadedAt);
    two.time.pass(defaultTiming.leaseMs);
    expect(viewOf(two).isValid(loadedAt, [])).toBe(false);
    expect(viewOf(two).now()).toBeUndefined();
  });

  it('is not valid in another epoch', async () => {
    const one = await join();
    const { epoch, horizon } = viewOf(one).now()!;
    await readBack(one, { epoch, horizon });
    expect(viewOf(one).isValid({ epoch, horizon: horizon + 1_000 }, [])).toBe(true);
    expect(viewOf(one).isValid({ epoch: 'another', horizon: horizon + 1_000 }, [])).toBe(false);
  });

  it('is not valid any more when a row of another epoch was heard of', async () => {
    const one = await join();
    const { epoch, horizon } = viewOf(one).now()!;
    await readBack(one, { epoch, horizon });
    const row = { id: null, xid: null, epoch: null, workspaceId: 'ws_1', tags: ['Media'], cause: 'updatePost' };
    await one.member.publish([row]);
    expect(one.applied).toEqual(['Media']);
    expect(viewOf(one).isValid({ epoch, horizon: horizon + 1_000 }, ['Post'])).toBe(false);
  });

  it('is invalidated also by what was written while a process was away', async () => {
    const [one, two] = [await join(), await join()];
    const loadedAt = viewOf(one).now()!;
    await readBack(two, loadedAt);
    await terminate(database, [`${two.id}.1`]);
    await two.until(() => two.untilMs === 0);
    await commit(database, 'Post'); // and its process died
    await untilServing(database, two);
    expect(viewOf(two).isValid(loadedAt, ['Media'])).toBe(true);
    expect(viewOf(two).isValid(loadedAt, ['Post'])).toBe(false);
  });

  it('is not looked at by a process that has no remote tier', async () => {
    expect((await joinAs(database)).member.view).toBeUndefined();
  });

  it('is valid to a process that begins later, as far as the log goes back', async () => {
    const one = await join();
    const before = viewOf(one).now()!;
    const row = await commit(database, 'Post');
    await publish(one, row).answered;
    await look([one], row);
    const after = viewOf(one).now()!;
    const two = await join();
    await readBack(two, before);
    expect(viewOf(two).isValid(before, ['Media'])).toBe(true);
    expect([before, after].map((mark) => viewOf(two).isValid(mark, ['Post']))).toEqual([false, true]);
    await sql`update cache_epoch set pruned_below = ${String(after.horizon + 1)}::xid8`.execute(database.queries);
    const three = await join();
    await readBack(three, after);
    expect([before, after].map((mark) => viewOf(three).isValid(mark, ['Media']))).toEqual([false, true]);
  });
});
