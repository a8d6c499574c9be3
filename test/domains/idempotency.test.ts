import { type GraphQLInputObjectType, getNamedType } from 'graphql';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Network } from '../../src/domains/accounts/network.ts';
import { createKeySweeper } from '../../src/domains/key-sweeper.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

const { schema } = buildPlannedSchema({ typeDefs: readTypeDefs(), resolvers: [], cache: undefined });
const silent = { error: () => {} };

/** For each mutation that takes a key: an input without it, and what it makes. */
const makes: Record<string, { node: string; table: 'posts' | 'templates' | 'campaigns' | 'messages' }> = {
  createPost: { node: 'post', table: 'posts' },
  createTemplate: { node: 'template', table: 'templates' },
  createCampaign: { node: 'campaign', table: 'campaigns' },
  sendReply: { node: 'message', table: 'messages' },
};

describe('the mutations that take an idempotency key', () => {
  it('are all tested here', () => {
    const takesKey = ({ args }: { args: readonly { type: Parameters<typeof getNamedType>[0] }[] }) =>
      args.some(({ type }) => 'idempotencyKey' in (getNamedType(type) as GraphQLInputObjectType).getFields());
    const taking = Object.values(schema.getMutationType()!.getFields()).filter(takesKey);
    expect(taking.map(({ name }) => name).sort()).toEqual(Object.keys(makes).sort());
  });
});

describe.each(engines)('an idempotency key on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let account: string;
  let conversationId: string;

  beforeAll(async () => {
    const network: Pick<Network, 'reply'> = { reply: async () => {} };
    api = await createTestApi(engine, { network: network as Network });
    workspace = await createTestWorkspace(api.queries);
    account = await createTestAccount(api.queries, workspace);
    conversationId = await addConversation();
  });

  async function addConversation(): Promise<string> {
    const input = { accountId: account, contactHandle: 'lea', text: 'Hello', externalId: testId('Message') };
    const document =
      'mutation ($input: ReceiveMessageInput!) { receiveMessage(input: $input) { conversation { id } } }';
    return (await api.run(workspace.viewer(), document, { input })).data.receiveMessage.conversation.id;
  }

  /** Somebody of the team: a member, or an API token without a person. */
  const member = async (): Promise<Viewer> => {
    const userId = testId('User');
    const createdAt = api.clock.toISOString();
    const email = `${userId.toLowerCase()}@example.com`;
    await api.queries.insertInto('users').values({ id: userId, name: 'Grace', email, createdAt }).execute();
    return workspace.viewer({ userId, role: 'EDITOR', tokenId: testId('ApiToken') });
  };
  const apiToken = () =>
    workspace.viewer({ kind: 'API_TOKEN', userId: null, role: 'EDITOR', tokenId: testId('ApiToken') });

  const inputs = (): Record<string, object> => ({
    createPost: { text: 'Once', accountIds: [account] },
    createTemplate: { title: 'Once', body: '' },
    createCampaign: { name: 'Once' },
    sendReply: { conversationId, text: 'Once' },
  });
  const send = async (mutation: string, viewer: Viewer, idempotencyKey: string) => {
    const { node } = makes[mutation]!;
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${node} { id } userErrors { code message path } } }`;
    const { data, errors } = await api.run(viewer, document, {
      input: { ...inputs()[mutation], idempotencyKey },
    });
    expect(errors).toBeUndefined();
    return { id: data[mutation][node]?.id, userErrors: data[mutation].userErrors };
  };
  const hide = (viewer: Viewer): Viewer => ({ ...viewer, accountIds: [testId('Account')] });

  describe.each(Object.keys(makes))('of %s', (mutation) => {
    it('is of its sender alone: a member with all of their sessions, or an API token', async () => {
      const [ada, grace] = [await member(), await member()];
      const senders = [ada, grace, apiToken(), apiToken()];
      const first = [];
      for (const sender of senders) first.push((await send(mutation, sender, 'k')).id);
      expect(new Set(first).size).toBe(4);
      const again = [];
      for (const sender of senders) again.push((await send(mutation, sender, 'k')).id);
      expect(again).toEqual(first);
      expect((await send(mutation, { ...ada, tokenId: testId('ApiToken') }, 'k')).id).toBe(first[0]);
    });

    it('is forgotten by its sender after 24 hours', async () => {
      const sender = await member();
      const { id } = await send(mutation, sender, 'k');
      const present = api.clock;
      api.clock = new Date(present.getTime() + 24 * 3_600_000);
      expect((await send(mutation, sender, 'k')).id).toBe(id);
      api.clock = new Date(present.getTime() + 24 * 3_600_000 + 1);
      const later = await send(mutation, sender, 'k');
      api.clock = present;
      expect(later.userErrors).toEqual([]);
      expect(later.id).not.toBe(id);
    });

    it('says so when what it made was deleted', async () => {
      const sender = await member();
      const { id } = await send(mutation, sender, 'k');
      await api.queries.deleteFrom(makes[mutation]!.table).where('id', '=', id).execute();
      const { id: again, userErrors } = await send(mutation, sender, 'k');
      if (mutation === 'sendReply')
        expect(again).toBe(id); // a reply that is not stored is sent anew, under the same id
      else expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['input', 'idempotencyKey'] }]);
    });
  });

  it('gives a replay what its sender sees by then, as it is by then', async () => {
    const sender = await member();
    const { id } = await send('createPost', sender, 'seen');
    await api.queries.updateTable('posts').set({ text: 'Changed' }).where('id', '=', id).execute();
    const { data } = await api.run(
      sender,
      'mutation ($input: CreatePostInput!) { createPost(input: $input) { post { text } } }',
      { input: { ...inputs().createPost, idempotencyKey: 'seen' } },
    );
    expect(data.createPost.post).toEqual({ text: 'Changed' });
  });

  it('tells a sender who does not see its result any more nothing else than that it was deleted', async () => {
    const sender = await member();
    const { id } = await send('createPost', sender, 'hidden');
    const hidden = await send('createPost', hide(sender), 'hidden');
    await api.queries.deleteFrom('posts').where('id', '=', id).execute();
    expect(hidden).toEqual(await send('createPost', sender, 'hidden'));
    expect(hidden).toMatchObject({ id: undefined, userErrors: [{ code: 'CONFLICT' }] });
  });

  it('tells a sender who does not see the conversation any more that there is none', async () => {
    const sender = await member();
    await send('sendReply', sender, 'hidden');
    expect(await send('sendReply', hide(sender), 'hidden')).toMatchObject({
      id: undefined,
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'conversationId'] }],
    });
  });

  describe('that has expired', () => {
    const addKeys = (count: number, prefix: string, createdAt: string) =>
      sql`insert into idempotency_keys (workspace_id, sender, mutation, key, request_hash, result_id, created_at)
        select ${workspace.id}, 'user_x', 'createPost', ${prefix} || n, '', '', ${createdAt}::timestamptz
        from generate_series(1, ${sql.lit(count)}) n`.execute(api.queries);
    const keys = async () => {
      const rows = await api.queries
        .selectFrom('idempotencyKeys')
        .select('key')
        .where('sender', '=', 'user_x')
        .execute();
      return rows.map(({ key }) => key).sort();
    };
    const sweeper = () => createKeySweeper({ queries: api.queries, log: silent, now: () => api.clock });
    const hoursAgo = (hours: number) => new Date(api.clock.getTime() - hours * 3_600_000).toISOString();

    it('is swept in the background, and no other', async () => {
      await addKeys(1_500, 'old', hoursAgo(25));
      await addKeys(3, 'new', hoursAgo(24));
      await sweeper().tick();
      expect(await keys()).toEqual(['new1', 'new2', 'new3']);
    });

    it('is swept within bounds, the oldest first', async () => {
      await api.queries.deleteFrom('idempotencyKeys').execute();
      await addKeys(20_000, 'older', hoursAgo(26));
      await addKeys(3, 'old', hoursAgo(25));
      await sweeper().tick();
      expect(await keys()).toEqual(['old1', 'old2', 'old3']);
      await sweeper().tick();
      expect(await keys()).toEqual([]);
    });
  });
});
