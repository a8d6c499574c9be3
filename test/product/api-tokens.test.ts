import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkspaceRole } from '../../src/generated/schema.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

const page = '{ accounts(first: 100) { totalCount nodes { id handle } } inboxSummary { openCount } }';

describe('the answers that an API token gets, however often it was given them before', () => {
  let database: TestDatabase;
  let magpie: Magpie;
  let owner: Session;
  let accountIds: string[];

  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded' });
    magpie = await startMagpie(database);
    owner = await signInAs(database, 'OWNER');
    const rows = await database.queries
      .selectFrom('accounts')
      .select('id')
      .where('workspaceId', '=', owner.workspaceId)
      .orderBy('id')
      .execute();
    accountIds = rows.map(({ id }) => id);
  });

  const mutate = async (token: string, name: string, input: object, selection = '__typename') => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { message } } }`;
    const { json } = await magpie.ask(token, document, { input });
    expect([name, json.errors, json.data?.[name].userErrors]).toEqual([name, undefined, []]);
    return json.data[name];
  };
  const createApiToken = async (token: string, role: WorkspaceRole) => {
    const { token: secret, apiToken } = await mutate(
      token,
      'createApiToken',
      { name: 'x', role },
      'token apiToken { id }',
    );
    return { secret: secret as string, id: apiToken.id as string };
  };
  /** Asks until the answer is one that is remembered as a whole. */
  const askHot = async (token: string) => {
    for (let round = 0; round < 3; round++) await magpie.ask(token, page);
    const { json, headers } = await magpie.ask(token, page);
    expect(headers.get('cache-status')).toContain('Magpie; hit');
    return json.data.accounts.totalCount;
  };
  const seenBy = async (token: string) => {
    const { status, json } = await magpie.ask(token, page);
    return status === 200 ? json.data.accounts.totalCount : status;
  };

  it('shrink and grow back with the accounts of its maker, up to those that it was made with', async () => {
    const admin = await signInAs(database, 'ADMIN');
    const { userId } = admin;
    await mutate(owner.token, 'updateMember', { userId, accountIds: accountIds.slice(0, 2) });
    const { secret } = await createApiToken(admin.token, 'EDITOR');
    expect([await askHot(owner.token), await askHot(secret)]).toEqual([accountIds.length, 2]);
    await mutate(owner.token, 'updateMember', { userId, accountIds: accountIds.slice(1, 2) });
    expect(await seenBy(secret)).toBe(1);
    expect(await askHot(secret)).toBe(1);
    await mutate(owner.token, 'updateMember', { userId, accountIds: null });
    expect([await seenBy(secret), await seenBy(admin.token)]).toEqual([2, accountIds.length]);
  });

  it('are refused where the role of its maker does not suffice any more', async () => {
    const admin = await signInAs(database, 'ADMIN');
    const { secret } = await createApiToken(admin.token, 'ADMIN');
    const tokens = '{ apiTokens { id } }';
    expect((await magpie.ask(secret, tokens)).json.errors).toBeUndefined();
    await mutate(owner.token, 'updateMember', { userId: admin.userId, role: 'EDITOR' });
    expect((await magpie.ask(secret, tokens)).json.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    await mutate(owner.token, 'updateMember', { userId: admin.userId, role: 'ADMIN' });
  });

  it('end with the membership of its maker, unless somebody took it over', async () => {
    const admin = await signInAs(database, 'ADMIN');
    const [left, adopted] = [await createApiToken(admin.token, 'EDITOR'), await createApiToken(admin.token, 'EDITOR')];
    for (const { secret } of [left, adopted]) expect(await askHot(secret)).toBe(accountIds.length);
    await mutate(owner.token, 'adoptApiToken', { id: adopted.id });
    await mutate(owner.token, 'removeMember', { userId: admin.userId });
    expect([await seenBy(left.secret), await seenBy(adopted.secret), await seenBy(admin.token)]).toEqual([
      401,
      accountIds.length,
      401,
    ]);
  });
});
