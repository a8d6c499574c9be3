import { parse, subscribe } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { typeOfId } from '../../src/domains/ids.ts';
import type { ClientInvalidation } from '../../src/graphql/client-invalidation.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { confine, type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { type Read, reads } from './reads.ts';
import { Stock } from './stock.ts';
import { inputs, systemInputs } from './writes.ts';

/** Inputs that one may try until a mutation takes one. */
const maxTries = 60;
/** Types whose nodes follow accounts. */
const following = ['Account', 'AiGeneration', 'ApiToken', 'Conversation', 'Message', 'Post', 'PostTarget'];

describe('somebody who is confined to an account hears, of what others do,', () => {
  const time = new TestTime();
  let database: TestDatabase;
  let magpie: Magpie;
  let owner: Session;
  let confined: Session;
  let seen: string;
  let hidden: string;
  let stock: Stock;
  let fixed: readonly Read[];
  let last: Awaited<ReturnType<typeof view>>;
  let lastConversation: string;
  const heard = { forgotten: [] as ClientInvalidation[], conversations: [] as string[], onLast: () => {} };

  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded' });
    magpie = await startMagpie(database, { time });
    owner = await signInAs(database, 'OWNER');
    confined = await signInAs(database, 'CONTRIBUTOR');
    const accounts = await confine(database, confined, 2);
    [seen, hidden] = [accounts.seen[0]!, accounts.hidden[0]!];
    await database.queries.updateTable('settings').set({ requiresApproval: false }).execute();
    stock = new Stock(database.queries, owner.workspaceId, new Random(1));
    await listen();
    const message = { accountId: seen, contactHandle: 'last', text: 'Hello', externalId: 'events-0' };
    await refresh();
    fixed = Object.values(reads).map((make) => make(new Random(1), stock));
    last = await view();
    lastConversation = (await mutate('receiveMessage', message, false)).conversation.id;
  });

  /** Follows everything that the confined may subscribe to. */
  async function listen(): Promise<void> {
    const viewer = await magpie.engine.authenticate(confined.token);
    const follow = async <T>(text: string, take: (data: T) => void) => {
      const contextValue = magpie.engine.contextFor({ viewer, requestId: 'test', isDebugging: false });
      const events = await subscribe({ schema: magpie.engine.schema, document: parse(text), contextValue });
      void (async () => {
        for await (const { data } of events as AsyncGenerator<{ data: T }>) take(JSON.parse(JSON.stringify(data)));
      })();
      await new Promise(setImmediate);
    };
    await follow<{ cacheInvalidated: ClientInvalidation }>(
      'subscription { cacheInvalidated { typeNames nodeIds } }',
      ({ cacheInvalidated }) => heard.forgotten.push(cacheInvalidated),
    );
    await follow<{ conversationUpdated: { id: string } }>(
      'subscription { conversationUpdated { id snippet account { id } } }',
      ({ conversationUpdated: { id } }) => {
        heard.conversations.push(id);
        if (id === lastConversation) heard.onLast();
      },
    );
  }

  /** Nobody changes the membership of the confined, which would end their subscriptions. */
  async function refresh(): Promise<void> {
    await stock.refresh();
    stock.users = stock.users.filter((id) => id !== confined.userId);
    stock.others = stock.others.filter((id) => id !== confined.userId);
  }

  const mutations = [...Object.keys(inputs), ...Object.keys(systemInputs)].filter((name) => name !== 'updateSettings');

  it.each(mutations)('%s: all that changed for them, and of hidden nodes nothing', async (mutation) => {
    const random = new Random(mutations.indexOf(mutation) + 1);
    await refresh();
    const before = last;
    await hear();
    for (let times = 0; times < 3; times++) await takeOnce(mutation, random);
    const { typeNames, nodeIds, conversations } = await hear();
    last = await view();
    const after = last;

    const known = new Set([...before.nodes.keys(), ...after.nodes.keys()]);
    const unknown = nodeIds.filter((id) => following.includes(typeOfId(id)!) && !known.has(id));
    expect(unknown).toEqual([]);
    expect(conversations.filter((id) => !after.nodes.has(id))).toEqual([]);

    for (const id of known) {
      const isTold = nodeIds.includes(id) || typeNames.includes(typeOfId(id)!);
      if (before.nodes.has(id) && before.nodes.get(id) !== after.nodes.get(id))
        expect([id, isTold]).toEqual([id, true]);
    }
    for (const [index, read] of fixed.entries()) {
      if (before.answers[index] === after.answers[index]) continue;
      const texts = `${before.answers[index]} ${after.answers[index]}`;
      const isTold = typeNames.length > 0 || nodeIds.some((id) => texts.includes(id));
      expect([read, isTold]).toEqual([read, true]);
    }
  });

  describe('of a hidden account alone, nothing at all:', () => {
    const act = async (mutation: string, input: object, isSystem = false) => {
      await hear();
      const data = await mutate(mutation, input, isSystem);
      expect(data.userErrors).toEqual([]);
      return data;
    };
    const silent = async (mutation: string, input: object, isSystem = false) => {
      const data = await act(mutation, input, isSystem);
      expect({ mutation, ...(await hear()) }).toEqual({ mutation, typeNames: [], nodeIds: [], conversations: [] });
      return data;
    };

    it('posts, from their draft to their numbers', async () => {
      const at = new Date(time.now() + 3_600_000).toISOString();
      const [campaignId, templateId, mediaId] = [stock.one('campaigns'), stock.one('templates'), stock.one('media')];
      const { post } = await silent('createPost', {
        ...{ text: 'x', accountIds: [hidden], campaignId, templateId, mediaIds: [mediaId] },
      });
      const { id } = post;
      await silent('updatePost', { id, text: 'y', mediaIds: [], campaignId: null });
      await silent('addPostsToCampaign', { campaignId, postIds: [id] });
      await silent('removePostsFromCampaign', { campaignId, postIds: [id] });
      await silent('schedulePost', { id, at });
      await silent('unschedulePost', { id });
      await silent('deletePost', { id });
    });

    it('conversations, with the answers that AI writes for them', async () => {
      const message = { accountId: hidden, contactHandle: 'somebody', text: 'Hello', externalId: 'events-1' };
      const { conversation } = await silent('receiveMessage', message);
      await silent('sendReply', { conversationId: conversation.id, text: 'Hi' });
      await silent('updateConversation', { id: conversation.id, priority: 'HIGH' });
      await silent('markConversationRead', { id: conversation.id });
      const { generation } = await silent('suggestReply', { conversationId: conversation.id });
      await silent('deleteAiGeneration', { id: generation.id });
    });

    it('accounts and their numbers', async () => {
      const date = time.date().toISOString().slice(0, 10);
      await silent('recordMetrics', { accountId: hidden, date, values: [{ metric: 'FOLLOWERS', value: 7 }] });
      await silent('updateAccount', { id: hidden, displayName: 'Other' });
      const { account } = await silent('connectAccount', { network: 'X', handle: 'anew' });
      await silent('disconnectAccount', { id: account.id });
    });

    it('but of what hangs on their own account they hear', async () => {
      const message = { accountId: seen, contactHandle: 'somebody', text: 'Hello', externalId: 'events-2' };
      const { conversation } = await act('receiveMessage', message);
      expect(await hear()).toMatchObject({ nodeIds: [conversation.id], conversations: [conversation.id] });
    });

    it('and that a post is gone that went to their own account too, or goes there no more', async () => {
      for (const end of ['updatePost', 'deletePost']) {
        const { post } = await act('createPost', { text: 'x', accountIds: [seen, hidden] });
        expect((await hear()).nodeIds).toEqual([post.id]);
        await act(end, end === 'deletePost' ? { id: post.id } : { id: post.id, accountIds: [hidden] });
        const { typeNames, nodeIds } = await hear();
        expect(nodeIds).toEqual([post.id]);
        expect(typeNames).toContain('PostConnection');
      }
    });
  });

  /** What was told since the last time. All of it has come when a last change of a conversation that they see has. */
  async function hear(): Promise<ClientInvalidation & { conversations: string[] }> {
    const last = new Promise<void>((resolve) => {
      heard.onLast = resolve;
    });
    const tags = [`Conversation:${lastConversation}`, `Reach:${lastConversation}:${seen}`];
    magpie.engine.cache.invalidate(tags.map((tag) => `${owner.workspaceId}/${tag}`));
    await last;
    const [forgotten, conversations] = [heard.forgotten.splice(0), heard.conversations.splice(0)];
    return {
      typeNames: [...new Set(forgotten.flatMap(({ typeNames }) => typeNames))],
      nodeIds: [...new Set(forgotten.flatMap(({ nodeIds }) => nodeIds))].filter((id) => id !== lastConversation),
      conversations: [...new Set(conversations)].filter((id) => id !== lastConversation),
    };
  }

  /** Everything that the confined sees: each node among all of the workspace, and the answers to reads. */
  async function view() {
    const nodes = new Map<string, string>();
    const ids = await allIds();
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { id
      ... on Post { text postStatus: status revision scheduledAt publishedAt campaign { id } metrics { views } targets { id status } media { id } }
      ... on Conversation { conversationStatus: status priority unreadCount snippet assignee { id } account { id } }
      ... on Account { displayName followerCount accountStatus: status } ... on Template { title body usageCount }
      ... on Campaign { name campaignStatus: status postCount } ... on MediaAsset { altText fileName usageCount }
      ... on CalendarNote { date text } ... on AiGeneration { kind } ... on SavedReply { title }
    } }`;
    for (let start = 0; start < ids.length; start += 100) {
      const { json } = await magpie.ask(confined.token, document, { ids: ids.slice(start, start + 100) });
      for (const node of json.data.nodes) if (node) nodes.set(node.id, JSON.stringify(node));
    }
    const answers: string[] = [];
    for (const { document, variables } of fixed)
      answers.push((await magpie.ask(confined.token, document, variables)).text);
    return { nodes, answers };
  }

  async function allIds(): Promise<string[]> {
    const tables = [
      ...['posts', 'conversations', 'accounts', 'templates', 'campaigns', 'mediaAssets', 'calendarNotes'],
      ...['aiGenerations', 'savedReplies'],
    ] as 'posts'[];
    const rows = await Promise.all(
      tables.map((table) =>
        database.queries.selectFrom(table).select('id').where('workspaceId', '=', owner.workspaceId).execute(),
      ),
    );
    return rows.flat().map(({ id }) => id);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  async function mutate(mutation: string, input: object, isSystem: boolean): Promise<any> {
    const field = magpie.engine.schema.getMutationType()!.getFields()[mutation]!;
    const selections = ['post', 'conversation', 'generation', 'account'].filter((name) => String(field.type) && name);
    const payload = magpie.engine.schema.getType(String(field.type).replace('!', '')) as never as {
      getFields(): object;
    };
    const nodes = selections.filter((name) => name in payload.getFields()).map((name) => `${name} { id }`);
    const document = `mutation ($input: ${field.args[0]!.type}) { ${mutation}(input: $input) { ${nodes.join(' ')} userErrors { code message } } }`;
    const data = isSystem
      ? await magpie.engine.executeAsSystem(owner.workspaceId, document, { input })
      : (await magpie.ask(owner.token, document, { input })).json.data;
    return data[mutation];
  }

  async function takeOnce(mutation: string, random: Random): Promise<void> {
    const isSystem = mutation in systemInputs;
    for (let tries = 0; tries < maxTries; tries++) {
      const input = (isSystem ? systemInputs : inputs)[mutation]!(random, stock, time.date());
      if ((await mutate(mutation, input, isSystem)).userErrors.length === 0) return;
    }
    throw new Error(`${mutation}: expected one of ${maxTries} inputs to be taken`);
  }
});
