import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Queries } from '../../src/database/database.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { findViewer, issueSession } from '../../src/domains/viewer/credentials.ts';
import type { WorkspaceRole } from '../../src/generated/schema.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { atOnce } from './at-once.ts';

const limits = readConfig({}).productLimits.sessions;
const refused = 'userErrors { code message path }';
const record = 'apiToken { id name role accountIds maker { id } createdAt lastUsedAt }';

describe.each(engines)('an API token on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let accounts: readonly string[];

  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  beforeEach(async () => {
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    const one = await createTestAccount(api.queries, workspace);
    const other = await createTestAccount(api.queries, workspace);
    accounts = [one, other].sort();
  });

  const addMember = async (role: WorkspaceRole, accountIds: string[] | null = null) => {
    const userId = testId('User');
    const email = `${userId.toLowerCase()}@example.com`;
    const createdAt = api.clock.toISOString();
    await api.queries.insertInto('users').values({ id: userId, name: 'Grace', email, createdAt }).execute();
    const membership = { workspaceId: workspace.id, userId, role, accountIds, createdAt };
    await api.queries.insertInto('memberships').values(membership).execute();
    return workspace.viewer({ userId, role, accountIds });
  };
  const mutate = async (viewer: Viewer, name: string, input: object) => {
    const selection = { revokeApiToken: 'revokedId', removeMember: 'removedUserId', updateMember: '__typename' }[name];
    const { data, errors, invalidated } = await api.run(
      viewer,
      `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
        result: ${name}(input: $input) { ${selection ?? `${name === 'createApiToken' ? 'token' : ''} ${record}`} ${refused} }
      }`,
      { input },
    );
    return { ...data?.result, errors, invalidated };
  };
  const create = (viewer: Viewer, input: object = {}) =>
    mutate(viewer, 'createApiToken', { name: 'Sync', role: 'READER', ...input });
  const adopt = (viewer: Viewer, id: string) => mutate(viewer, 'adoptApiToken', { id });
  const revoke = (viewer: Viewer, id: string) => mutate(viewer, 'revokeApiToken', { id });
  const update = async (viewer: Viewer, input: object) => {
    expect((await mutate(owner, 'updateMember', { userId: viewer.userId, ...input })).userErrors).toEqual([]);
  };
  const remove = (viewer: Viewer) => mutate(owner, 'removeMember', { userId: viewer.userId });
  const authorityOf = async (token: string) => {
    const found = await findViewer(api.queries, token, api.clock);
    return found && { role: found.role, accountIds: found.accountIds };
  };
  const asToken = (as: Partial<Viewer> = {}) =>
    workspace.viewer({ kind: 'API_TOKEN', userId: null, makerId: workspace.userId, tokenId: 'tok_x', ...as });

  it('has a role of its own, and no person', async () => {
    const { token, apiToken } = await create(owner, { name: ' Metric sync ', role: 'EDITOR' });
    expect(apiToken).toMatchObject({
      ...{ name: 'Metric sync', role: 'EDITOR', accountIds: null },
      ...{ maker: { id: workspace.userId }, lastUsedAt: null },
    });
    expect(await findViewer(api.queries, token, new Date('2099-01-01'))).toMatchObject({
      ...{ kind: 'API_TOKEN', userId: null, makerId: workspace.userId },
      ...{ role: 'EDITOR', accountIds: null, expiresAt: null },
    });
    expect((await api.run(asToken(), '{ viewer { email } }')).data).toEqual({ viewer: null });
  });

  it('has at most the role of its maker, and a name of 1–100 characters', async () => {
    const admin = await addMember('ADMIN');
    expect(await create(admin, { role: 'OWNER' })).toMatchObject({
      ...{ token: null, apiToken: null },
      userErrors: [{ path: ['input', 'role'] }],
    });
    expect((await create(admin, { role: 'ADMIN' })).userErrors).toEqual([]);
    for (const name of [' ', 'x'.repeat(101), '\0']) expect((await create(admin, { name })).userErrors).toHaveLength(1);
  });

  it('sees at most what its maker sees', async () => {
    const admin = await addMember('ADMIN', [accounts[0]!]);
    const { token, apiToken } = await create(admin, { role: 'ADMIN' });
    expect(apiToken.accountIds).toEqual([accounts[0]]);
    expect(await authorityOf(token)).toEqual({ role: 'ADMIN', accountIds: [accounts[0]] });
  });

  it('is made with what its maker may by then, whatever they might when they signed in', async () => {
    const admin = await addMember('ADMIN');
    await update(admin, { role: 'EDITOR', accountIds: [accounts[1]] });
    expect((await create(admin, { role: 'ADMIN' })).userErrors).toMatchObject([{ path: ['input', 'role'] }]);
    const { token } = await create(admin, { role: 'EDITOR' });
    expect(await authorityOf(token)).toEqual({ role: 'EDITOR', accountIds: [accounts[1]] });
    await update(admin, { accountIds: null });
    expect(await authorityOf(token)).toEqual({ role: 'EDITOR', accountIds: [accounts[1]] });
    await remove(admin);
    expect((await create(admin)).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it('is lowered and confined with its maker', async () => {
    const admin = await addMember('ADMIN');
    const { token, apiToken } = await create(admin, { role: 'EDITOR' });
    await update(admin, { role: 'CONTRIBUTOR' });
    expect(await authorityOf(token)).toEqual({ role: 'CONTRIBUTOR', accountIds: null });
    await update(admin, { accountIds: [accounts[1]] });
    expect(await authorityOf(token)).toEqual({ role: 'CONTRIBUTOR', accountIds: [accounts[1]] });
    const { data } = await api.run(owner, '{ apiTokens { id role accountIds } }');
    expect(data.apiTokens).toEqual([{ id: apiToken.id, role: 'CONTRIBUTOR', accountIds: [accounts[1]] }]);
    await update(admin, { accountIds: [] });
    expect(await authorityOf(token)).toEqual({ role: 'CONTRIBUTOR', accountIds: [] });
  });

  it('never grows with its maker', async () => {
    const admin = await addMember('ADMIN', [accounts[0]!]);
    const { token } = await create(admin, { role: 'EDITOR' });
    await update(admin, { role: 'OWNER', accountIds: null });
    expect(await authorityOf(token)).toEqual({ role: 'EDITOR', accountIds: [accounts[0]] });
  });

  it('ends with the membership of its maker', async () => {
    const admin = await addMember('ADMIN');
    const { token, apiToken } = await create(admin);
    const { invalidated } = await remove(admin);
    expect(invalidated).toEqual(expect.arrayContaining(['ApiToken', `Token:${apiToken.id}`]));
    expect(await authorityOf(token)).toBeNull();
  });

  it('is made by people alone, as it would live on in those that it made', async () => {
    for (const mutation of [create(asToken()), adopt(asToken(), 'tok_1')])
      expect((await mutation).userErrors).toMatchObject([{ code: 'CONFLICT', path: null }]);
  });

  describe('that is taken over', () => {
    it('ends with the membership of whoever took it over, no longer with its maker’s', async () => {
      const [admin, successor] = [await addMember('ADMIN'), await addMember('ADMIN')];
      const { token, apiToken } = await create(admin);
      const adopted = await adopt(successor, apiToken.id);
      expect(adopted.userErrors).toEqual([]);
      expect(adopted.apiToken).toEqual({ ...apiToken, maker: { id: successor.userId } });
      expect(adopted.invalidated).toEqual(['ApiToken', `ApiToken:${apiToken.id}`, `Token:${apiToken.id}`]);
      await remove(admin);
      expect(await authorityOf(token)).toEqual({ role: 'READER', accountIds: null });
      await remove(successor);
      expect(await authorityOf(token)).toBeNull();
    });

    it('keeps what it might before, and no more', async () => {
      const admin = await addMember('ADMIN', [...accounts]);
      const { token, apiToken } = await create(admin, { role: 'ADMIN' });
      await update(admin, { role: 'EDITOR', accountIds: [accounts[0]] });
      expect((await adopt(owner, apiToken.id)).apiToken).toMatchObject({ role: 'EDITOR', accountIds: [accounts[0]] });
      expect(await authorityOf(token)).toEqual({ role: 'EDITOR', accountIds: [accounts[0]] });
    });

    it('follows whoever took it over when they are lowered or confined', async () => {
      const [admin, successor] = [await addMember('ADMIN'), await addMember('ADMIN')];
      const { token, apiToken } = await create(admin, { role: 'ADMIN' });
      await adopt(successor, apiToken.id);
      await update(successor, { role: 'READER', accountIds: [accounts[1]] });
      expect(await authorityOf(token)).toEqual({ role: 'READER', accountIds: [accounts[1]] });
    });

    it('is not for those who are confined, nor for a lower role than its own', async () => {
      const { apiToken } = await create(owner, { role: 'OWNER' });
      const confined = await addMember('OWNER', [...accounts]);
      expect((await adopt(confined, apiToken.id)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      const admin = await addMember('ADMIN');
      expect((await adopt(admin, apiToken.id)).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['input', 'id'] }]);
    });

    it('is one of the workspace, and no session', async () => {
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      const { apiToken } = await create(owner);
      const { id } = await issueSession(api.queries, {
        ...{ workspaceId: workspace.id, userId: workspace.userId, name: 'x', limits, now: api.clock },
      });
      for (const mutation of [adopt(stranger, apiToken.id), adopt(owner, id), adopt(owner, 'tok_\0')])
        expect((await mutation).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    });
  });

  it('stands for nobody once it is revoked, in its own workspace only', async () => {
    const { token, apiToken } = await create(owner);
    const stranger = (await createTestWorkspace(api.queries)).viewer();
    expect(await revoke(stranger, apiToken.id)).toMatchObject({
      ...{ revokedId: null, userErrors: [{ code: 'NOT_FOUND' }], invalidated: [] },
    });
    expect(await revoke(owner, apiToken.id)).toMatchObject({
      ...{ revokedId: apiToken.id, userErrors: [] },
      invalidated: ['ApiToken', `ApiToken:${apiToken.id}`, `Token:${apiToken.id}`],
    });
    expect(await authorityOf(token)).toBeNull();
    expect((await revoke(owner, apiToken.id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('is not a session, so that nobody revokes one as if it were', async () => {
    const { id } = await issueSession(api.queries, {
      ...{ workspaceId: workspace.id, userId: workspace.userId, name: 'x', limits, now: api.clock },
    });
    expect((await revoke(owner, id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('that sees more than a confined admin is neither listed for them nor theirs to revoke', async () => {
    const confined = await addMember('ADMIN', [accounts[0]!]);
    const own = await create(confined);
    const wider = [await create(owner), await create(await addMember('ADMIN', [...accounts]))];
    const ask = async (viewer: Viewer) => {
      const { data } = await api.run(viewer, 'query ($ids: [ID!]!) { apiTokens { id } nodes(ids: $ids) { id } }', {
        ids: [own, ...wider].map(({ apiToken }) => apiToken.id),
      });
      return [data.apiTokens.length, data.nodes.map((node: object | null) => node !== null)];
    };
    expect(await ask(owner)).toEqual([3, [true, true, true]]);
    expect(await ask(confined)).toEqual([1, [true, false, false]]);
    const absent = testId('ApiToken');
    const nothing = await revoke(confined, absent);
    for (const { apiToken, token } of wider) {
      const answer = await revoke(confined, apiToken.id);
      expect(JSON.stringify(answer)).toBe(JSON.stringify(nothing).replaceAll(absent, apiToken.id));
      expect(await authorityOf(token)).not.toBeNull();
    }
    expect((await revoke(confined, own.apiToken.id)).userErrors).toEqual([]);
  });

  it('is listed newest first, for admins alone, without its secret', async () => {
    await create(owner, { name: 'first' });
    api.clock = new Date(api.clock.getTime() + 1);
    await create(owner, { name: 'second' });
    const list = '{ apiTokens { name } }';
    expect((await api.run(owner, list)).data.apiTokens).toEqual([{ name: 'second' }, { name: 'first' }]);
    const editor = await api.run(workspace.viewer({ role: 'EDITOR' }), list);
    expect(editor.data.apiTokens).toBeNull();
    expect(editor.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('is one of at most 100', async () => {
    const rows = Array.from({ length: 99 }, (_, i) => ({
      ...{ id: testId('ApiToken'), workspaceId: workspace.id, kind: 'API' as const, hash: `${workspace.id} ${i}` },
      ...{ makerId: workspace.userId, role: 'READER' as const, name: 'x', createdAt: api.clock.toISOString() },
    }));
    await api.queries.insertInto('tokens').values(rows).execute();
    const hold = (transaction: Queries) =>
      transaction.selectFrom('workspaces').select('id').where('id', '=', workspace.id).forUpdate().execute();
    const make = () => create(owner);
    const made = await atOnce({ queries: api.queries, engine }, hold, [make, make, make]);
    expect(made.filter(({ token }) => token !== null)).toHaveLength(1);
    expect(made.flatMap(({ userErrors }) => userErrors)).toMatchObject([
      { code: 'LIMIT_REACHED' },
      { code: 'LIMIT_REACHED' },
    ]);
  });
});
