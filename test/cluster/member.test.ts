import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readSince } from '../../src/cluster/log-reading.ts';
import { MemberConnection } from '../../src/cluster/member-connection.ts';
import { prune } from '../../src/cluster/pruning.ts';
import { listen } from '../../src/cluster/registration.ts';
import { defaultTiming } from '../../src/cluster/timing.ts';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import {
  beginToJoin,
  blockedMembers,
  commit,
  joinAs,
  joiningUntil,
  listed,
  publish,
  roundTrips,
  type TestMember,
  tagsVersion,
  terminate,
  untilBlocked,
  untilListed,
  untilServing,
} from './members.ts';

const { leaseMs, marginMs, beatMs, busAwayMs } = defaultTiming;
const fencingStepMs = 10;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('postgres');
});
beforeEach(async () => {
  await sql`truncate invalidation_log, cache_members`.execute(database.queries);
  await sql`update cache_epoch set is_settled = true, place = null, pruned_below = '0', prune_mark = '0', marked_at = '-infinity'`.execute(
    database.queries,
  );
});

/** A member whose network can fail without a word. */
async function joinFar() {
  const link = await startDatabaseProxy(database.url!);
  return { link, far: await joinAs(database, { url: link.url }) };
}

/** Time passes until a member is fenced. Returns the last moment in which none was. */
async function untilFenced({ live, time }: TestMember): Promise<number> {
  for (;;) {
    const nowMs = time.clock.now();
    if ((await listed(database)).some(({ isFenced }) => isFenced)) return nowMs - fencingStepMs;
    await live(fencingStepMs);
  }
}

/** Time passes until the mutation is answered. */
async function untilAnswered(mutation: { isAnswered: boolean }, { live }: TestMember): Promise<void> {
  while (!mutation.isAnswered) {
    await live(1);
    await roundTrips(database, 1);
  }
}

/** A connection of a process that is no whole member. */
async function connectAs(id: string): Promise<MemberConnection> {
  const connection = new MemberConnection(database.url!, { id, listener: { heard() {}, lost() {} } });
  onTestFinished(() => connection.close());
  await connection.connect();
  return connection;
}

/** Reads of the log compute this for each row until the test ends. */
async function replaceLog(computed: string): Promise<void> {
  const run = async (text: string) => void (await sql.raw(text).execute(database.queries));
  onTestFinished(() => run('drop view invalidation_log; alter table kept rename to invalidation_log'));
  await run(`alter table invalidation_log rename to kept;
    create view invalidation_log as select id, xid, workspace_id, cause, tags, ${computed} as tags_version from kept`);
}

/** As a crash of the database: what is unlogged is lost, and so are all connections. */
async function crash() {
  const { rows } = await sql<{ pid: number }>`select pid from cache_members`.execute(database.queries);
  await sql`truncate cache_epoch, cache_members`.execute(database.queries);
  const pids = rows.map(({ pid }) => pid);
  await sql`select pg_terminate_backend(pid) from unnest(${pids}::int[]) as pid`.execute(database.queries);
}

describe('a mutation', () => {
  it('is answered at once by a member that is alone', async () => {
    const one = await joinAs(database);
    await publish(one, await commit(database, 'Post')).answered;
    expect(one.applied).toEqual(['Post']);
  });

  it('is answered when every other member has applied it', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database)];
    const { link, far } = await joinFar();
    link.freeze();
    const mutation = publish(one, await commit(database, 'Post'));
    await two.until(() => two.applied.includes('Post'));
    await roundTrips(database);
    expect(mutation.isAnswered).toBe(false);
    link.resume();
    await mutation.answered;
    expect([one.applied, two.applied, far.applied]).toEqual([['Post'], ['Post'], ['Post']]);
  });

  it('waits for a member that does not acknowledge until its lease is over, and fences it', async () => {
    const one = await joinAs(database);
    const { link } = await joinFar();
    await one.live(beatMs); // sees the other one's beat for the first time
    link.freeze();
    const mutation = publish(one, await commit(database, 'Post'));
    await untilFenced(one);
    await one.live(beatMs + leaseMs - 1 - one.time.clock.now());
    await roundTrips(database);
    expect(mutation.isAnswered).toBe(false);
    await untilAnswered(mutation, one);
    await untilListed(database, ({ length }) => length === 1);
  });

  it('waits for a whole lease from the fence where the member has beaten since it was seen', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database)];
    const { link, far } = await joinFar();
    await one.live(beatMs);
    link.freeze();
    const mutation = publish(one, await commit(database, 'Post'));
    await two.until(() => two.applied.includes('Post')); // the list of members was read
    await sql`update cache_members set beat = beat + 1 where id like ${`${far.id}%`}`.execute(database.queries);
    const notBeforeMs = await untilFenced(one);
    await one.live(notBeforeMs + leaseMs - 1 - one.time.clock.now());
    await roundTrips(database);
    expect(mutation.isAnswered).toBe(false);
    await untilAnswered(mutation, one);
  });

  it('does not wait for a member that has left, or has joined again', async () => {
    const [one, leaving] = [await joinAs(database), await joinAs(database)];
    const { link, far } = await joinFar();
    const farIds = (await listed(database)).map(({ id }) => id).filter((id) => id.startsWith(far.id));
    link.freeze();
    const mutation = publish(one, await commit(database, 'Post'));
    await leaving.member.close();
    await terminate(database, farIds);
    link.resume();
    await mutation.answered;
  });

  it('is published again when the connection was lost, and waits for the acknowledgements again', async () => {
    const { link, far: writer } = await joinFar();
    const other = await joinAs(database);
    const { link: otherLink, far: slow } = await joinFar();
    otherLink.freeze();
    const mutation = publish(writer, await commit(database, 'Post'));
    await other.until(() => other.applied.includes('Post'));
    link.freeze();
    await terminate(
      database,
      (await listed(database)).map(({ id }) => id).filter((id) => id.startsWith(writer.id)),
    );
    link.resume();
    await writer.until(() => writer.untilMs === 0);
    await writer.until(() => writer.untilMs > 0);
    await roundTrips(database);
    expect(mutation.isAnswered).toBe(false);
    otherLink.resume();
    await mutation.answered;
    expect([writer.applied, other.applied, slow.applied]).toEqual([['Post'], ['Post'], ['Post']]);
  });

  it('whose member has no connection fences everybody through the pool, and waits for their leases', async () => {
    const other = await joinAs(database);
    const { link, far: writer } = await joinFar();
    link.cut();
    await writer.until(() => writer.untilMs === 0);
    const mutation = publish(writer, await commit(database, 'Post'));
    writer.time.pass(busAwayMs);
    await untilListed(database, (members) => members.every(({ isFenced }) => isFenced));
    await roundTrips(database);
    writer.time.pass(leaseMs - 1);
    await roundTrips(database);
    expect(mutation.isAnswered).toBe(false);
    while (!mutation.isAnswered) {
      writer.time.pass(1);
      await roundTrips(database, 1);
    }
    other.time.pass(beatMs);
    await other.until(() => other.untilMs === 0);
    await other.until(() => other.applied.includes('Post'));
  });

  it('does not wait longer because connections come and go', async () => {
    const { link, far: writer } = await joinFar();
    link.freeze();
    const mutation = publish(writer, await commit(database, 'Post'));
    writer.time.pass(busAwayMs);
    link.cut();
    await writer.until(() => writer.untilMs === 0);
    writer.time.pass(0);
    await untilListed(database, (members) => members.every(({ isFenced }) => isFenced));
    while (!mutation.isAnswered) {
      writer.time.pass(100);
      await roundTrips(database, 1);
    }
  });

  it('waits no longer because the process that it waits for was stopped while it joined again', async () => {
    const one = await joinAs(database);
    const { link } = await joinFar();
    const joiner = await connectAs('joiner');
    await listen(joiner, 'joiner');
    link.freeze();
    await joiner.query({ text: 'begin' });
    await joiner.query({ text: `delete from cache_members where id not like '${one.id}%'` });
    const mutation = publish(one, await commit(database, 'Post'));
    await untilAnswered(mutation, one);
    expect(one.said.filter((line) => line.includes('lost'))).toEqual([]);
  });

  it('waits no longer because the process that it waits for was stopped in the middle of a beat', async () => {
    const one = await joinAs(database);
    const stopped = await connectAs('stopped.1');
    await stopped.query({ text: `insert into cache_members (id, pid) values ('stopped.1', pg_backend_pid())` });
    await stopped.query({ text: 'begin' });
    await stopped.query({ text: `update cache_members set beat = beat + 1 where id = 'stopped.1'` });
    const mutation = publish(one, await commit(database, 'Post'));
    await untilAnswered(mutation, one);
    expect(one.said.filter((line) => line.includes('lost'))).toEqual([]);
  });

  it('that comes after its process has left is not told, and says so', async () => {
    const one = await joinAs(database);
    await one.member.close();
    await expect(one.member.publish([await commit(database, 'Post')])).rejects.toThrow('could not be told of it');
  });

  it('is published whole, however large: where tags do not fit, as everything of its workspace', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database)];
    const many = Array.from({ length: 200 }, (_, n) => `Post:post_${n}_${'x'.repeat(60)}`);
    const rows = [await commit(database, 'Post'), await commit(database, ...many), await commit(database, 'Template')];
    await publish(one, ...rows).answered;
    expect(two.applied).toEqual(['Post', '*', 'Template']);
  });
});

describe('a member', () => {
  it('may answer from memory until a lease after it sent its last beat, less a margin', async () => {
    const one = await joinAs(database);
    expect(one.untilMs).toBe(leaseMs - marginMs);
    one.time.pass(beatMs);
    await one.until(() => one.untilMs === beatMs + leaseMs - marginMs);
  });

  it('gives up a connection that does not answer a beat, and joins again', async () => {
    const { link, far } = await joinFar();
    link.freeze();
    far.time.pass(beatMs);
    far.time.pass(leaseMs);
    expect(far.untilMs).toBe(0);
    link.resume();
    await far.until(() => far.untilMs > 0);
    expect(far.said.map((line) => line.split(':')[0])).toEqual([
      'the connection to the other processes was lost',
      'connected to the other processes again',
    ]);
  });

  it('does not revive a lease that lapsed: it joins again under another name', async () => {
    const { link, far } = await joinFar();
    const [before] = await listed(database);
    link.freeze();
    far.time.pass(beatMs);
    far.time.pass(leaseMs - marginMs - beatMs);
    link.resume();
    await far.until(() => far.untilMs === 0);
    await far.until(() => far.untilMs > 0);
    expect((await listed(database)).map(({ id }) => id)).not.toContain(before!.id);
  });

  it('that is fenced joins again, and knows what was written meanwhile', async () => {
    const one = await joinAs(database);
    await sql`update cache_members set is_fenced = true`.execute(database.queries);
    await commit(database, 'Post');
    one.time.pass(beatMs);
    await one.until(() => one.untilMs === 0);
    await one.until(() => one.untilMs > 0);
    expect(one.applied).toEqual(['Post']);
  });

  it('hears from the log, at its next beat, what nobody published', async () => {
    const one = await joinAs(database);
    await commit(database, 'Post');
    await roundTrips(database);
    expect(one.applied).toEqual([]);
    one.time.pass(beatMs);
    await one.until(() => one.applied.length > 0);
    expect(one.applied).toEqual(['Post']);
  });

  it('hears of a transaction that began before its last beat and ended after it', async () => {
    const one = await joinAs(database);
    const transaction = await database.queries.startTransaction().execute();
    await sql`insert into invalidation_log (workspace_id, tags, tags_version) values ('ws_1', '{Post}', ${tagsVersion})`.execute(
      transaction,
    );
    await commit(database, 'Template');
    one.time.pass(beatMs);
    await one.until(() => one.applied.includes('Template'));
    await transaction.commit().execute();
    one.time.pass(beatMs);
    await one.until(() => one.applied.includes('Post'));
    expect(one.applied).toEqual(['Template', 'Post']);
  });

  it('applies each row once, in the order of the answers', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database)];
    await publish(one, await commit(database, 'First')).answered;
    await publish(two, await commit(database, 'Second')).answered;
    await publish(one, await commit(database, 'Third')).answered;
    for (const { time } of [one, two]) time.pass(beatMs);
    await untilListed(database, (members) => members.every(({ beat }) => beat === 2));
    await publish(two, await commit(database, 'Fourth')).answered;
    const each = ['First', 'Second', 'Third', 'Fourth'];
    expect([one.applied, two.applied]).toEqual([each, each]);
  });

  it('applies a row of unknown outcome at once, and again when the log shows it', async () => {
    const one = await joinAs(database);
    const transaction = await database.queries.startTransaction().execute();
    await sql`insert into invalidation_log (workspace_id, tags, tags_version) values ('ws_1', '{Post}', ${tagsVersion})`.execute(
      transaction,
    );
    const doubtful = { id: null, xid: null, epoch: null, workspaceId: 'ws_1', tags: ['Post'], cause: 'updatePost' };
    await one.member.publish([doubtful]);
    expect(one.applied).toEqual(['Post']);
    await transaction.commit().execute();
    one.time.pass(beatMs);
    await one.until(() => one.applied.length === 2);
  });

  it('whose connection is ended is back with what was written meanwhile, each row once', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database)];
    await publish(one, await commit(database, 'Before')).answered;
    await terminate(
      database,
      (await listed(database)).map(({ id }) => id).filter((id) => id.startsWith(two.id)),
    );
    await publish(one, await commit(database, 'Meanwhile')).answered;
    await two.until(() => two.untilMs > 0 && two.applied.includes('Meanwhile'));
    await publish(one, await commit(database, 'After')).answered;
    expect(two.applied).toEqual(['Before', 'Meanwhile', 'After']);
  });

  it('beats although the row of another one, which is silent, is locked', async () => {
    const one = await joinAs(database);
    await joinFar().then(({ link }) => link.freeze());
    const lock = await database.queries.startTransaction().execute();
    await sql`select from cache_members where id not like ${`${one.id}%`} for update`.execute(lock);
    await one.live(leaseMs + 2 * beatMs); // now it finds the other one silent
    const blocked: unknown[] = [];
    for (let look = 0; look < 20; look++) blocked.push(...(await blockedMembers(database)));
    await one.live(beatMs);
    await sql`select from cache_members where id like ${`${one.id}%`} for update skip locked`.execute(database.queries);
    await lock.rollback().execute();
    expect(blocked).toEqual([]);
    await one.live(beatMs);
    await untilListed(database, ({ length }) => length === 1);
  });

  it('that takes long to read the log after its beat does not lock its row', async () => {
    const one = await joinAs(database);
    await commit(database, 'Post');
    const lock = await database.queries.startTransaction().execute();
    await sql`select pg_advisory_xact_lock(1)`.execute(lock);
    await replaceLog('pg_advisory_xact_lock(1)::text');
    one.time.pass(beatMs);
    await untilBlocked(database);
    const { rows } = await sql`select id from cache_members for update skip locked`.execute(database.queries);
    await lock.rollback().execute();
    expect(rows).toHaveLength(1);
    await one.until(() => one.applied.length > 0);
  });

  it('forgets everything when it cannot read what it missed', async () => {
    const one = await joinAs(database);
    await commit(database, 'Post');
    await replaceLog('(1 / (id - id))::text');
    one.time.pass(beatMs);
    await one.until(() => one.untilMs === 0);
    await untilServing(database, one);
    expect(one.applied).toEqual(['everything']);
  });

  it('takes the log for pruned when it has read on from where this server has not come to', async () => {
    const connection = await connectAs('reader');
    const pageSince = (since: string) => readSince(connection, { since, tagsVersion, voids: 0 });
    const { snapshot } = await pageSince('3:3:');
    expect((await pageSince(snapshot)).isPruned).toBe(false);
    expect((await pageSince('99999999:99999999:')).isPruned).toBe(true);
  });

  it('forgets everything when what it missed was pruned', async () => {
    const one = await joinAs(database);
    await commit(database, 'Post');
    await sql`delete from invalidation_log`.execute(database.queries);
    await sql`update cache_epoch set pruned_below = pg_current_xact_id()`.execute(database.queries);
    await terminate(
      database,
      (await listed(database)).map(({ id }) => id),
    );
    await one.until(() => one.untilMs === 0);
    await one.until(() => one.untilMs > 0);
    expect(one.applied).toEqual(['everything']);
  });

  it('joins again, and forgets, when rows were pruned that it has not read', async () => {
    const one = await joinAs(database);
    const before = one.untilMs;
    await commit(database, 'Post');
    await sql`delete from invalidation_log`.execute(database.queries);
    await sql`update cache_epoch set pruned_below = pg_current_xact_id()`.execute(database.queries);
    one.time.pass(beatMs);
    await one.until(() => one.untilMs !== before);
    expect(one.untilMs).toBe(0);
    await one.until(() => one.untilMs > 0);
    expect(one.applied).toEqual(['everything']);
  });

  it.each([
    ['what is no publication', 'x'],
    ['a publication of another format', '[0,["w",1,"e","v"],[]]'],
  ])('that hears %s reads the log instead', async (_, payload) => {
    const one = await joinAs(database);
    await commit(database, 'Post');
    await sql`select pg_notify('magpie_inv', ${payload})`.execute(database.queries);
    await one.until(() => one.untilMs === 0);
    await one.until(() => one.untilMs > 0);
    expect(one.applied).toEqual(['Post']);
  });

  it('has no lease until it has applied what it read, and tries again what failed', async () => {
    const [one, two] = [await joinAs(database, { failing: 'Post' }), await joinAs(database, { failing: 'Campaign' })];
    await commit(database, 'Post');
    one.time.pass(beatMs);
    await one.until(() => one.untilMs === 0);
    await one.until(() => one.untilMs > 0);
    await publish(two, await commit(database, 'Campaign')).answered;
    await two.until(() => two.untilMs > 0 && two.applied.length > 1);
    expect([one.applied, two.applied]).toEqual([
      ['Post', 'Campaign'],
      ['Post', 'Campaign'],
    ]);
  });

  it('never acknowledges, with a later publication, one that it could not apply', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database, { failing: 'Post' })];
    const filling = 'x'.repeat(4_000); // so that each row is a notification of its own, in one statement
    const rows = [await commit(database, 'Post', filling), await commit(database, 'Campaign', filling)];
    await publish(one, ...rows).answered;
    expect(two.untilMs === 0 || two.applied.includes('Post')).toBe(true);
    await two.until(() => two.untilMs > 0);
    expect(two.applied).toEqual(['Post', filling, 'Campaign', filling]);
  });

  it('takes what another version of the tags wrote for everything of its workspace, from the log and from its process', async () => {
    const [one, other] = [await joinAs(database), await joinAs(database, { tagsVersion: 'another' })];
    await commit(database, 'Post');
    other.time.pass(beatMs);
    await other.until(() => other.applied.length > 0);
    await publish(other, await commit(database, 'Template')).answered;
    await publish(one, await commit(database, 'Campaign')).answered;
    expect(other.applied).toEqual(['*', 'Template', '*']);
    expect(one.applied).toEqual(['*', 'Campaign']);
  });

  it('joins again when a write was in another epoch than its own', async () => {
    const one = await joinAs(database);
    const mutation = publish(one, { ...(await commit(database, 'Post')), epoch: 'another' });
    expect(one.untilMs).toBe(0);
    await mutation.answered;
    expect(one.untilMs).toBeGreaterThan(0);
  });

  it('that cannot join says why, and lets its process start without memory', async () => {
    const link = await startDatabaseProxy(database.url!);
    link.cut();
    const { member, joined } = beginToJoin(database, { url: link.url });
    let isOver = false;
    void joined.then(() => {
      isOver = true;
    });
    while (!isOver) {
      member.time.pass(100);
      await roundTrips(database, 1);
    }
    expect(member.untilMs).toBe(0);
    expect(member.said).toEqual([...new Set(member.said)]);
    expect(member.said[0]).toMatch(/^cannot join the other processes, so there is no lease to answer from memory: ./);
    expect(member.cutOffSinceMs).toEqual([]); // it has never had a lease
  });

  it('tells since when it is cut off, once the database cannot be reached', async () => {
    const { link, far } = await joinFar();
    far.time.pass(beatMs / 2);
    link.cut();
    await far.until(() => far.untilMs === 0);
    await joiningUntil(database, far, () => far.cutOffSinceMs.length >= 2);
    expect(new Set(far.cutOffSinceMs)).toEqual(new Set([beatMs / 2]));
    expect(far.untilMs).toBe(0);
  });

  it('is cut off since the end of its lease, if it hears later that the connection is lost', async () => {
    const { link, far } = await joinFar();
    link.freeze();
    far.time.pass(beatMs);
    far.time.pass(leaseMs); // it gives the connection up, and tries another
    link.cut();
    await far.until(() => far.cutOffSinceMs.length > 0);
    expect(far.cutOffSinceMs).toEqual([leaseMs - marginMs]);
  });

  it('is not cut off when the database says why it cannot join', async () => {
    const one = await joinAs(database);
    await sql`alter table cache_members rename to elsewhere`.execute(database.queries);
    await sql`select pg_terminate_backend(pid) from elsewhere`.execute(database.queries);
    await joiningUntil(database, one, () => one.said.some((message) => message.startsWith('cannot join')));
    await sql`alter table elsewhere rename to cache_members`.execute(database.queries);
    await untilServing(database, one);
    expect(one.cutOffSinceMs).toEqual([]);
  });

  it('that is closed while it joins leaves nothing behind', async () => {
    const lock = await database.queries.startTransaction().execute();
    await sql`lock table invalidation_log`.execute(lock);
    const { member, joined } = beginToJoin(database);
    await untilBlocked(database);
    const closed = member.member.close();
    await lock.commit().execute();
    await Promise.all([closed, joined]);
    expect(await listed(database)).toEqual([]);
  });

  it('ends the connection of its former name, which may not have noticed', async () => {
    const { link, far } = await joinFar();
    link.strand();
    far.time.pass(beatMs);
    far.time.pass(leaseMs);
    await far.until(() => far.untilMs > 0);
    const ofFar = () =>
      sql<{ name: string }>`
        select application_name as name from pg_stat_activity
        where application_name like ${`magpie member ${far.id}.%`}`.execute(database.queries);
    while ((await ofFar()).rows.length > 1);
    expect((await ofFar()).rows).toEqual([{ name: `magpie member ${far.id}.2` }]);
  });

  it('that is silent for longer than a lease is removed by the others', async () => {
    const one = await joinAs(database);
    await joinFar().then(({ link }) => link.freeze());
    await one.live(leaseMs + 2 * beatMs);
    await untilListed(database, ({ length }) => length === 1);
  });

  it('that is silent is removed by a role that may not end its connection', async () => {
    const role = `magpie_test_${randomBytes(6).toString('hex')}`;
    const run = (text: string) => sql.raw(text).execute(database.queries);
    await run(`create role ${role} login password 'of a test'`);
    onTestFinished(async () => {
      await run(`drop owned by ${role}; drop role ${role}`);
    });
    await run(`grant all on invalidation_log, cache_members, cache_epoch to ${role}`);
    await run(`grant pg_read_all_stats to ${role}`); // it sees whose the connection is
    const url = new URL(database.url!);
    [url.username, url.password] = [role, 'of a test'];
    await joinFar().then(({ link }) => link.freeze());
    const one = await joinAs(database, { url: url.href });
    await one.live(leaseMs + 2 * beatMs);
    await untilListed(database, ({ length }) => length === 1);
    await roundTrips(database); // the connection is ended after the row is removed
    expect(one.said).toEqual([]);
  });
});

describe('a crash of the database', () => {
  it('makes every member forget, as transaction ids may name others than before', async () => {
    const [one, two] = [await joinAs(database), await joinAs(database)];
    const before = one.member.epoch;
    await crash();
    await one.until(() => one.untilMs > 0 && one.applied.includes('everything'));
    await two.until(() => two.untilMs > 0 && two.applied.includes('everything'));
    expect(one.member.epoch).toBe(two.member.epoch);
    expect(one.member.epoch).not.toBe(before);
  });

  it('lets no mutation be answered until the leases of members that are not listed any more are over', async () => {
    const one = await joinAs(database);
    await crash();
    await one.until(() => one.untilMs > 0 && one.applied.includes('everything'));
    const mutation = publish(one, await commit(database, 'Post'));
    await roundTrips(database);
    await one.live(leaseMs - 1);
    await roundTrips(database);
    expect(mutation.isAnswered).toBe(false);
    await one.live(1);
    await mutation.answered;
  });
});

describe('a first join in an epoch that is cut off', () => {
  it('keeps nothing of requests that began under the former lease', async () => {
    const one = await joinAs(database);
    const lock = await database.queries.startTransaction().execute();
    await sql`lock table invalidation_log`.execute(lock);
    await crash();
    await untilBlocked(database); // it knows the epoch, and reads the log
    one.kept.add('Post'); // read before the commit, which nobody tells this process of
    await terminate(
      database,
      (await listed(database)).map(({ id }) => id),
    );
    await sql`insert into invalidation_log (workspace_id, tags, tags_version) values ('ws_1', '{Post}', ${tagsVersion})`.execute(
      lock,
    );
    await lock.commit().execute();
    await untilServing(database, one);
    expect([...one.kept]).toEqual([]);
  });
});

describe('a restored dump', () => {
  it('brings no mark below which rows are pruned', async () => {
    await sql`update cache_epoch set place = 'elsewhere', pruned_below = '99999999', prune_mark = '99999999', marked_at = now()`.execute(
      database.queries,
    );
    const one = await joinAs(database);
    await commit(database, 'Post');
    await prune(database.queries);
    one.time.pass(beatMs);
    await untilListed(database, (members) => members.every(({ beat }) => beat > 1));
    await roundTrips(database);
    const { rows } = await sql`select from invalidation_log`.execute(database.queries);
    expect(rows).toHaveLength(1);
    await one.until(() => one.applied.includes('Post'));
  });

  it('has another epoch, as its transaction ids mean nothing in this database', async () => {
    const one = await joinAs(database);
    await one.member.close();
    await sql`update cache_epoch set place = 'elsewhere'`.execute(database.queries);
    const two = await joinAs(database);
    expect(two.member.epoch).not.toBe(one.member.epoch);
  });

  it('that was made by copying a database within its server, or its files, has another epoch', async () => {
    const one = await joinAs(database);
    await one.member.close();
    const { rows } = await sql<{ place: string; database: string; start: string }>`
      select place, (select oid from pg_database where datname = current_database())::text as database,
        extract(epoch from pg_postmaster_start_time())::text as start from cache_epoch`.execute(database.queries);
    const { place, database: oid, start } = rows[0]!;
    // A copy within the server has the tables' ids and the server's start; copied files are those of a server that starts later.
    expect(place.split('.')).toContain(oid);
    expect(place.endsWith(`.${start}`)).toBe(true);
  });

  it('has another epoch in the database that was dumped, as its data went back', async () => {
    const one = await joinAs(database);
    one.kept.add('Post');
    await sql`create table dumped as select * from cache_epoch`.execute(database.queries);
    await sql`alter table cache_epoch rename to former`.execute(database.queries);
    await sql`create unlogged table cache_epoch (like former including all)`.execute(database.queries);
    await sql`insert into cache_epoch select * from dumped`.execute(database.queries);
    await sql`drop table former, dumped`.execute(database.queries);
    one.time.pass(beatMs);
    await one.until(() => one.untilMs === 0);
    await untilServing(database, one);
    expect([...one.kept]).toEqual([]);
  });
});

describe('the log', () => {
  it('is pruned below a mark that was set an hour ago, and of rows from elsewhere', async () => {
    const rows = async () =>
      (
        await sql<{ tags: string[] }>`select tags from invalidation_log where cause = 'updatePost' order by id`.execute(
          database.queries,
        )
      ).rows.map(({ tags }) => tags[0]);
    await commit(database, 'Old');
    await prune(database.queries);
    const { xid } = await commit(database, 'New');
    await prune(database.queries);
    expect(await rows()).toEqual(['Old', 'New']);
    // As if nothing else ran on the server: a transaction of any database holds the mark back.
    await sql`update cache_epoch set marked_at = now() - interval '61 minutes', prune_mark = ${String(xid)}::xid8`.execute(
      database.queries,
    );
    await sql`insert into invalidation_log (xid, tags, cause) values ('99999999', '{Restored}', 'updatePost')`.execute(
      database.queries,
    );
    await prune(database.queries);
    expect(await rows()).toEqual(['New']);
  });
});
