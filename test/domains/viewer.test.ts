import { scryptSync } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Queries } from '../../src/database/database.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import {
  findSystemViewer,
  findViewer,
  hashToken,
  issueApiToken,
  issueSession,
  touchToken,
} from '../../src/domains/viewer/credentials.ts';
import { hashPassword, verifyPassword } from '../../src/domains/viewer/passwords.ts';
import type { WorkspaceRole } from '../../src/generated/schema.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { atOnce } from './at-once.ts';

const refused = 'userErrors { code message path }';
const day = 86_400_000;
const limits = readConfig({}).productLimits.sessions;
/** A hash that costs a thirtieth of a usual one, where a test is not about the cost. */
const cheapHash = (password: string) => {
  const salt = Buffer.from('salt of sixteen.');
  const key = scryptSync(password, salt, 32, { N: 1_024, r: 8, p: 1 });
  return `scrypt$N=1024,r=8,p=1$${salt.toString('base64url')}$${key.toString('base64url')}`;
};

describe('a password', () => {
  it('is verified by its hash, which never repeats', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^scrypt\$N=32768,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword('correct horse', one)).toBe(true);
    expect(await verifyPassword('correct horse', other)).toBe(true);
    expect(await verifyPassword('Correct horse', one)).toBe(false);
  });

  it('is the same however its characters are composed', async () => {
    expect(await verifyPassword('Gru\u0308n', await hashPassword('Grün'))).toBe(true);
  });

  it('fits nobody who has none, and no hash of another length or beyond 1,000 characters', async () => {
    expect(await verifyPassword('', null)).toBe(false);
    const long = 'x'.repeat(1_001);
    expect(await verifyPassword(long, await hashPassword(long))).toBe(false);
    expect(await verifyPassword(long, await hashPassword(''))).toBe(false);
  });

  it('is verified at the cost that its hash names, so that the cost may rise', async () => {
    expect(await verifyPassword('correct horse', cheapHash('correct horse'))).toBe(true);
    expect(await verifyPassword('wrong', cheapHash('correct horse'))).toBe(false);
    await expect(verifyPassword('correct horse', 'plain')).rejects.toThrow('expected a password hash');
  });

  it('takes as long to refuse when there is nobody to compare it with', async () => {
    const hash = await hashPassword('correct horse');
    const timed = async (of: string | null) => {
      const start = performance.now();
      await verifyPassword('wrong', of);
      return performance.now() - start;
    };
    expect(await timed(null)).toBeGreaterThan((await timed(hash)) / 10);
  });
});

describe.each(engines)('viewers on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let passwordHash: string;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    passwordHash = cheapHash('correct horse');
  });

  const addMember = async (role: WorkspaceRole, of = workspace, joinedAt = '2026-02-01T00:00:00.000Z') => {
    const userId = testId('User');
    const email = `${userId.toLowerCase()}@example.com`;
    await api.queries
      .insertInto('users')
      .values({ id: userId, name: 'Grace', email, passwordHash, createdAt: joinedAt })
      .execute();
    await join(userId, of, role, joinedAt);
    return { userId, email, viewer: of.viewer({ userId, role }) };
  };
  const join = (userId: string, { id }: TestWorkspace, role: WorkspaceRole, createdAt: string) =>
    api.queries
      .insertInto('memberships')
      .values({ workspaceId: id, userId, role, accountIds: null, createdAt })
      .execute();
  const membershipOf = (userId: string) =>
    api.queries.selectFrom('memberships').selectAll().where('userId', '=', userId).executeTakeFirst();
  const sessionOf = (userId: string, of = workspace) =>
    issueSession(api.queries, { workspaceId: of.id, userId, name: 'Test', limits, now: api.clock });

  describe('signing in', () => {
    const signInDocument = `mutation ($input: SignInInput!) { signIn(input: $input) {
          token
          expiresAt
          viewer {
            email
            user { id name }
            currentMembership { role workspace { id } }
            memberships { workspace { id } }
            preferences { locale theme }
          }
          ${refused}
        } }`;
    const signIn = async (input: object) => {
      const { data, errors } = await api.run(null, signInDocument, { input });
      expect(errors).toBeUndefined();
      return data.signIn;
    };

    it('takes an address in any case, composed or not', async () => {
      const { userId } = await addMember('EDITOR');
      const email = `jürgen.${userId.toLowerCase()}@example.com`;
      await api.queries.updateTable('users').set({ email }).where('id', '=', userId).execute();
      for (const typed of [email, email.toUpperCase(), email.normalize('NFD'), ` ${email}\u200b`])
        expect((await signIn({ email: typed, password: 'correct horse' })).viewer.user.id).toBe(userId);
      const twin = {
        id: testId('User'),
        name: 'Twin',
        email: email.normalize('NFD'),
        createdAt: '2026-02-01T00:00:00.000Z',
      };
      await expect(api.queries.insertInto('users').values(twin).execute()).rejects.toThrow(/users_email_key/);
    });

    it('opens a session of the oldest membership and says who it is', async () => {
      const { userId, email } = await addMember('EDITOR');
      const other = await createTestWorkspace(api.queries);
      await join(userId, other, 'READER', '2026-03-01T00:00:00.000Z');

      const { token, viewer, userErrors } = await signIn({
        email: ` ${email.toUpperCase()} `,
        password: 'correct horse',
      });

      expect(userErrors).toEqual([]);
      expect(viewer).toEqual({
        email,
        user: { id: userId, name: 'Grace' },
        currentMembership: { role: 'EDITOR', workspace: { id: workspace.id } },
        memberships: [{ workspace: { id: workspace.id } }, { workspace: { id: other.id } }],
        preferences: { locale: 'en', theme: 'SYSTEM' },
      });
      expect(await findViewer(api.queries, token, api.clock)).toMatchObject({
        kind: 'MEMBER',
        userId,
        workspaceId: workspace.id,
        role: 'EDITOR',
      });
    });

    it('enters the workspace that was asked for, and no other', async () => {
      const { userId, email } = await addMember('EDITOR');
      const other = await createTestWorkspace(api.queries);
      const credentials = { email, password: 'correct horse' };
      const foreign = await signIn({ ...credentials, workspaceId: other.id });
      expect(foreign).toMatchObject({ token: null, viewer: null, userErrors: [{ code: 'NOT_FOUND' }] });

      await join(userId, other, 'READER', '2026-03-01T00:00:00.000Z');
      const { token } = await signIn({ ...credentials, workspaceId: other.id });
      expect(await findViewer(api.queries, token, api.clock)).toMatchObject({ workspaceId: other.id, role: 'READER' });
    });

    it('answers alike whether the address or the password is wrong', async () => {
      const { email } = await addMember('READER');
      const wrongPassword = await signIn({ email, password: 'wrong' });
      const wrongAddress = await signIn({ email: 'nobody@example.com', password: 'correct horse' });
      expect(wrongPassword).toEqual(wrongAddress);
      expect(wrongPassword).toMatchObject({ token: null, viewer: null, userErrors: [{ code: 'INVALID' }] });
    });

    it('takes whatever is sent as an address', async () => {
      for (const email of ['', "' or 1=1 --", '%@%'])
        expect(await signIn({ email, password: 'correct horse' })).toMatchObject({ token: null });
    });

    it('says when the session ends, which `viewer` says from then on', async () => {
      const { email } = await addMember('READER');
      const { token, expiresAt } = await signIn({ email, password: 'correct horse' });
      expect(expiresAt).toBe(new Date(api.clock.getTime() + limits.days * day).toISOString());
      const viewer = await findViewer(api.queries, token, api.clock);
      const { data } = await api.run(viewer, '{ viewer { sessionExpiresAt } }');
      expect(data.viewer.sessionExpiresAt).toBe(expiresAt);
      expect(await findViewer(api.queries, token, new Date(expiresAt))).toBeNull();
    });

    it('ends the oldest session where a member has too many, and no other', async () => {
      const { userId, email } = await addMember('READER');
      const colleague = await addMember('READER');
      const other = await sessionOf(colleague.userId);
      const sessions = [];
      for (let index = 0; index < limits.maxPerMember; index++) sessions.push(await sessionOf(userId));
      const { data, invalidated } = await api.run(null, signInDocument, {
        input: { email, password: 'correct horse' },
      });
      expect(data.signIn.userErrors).toEqual([]);
      expect(invalidated).toEqual([`Token:${sessions[0]!.id}`]);
      const standing = async (token: string) => (await findViewer(api.queries, token, api.clock)) !== null;
      expect(await standing(sessions[0]!.token)).toBe(false);
      for (const { token } of [sessions[1]!, sessions.at(-1)!, other, data.signIn])
        expect(await standing(token)).toBe(true);
    });

    it('counts each guess of a request, and tells nobody apart by whom it refuses', async () => {
      const { email } = await addMember('READER');
      for (const address of [email, 'nobody@example.org']) {
        const guess = `signIn(input: { email: "${address}", password: "wrong" }) { token }`;
        const guesses = Array.from({ length: 40 }, (_, index) => `g${index}: ${guess}`);
        const { errors } = await api.run(null, `mutation { ${guesses.join('\n')} }`);
        expect(errors).toMatchObject([{ path: ['g10'], extensions: { code: 'RATE_LIMITED' } }]);
      }
      const { errors } = await api.run(null, signInDocument, { input: { email, password: 'correct horse' } });
      expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }]);
    });

    it('clears away the sessions of the member that have expired', async () => {
      const { userId, email } = await addMember('READER');
      const { id } = await issueSession(api.queries, {
        ...{ workspaceId: workspace.id, userId, name: 'Old', limits },
        now: new Date(api.clock.getTime() - 31 * day),
      });
      await signIn({ email, password: 'correct horse' });
      expect(await api.queries.selectFrom('tokens').where('id', '=', id).select('id').execute()).toEqual([]);
    });
  });

  describe('a token', () => {
    it('is random, and nowhere in the database', async () => {
      const { userId } = await addMember('READER');
      const [one, other] = [await sessionOf(userId), await sessionOf(userId)];
      expect(one.token).toMatch(/^mgp_[\w-]{43}$/);
      expect(one.token).not.toBe(other.token);

      const { rows } = await sql<{ row: string }>`select tokens::text as row from tokens`.execute(api.queries);
      const stored = rows.map(({ row }) => row).join('\n');
      expect(stored).toContain(hashToken(one.token));
      expect(stored).not.toContain(one.token);
      expect(stored).not.toContain(one.token.slice('mgp_'.length));
    });

    it('stands for its member as they are now, with their accounts sorted, by one statement', async () => {
      const { userId } = await addMember('EDITOR');
      const { id, token } = await sessionOf(userId);
      await api.queries
        .updateTable('memberships')
        .set({ role: 'READER', accountIds: ['acc_2', 'acc_1', 'acc_2'] })
        .where('userId', '=', userId)
        .execute();
      expect(await findViewer(api.queries, token, api.clock)).toEqual({
        kind: 'MEMBER',
        tokenId: id,
        userId,
        makerId: null,
        workspaceId: workspace.id,
        role: 'READER',
        accountIds: ['acc_1', 'acc_2'],
        timeZone: 'Europe/Vienna',
        weekStartsOn: 'MONDAY',
        expiresAt: '2026-12-22T09:00:00.000Z',
      });
    });

    it('stands for nobody once it has expired, or when it is none', async () => {
      const { userId } = await addMember('READER');
      const { token } = await sessionOf(userId);
      const atDay = (days: number) => new Date(api.clock.getTime() + days * day);
      expect(await findViewer(api.queries, token, atDay(29))).not.toBeNull();
      expect(await findViewer(api.queries, token, atDay(30))).toBeNull();
      const others = [`${token}x`, token.slice(0, -1), token.toUpperCase(), 'mgp_', '', `mgp_${'x'.repeat(43)}`];
      for (const other of others) expect(await findViewer(api.queries, other, api.clock)).toBeNull();
    });

    it('is noted as used at most once a minute', async () => {
      const { userId } = await addMember('READER');
      const { id } = await sessionOf(userId);
      const used = async (seconds: number) => {
        await touchToken(api.queries, id, new Date(api.clock.getTime() + seconds * 1_000));
        const row = await api.queries.selectFrom('tokens').select('lastUsedAt').where('id', '=', id).executeTakeFirst();
        return row?.lastUsedAt;
      };
      expect(await used(0)).toBe('2026-11-22T09:00:00.000Z');
      expect(await used(59)).toBe('2026-11-22T09:00:00.000Z');
      expect(await used(60)).toBe('2026-11-22T09:01:00.000Z');
    });
  });

  describe('signing out', () => {
    const signOut = `mutation { signOut { hasEnded ${refused} } }`;

    it('ends the session that asks and no other, and makes its token untrue', async () => {
      const { userId, viewer } = await addMember('READER');
      const [one, other] = [await sessionOf(userId), await sessionOf(userId)];
      const { data, invalidated } = await api.run({ ...viewer, tokenId: one.id }, signOut);
      expect(data.signOut).toEqual({ hasEnded: true, userErrors: [] });
      expect(invalidated).toEqual([`Token:${one.id}`]);
      const repeated = await api.run({ ...viewer, tokenId: one.id }, signOut);
      expect(repeated.invalidated).toEqual(invalidated);
      expect(await findViewer(api.queries, one.token, api.clock)).toBeNull();
      expect(await findViewer(api.queries, other.token, api.clock)).not.toBeNull();
    });

    it('leaves an API token as it is', async () => {
      const { id, token } = await issueApiToken(api.queries, {
        ...{ workspaceId: workspace.id, makerId: workspace.userId, name: 'Sync', now: api.clock },
        ...{ role: 'READER', accountIds: null },
      });
      const asToken = workspace.viewer({ kind: 'API_TOKEN', userId: null, makerId: workspace.userId, tokenId: id });
      const { data } = await api.run(asToken, signOut);
      expect(data.signOut).toEqual({ hasEnded: false, userErrors: [] });
      expect(await findViewer(api.queries, token, api.clock)).not.toBeNull();
    });
  });

  describe('changing a member', () => {
    const update = (viewer: Viewer, input: object) =>
      api.run(
        viewer,
        `mutation ($input: UpdateMemberInput!) { updateMember(input: $input) {
          membership { role accountIds user { name } } ${refused}
        } }`,
        { input },
      );
    const outcome = async (viewer: Viewer, input: object) => (await update(viewer, input)).data.updateMember;

    it('sets their role and makes their membership untrue', async () => {
      const { userId } = await addMember('READER');
      const { data, invalidated } = await update(owner, { userId, role: 'ADMIN' });
      expect(data.updateMember).toEqual({
        membership: { role: 'ADMIN', accountIds: null, user: { name: 'Grace' } },
        userErrors: [],
      });
      expect(invalidated).toEqual(['ApiToken', 'Conversation', 'Membership', `Membership:${userId}`]);
    });

    it('gives at most one’s own role, and touches no owner unless one is one', async () => {
      const admin = await addMember('ADMIN');
      const { userId } = await addMember('READER');
      const second = await addMember('OWNER');
      expect(await outcome(admin.viewer, { userId, role: 'OWNER' })).toMatchObject({
        userErrors: [{ code: 'INVALID' }],
      });
      expect(await outcome(admin.viewer, { userId: second.userId, role: 'READER' })).toMatchObject({
        membership: null,
        userErrors: [{ code: 'CONFLICT' }],
      });
      expect(await outcome(admin.viewer, { userId: second.userId, accountIds: [] })).toMatchObject({
        userErrors: [{ code: 'CONFLICT' }],
      });
      expect((await outcome(owner, { userId: second.userId, role: 'READER' })).userErrors).toEqual([]);
    });

    it('keeps the last owner one, even when two resign at once', async () => {
      const own = await createTestWorkspace(api.queries);
      const second = await addMember('OWNER', own);
      const hold = (transaction: Queries) =>
        transaction.selectFrom('memberships').select('userId').where('workspaceId', '=', own.id).forUpdate().execute();
      const outcomes = await atOnce({ queries: api.queries, engine }, hold, [
        () => outcome(own.viewer(), { userId: own.userId, role: 'EDITOR' }),
        () => outcome(second.viewer, { userId: second.userId, role: 'EDITOR' }),
      ]);
      expect(outcomes.flatMap(({ userErrors }) => userErrors)).toMatchObject([
        { code: 'CONFLICT', path: ['input', 'role'] },
      ]);
      const owners = await api.queries
        .selectFrom('memberships')
        .select('userId')
        .where('workspaceId', '=', own.id)
        .where('role', '=', 'OWNER')
        .execute();
      expect(owners).toHaveLength(1);
    });

    it('confines them to accounts, sorted and distinct; to none; and lifts it', async () => {
      const { userId } = await addMember('EDITOR');
      const one = await createTestAccount(api.queries, workspace);
      const other = await createTestAccount(api.queries, workspace);
      const accountIds = [one, other].sort();
      const confined = await outcome(owner, { userId, accountIds: [accountIds[1], accountIds[0], accountIds[1]] });
      expect(confined.membership).toMatchObject({ accountIds, role: 'EDITOR' });
      expect((await outcome(owner, { userId, role: 'READER' })).membership).toMatchObject({ accountIds });
      expect((await outcome(owner, { userId, accountIds: [] })).membership.accountIds).toEqual([]);
      expect((await outcome(owner, { userId, accountIds: null })).membership.accountIds).toBeNull();
    });

    it('gives no account that is not there, and none that one does not see oneself', async () => {
      const { userId } = await addMember('EDITOR');
      const seen = await createTestAccount(api.queries, workspace);
      const unseen = await createTestAccount(api.queries, workspace);
      const foreign = await createTestAccount(api.queries, await createTestWorkspace(api.queries));
      const given = await outcome(owner, { userId, accountIds: [seen, foreign, 'acc_\0'] });
      expect(given.userErrors).toMatchObject([{ code: 'NOT_FOUND' }, { code: 'NOT_FOUND' }]);

      const confined = workspace.viewer({ role: 'ADMIN', accountIds: [seen] });
      await outcome(owner, { userId, accountIds: [seen] });
      expect((await outcome(confined, { userId, accountIds: [unseen] })).userErrors).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
      expect((await outcome(confined, { userId, accountIds: null })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
      expect((await outcome(confined, { userId, accountIds: [seen] })).userErrors).toEqual([]);
    });

    it('finds nobody of another workspace', async () => {
      const other = await createTestWorkspace(api.queries);
      for (const userId of [other.userId, 'user_none', '\0'])
        expect(await outcome(owner, { userId, role: 'READER' })).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
      expect(await membershipOf(other.userId)).toMatchObject({ role: 'OWNER' });
    });
  });

  describe('taking a member out', () => {
    const remove = (viewer: Viewer, userId: string) =>
      api.run(
        viewer,
        `mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { removedUserId ${refused} } }`,
        { input: { userId } },
      );

    it('ends their sessions here, and leaves their conversations to nobody', async () => {
      const { userId } = await addMember('EDITOR');
      const other = await createTestWorkspace(api.queries);
      await join(userId, other, 'READER', '2026-03-01T00:00:00.000Z');
      const [here, there] = [await sessionOf(userId), await sessionOf(userId, other)];
      const conversation = {
        ...{ id: testId('Conversation'), workspaceId: workspace.id, accountId: null, assigneeId: userId },
        ...({ kind: 'COMMENT', contactName: 'C', contactHandle: 'c', status: 'OPEN' } as const),
        ...{ snoozedUntil: null, lastActivityAt: api.clock.toISOString(), createdAt: api.clock.toISOString() },
      };
      await api.queries.insertInto('conversations').values(conversation).execute();

      const { data, invalidated } = await remove(owner, userId);

      expect(data.removeMember).toEqual({ removedUserId: userId, userErrors: [] });
      expect(invalidated).toEqual([
        'ApiToken',
        'Conversation',
        `Conversation:${conversation.id}`,
        'Membership',
        `Membership:${userId}`,
        `Token:${here.id}`,
      ]);
      const row = await api.queries
        .selectFrom('conversations')
        .select('assigneeId')
        .where('id', '=', conversation.id)
        .executeTakeFirst();
      expect(row).toEqual({ assigneeId: null });
      expect(await findViewer(api.queries, here.token, api.clock)).toBeNull();
      expect(await findViewer(api.queries, there.token, api.clock)).not.toBeNull();
    });

    it('is refused for the last owner, for an owner unless one is one, and for a stranger', async () => {
      const own = await createTestWorkspace(api.queries);
      const admin = await addMember('ADMIN', own);
      const second = await addMember('OWNER', own);
      const code = async (viewer: Viewer, userId: string) =>
        (await remove(viewer, userId)).data.removeMember.userErrors[0]?.code;
      expect(await code(admin.viewer, second.userId)).toBe('CONFLICT');
      expect(await code(own.viewer(), second.userId)).toBeUndefined();
      expect(await code(own.viewer(), own.userId)).toBe('CONFLICT');
      expect(await code(own.viewer(), owner.userId!)).toBe('NOT_FOUND');
    });
  });

  describe('preferences', () => {
    const update = (viewer: Viewer, input: object) =>
      api.run(
        viewer,
        `mutation ($input: UpdatePreferencesInput!) { updatePreferences(input: $input) {
          preferences { locale theme } ${refused}
        } }`,
        { input },
      );

    it('are a member’s own in a workspace, and keep what is not changed', async () => {
      const { userId, viewer } = await addMember('READER');
      const { data, invalidated } = await update(viewer, { locale: 'DE-at' });
      expect(data.updatePreferences).toEqual({ preferences: { locale: 'de-AT', theme: 'SYSTEM' }, userErrors: [] });
      expect(invalidated).toEqual([`UserPreferences:${userId}`]);
      expect((await update(viewer, { theme: 'DARK' })).data.updatePreferences.preferences).toEqual({
        locale: 'de-AT',
        theme: 'DARK',
      });
      const seen = await api.run(viewer, '{ viewer { preferences { locale theme } } }');
      expect(seen.data.viewer.preferences).toEqual({ locale: 'de-AT', theme: 'DARK' });
      const colleague = await api.run((await addMember('READER')).viewer, '{ viewer { preferences { theme } } }');
      expect(colleague.data.viewer.preferences).toEqual({ theme: 'SYSTEM' });
    });

    it('take only language tags, and are nothing that an API token has', async () => {
      const { viewer } = await addMember('READER');
      for (const locale of ['german!', '', 'x'.repeat(100)])
        expect((await update(viewer, { locale })).data.updatePreferences).toMatchObject({
          preferences: null,
          userErrors: [{ path: ['input', 'locale'] }],
        });
      const asToken = workspace.viewer({ kind: 'API_TOKEN', userId: null });
      expect((await update(asToken, { theme: 'DARK' })).data.updatePreferences.userErrors).toMatchObject([
        { code: 'CONFLICT' },
      ]);
    });
  });

  describe('the workspace', () => {
    it('shows its members oldest first, each with a statement for all', async () => {
      const own = await createTestWorkspace(api.queries);
      await addMember('READER', own, '2026-04-01T00:00:00.000Z');
      await addMember('EDITOR', own, '2026-03-01T00:00:00.000Z');
      const { data, statements } = await api.run(
        own.viewer(),
        '{ workspace { id } members { role user { name } workspace { id } } }',
      );
      expect(data.workspace).toEqual({ id: own.id });
      expect(data.members.map(({ role }: { role: string }) => role)).toEqual(['OWNER', 'EDITOR', 'READER']);
      expect(statements).toBe(3); // the workspace, its members, their names
    });

    it('has a system viewer of its own', async () => {
      expect(await findSystemViewer(api.queries, workspace.id)).toEqual({
        ...{ kind: 'SYSTEM', tokenId: null, userId: null, makerId: null, role: 'OWNER', accountIds: null },
        ...{ workspaceId: workspace.id, timeZone: 'Europe/Vienna', weekStartsOn: 'MONDAY' },
      });
      expect(await findSystemViewer(api.queries, 'ws_none')).toBeNull();
    });
  });
});
