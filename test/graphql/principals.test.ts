import { EntryCache } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import type { FoundViewer } from '../../src/domains/viewer/credentials.ts';
import { Principals, principalPolicy } from '../../src/graphql/principals.ts';
import { createGate, settle } from '../setup/gates.ts';
import { ManualTime } from '../setup/manual-time.ts';
import { ada } from './nest.ts';

const known: FoundViewer = { ...ada, tokenId: 'tok_ada', expiresAt: null };

/** What the database says of a token; a test may change it, which is a write that nobody told of until `invalidate`. */
function createPrincipals(found: FoundViewer | null = known) {
  const time = new ManualTime();
  let wallMs = Date.parse('2026-11-22T12:00:00Z');
  const database = { viewer: found as FoundViewer | null | Promise<FoundViewer | null>, reads: 0 };
  const cache = new EntryCache({ policies: { PRINCIPALS: principalPolicy }, clock: time.clock });
  const principals = new Principals({
    cache,
    wallNow: () => new Date(wallMs),
    async find() {
      database.reads++;
      return database.viewer;
    },
  });
  const pass = (ms: number) => {
    time.pass(ms);
    wallMs += ms;
  };
  return { cache, principals, database, pass, authenticate: async (token = 'token') => principals.authenticate(token) };
}

/** One that is due to be looked for again with the next request; it is found when the test opens the gate. */
async function createDue() {
  const { cache, principals, database, pass, authenticate } = createPrincipals();
  await authenticate();
  const gate = createGate<FoundViewer | null>();
  database.viewer = gate.promise;
  pass(2_500);
  return { cache, principals, database, pass, authenticate, gate };
}

describe('a principal', () => {
  it('is found once, and known at once from then on', async () => {
    const { principals, database, authenticate } = createPrincipals();
    expect(await authenticate()).toEqual(known);
    expect(principals.authenticate('token')).toEqual(known);
    expect(database.reads).toBe(1);
  });

  it('is another for another token', async () => {
    const { database, authenticate } = createPrincipals();
    await authenticate('one');
    database.viewer = null;
    expect(await authenticate('other')).toBeNull();
    expect(await authenticate('one')).toEqual(known);
  });

  it('is found once for all who ask at once', async () => {
    const { database, authenticate } = createPrincipals();
    await Promise.all(Array.from({ length: 50 }, () => authenticate()));
    expect(database.reads).toBe(1);
  });

  it.each<[string, string, Partial<FoundViewer> | null]>([
    ['its token is revoked', 'Token:tok_ada', null],
    ['it is removed from the workspace', 'Membership:user_ada', null],
    ['its role changes', 'Membership:user_ada', { role: 'READER' }],
    ['its visibility changes', 'Membership:user_ada', { accountIds: ['acc_1'] }],
    ['the time zone changes', 'WorkspaceSettings:timeZone', { timeZone: 'Asia/Tokyo' }],
    ['the first day of the week changes', 'WorkspaceSettings:weekStartsOn', { weekStartsOn: 'SUNDAY' }],
  ])('is another with the next request once %s', async (_, tag, change) => {
    const { cache, database, authenticate } = createPrincipals();
    await authenticate();
    const after = change && { ...known, ...change };
    database.viewer = after;
    cache.invalidate([`ws_nest/${tag}`], 'a mutation');
    expect(await authenticate()).toEqual(after);
  });

  it.each([
    'ws_other/Token:tok_ada',
    'ws_nest/Token:tok_other',
    'ws_nest/Membership:user_other',
    'ws_nest/WorkspaceSettings',
  ])('goes on when something else changes: %s', async (tag) => {
    const { cache, database, authenticate } = createPrincipals();
    await authenticate();
    cache.invalidate([tag], undefined);
    await authenticate();
    expect(database.reads).toBe(1);
  });

  it('that was being looked for when it was revoked is not remembered', async () => {
    const { cache, database, authenticate } = createPrincipals();
    const gate = createGate<FoundViewer>();
    database.viewer = gate.promise;
    const early = authenticate();
    await Promise.resolve();
    cache.invalidate(['ws_nest/Token:tok_ada'], 'revokeApiToken');
    gate.open(known);
    await early;
    database.viewer = null;
    expect(await authenticate()).toBeNull();
  });

  it('without a user follows its token and its maker, and nobody else', async () => {
    const robot: FoundViewer = { ...known, kind: 'API_TOKEN', userId: null, makerId: 'user_mia' };
    const { cache, database, authenticate } = createPrincipals(robot);
    await authenticate();
    cache.invalidate(['ws_nest/Membership:null', 'ws_nest/Membership:user_ada'], undefined);
    await authenticate();
    expect(database.reads).toBe(1);
    cache.invalidate(['ws_nest/Token:tok_ada'], undefined);
    await authenticate();
    expect(database.reads).toBe(2);
    database.viewer = { ...robot, accountIds: ['acc_1'] };
    cache.invalidate(['ws_nest/Membership:user_mia'], 'updateMember');
    expect(await authenticate()).toEqual(database.viewer);
  });

  it('ends at the moment at which its token does, remembered or not', async () => {
    const { database, pass, authenticate } = createPrincipals({ ...known, expiresAt: '2026-11-22T12:00:02.000Z' });
    expect(await authenticate()).not.toBeNull();
    pass(1_999);
    expect(await authenticate()).not.toBeNull();
    pass(1);
    expect(await authenticate()).toBeNull();
    expect(database.reads).toBe(1);
  });

  it('that was changed past the server is known within five seconds', async () => {
    const { database, pass, authenticate } = createPrincipals();
    await authenticate();
    database.viewer = null;
    pass(5_000);
    expect(await authenticate()).toBeNull();
  });

  it('that asks again and again is looked for in the background: no request waits for it', async () => {
    const { principals, database, pass, gate } = await createDue();
    expect(principals.authenticate('token')).toEqual(known);
    pass(2_499);
    expect(principals.authenticate('token')).toEqual(known);
    expect(database.reads).toBe(2);
    gate.open({ ...known, role: 'READER' });
    await settle();
    expect(principals.authenticate('token')).toMatchObject({ role: 'READER' });
  });

  it('is not served for longer than five seconds while it is looked for', async () => {
    const { pass, authenticate, gate } = await createDue();
    pass(2_499);
    expect(await authenticate()).toEqual(known);
    pass(1);
    const late = authenticate();
    gate.open(null);
    expect(await late).toBeNull();
  });

  it('is served for five seconds, and no longer, when it cannot be looked for', async () => {
    const { database, pass, authenticate } = createPrincipals();
    await authenticate();
    database.viewer = Promise.reject(new Error('no database'));
    pass(2_500);
    expect(await authenticate()).toEqual(known);
    await settle();
    pass(2_499);
    expect(await authenticate()).toEqual(known);
    await settle();
    pass(1);
    await expect(authenticate()).rejects.toThrow('no database');
  });

  it('is gone with the next request when it is not found in the background any more', async () => {
    const { database, pass, authenticate } = createPrincipals();
    await authenticate();
    database.viewer = null;
    pass(2_500);
    expect(await authenticate()).toEqual(known);
    await settle();
    expect(await authenticate()).toBeNull();
  });

  it('that was not found between its end and its return is found again', async () => {
    const { cache, database, authenticate, gate } = await createDue();
    await authenticate();
    cache.invalidate(['ws_nest/Membership:user_ada'], 'removeMember');
    cache.invalidate(['ws_nest/Membership:user_ada'], 'inviteMember');
    gate.open(null);
    await settle();
    database.viewer = known;
    expect(await authenticate()).toEqual(known);
  });

  it('that is being looked for in the background is another with the next request once it changes', async () => {
    const { cache, principals, database, authenticate, gate } = await createDue();
    expect(principals.authenticate('token')).toEqual(known);
    expect(database.reads).toBe(2);
    cache.invalidate(['ws_nest/Token:tok_ada'], 'revokeApiToken');
    const afterwards = authenticate();
    database.viewer = null;
    gate.open(known);
    expect(await afterwards).toBeNull();
    expect(await authenticate()).toBeNull();
  });

  it('is not kept for longer when the database does not answer', async () => {
    const { database, pass, authenticate } = createPrincipals();
    await authenticate();
    database.viewer = Promise.reject(new Error('no database'));
    pass(5_000);
    await expect(authenticate()).rejects.toThrow('no database');
  });

  it('that there is none of is remembered for a second', async () => {
    const { database, pass, authenticate } = createPrincipals(null);
    for (let round = 0; round < 2; round++) expect(await authenticate()).toBeNull();
    expect(database.reads).toBe(1);
    database.viewer = known;
    pass(1_000);
    expect(await authenticate()).toEqual(known);
  });
});
