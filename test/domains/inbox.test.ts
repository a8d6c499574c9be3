import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Network, NetworkRefusal } from '../../src/domains/accounts/network.ts';
import { snippetOf } from '../../src/domains/inbox/snippet.ts';
import { createWakeClock } from '../../src/domains/inbox/wake-clock.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { createGate } from '../setup/gates.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

const start = new Date('2026-11-22T09:00:00.000Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

const conversationFields = `id kind account { id } contactName contactHandle status priority snoozedUntil
  assignee { id } unreadCount snippet lastActivityAt`;
const messageFields = 'id direction text author { id } createdAt';

describe('a snippet', () => {
  it('is the text on one line', () => {
    expect(snippetOf(' Hello\n\n there ')).toBe('Hello there');
    expect(snippetOf('e'.repeat(120))).toBe('e'.repeat(120));
  });

  it('ends with an ellipsis beyond 120 characters, and never within one', () => {
    expect(snippetOf('🎉'.repeat(121))).toBe(`${'🎉'.repeat(119)}…`);
  });
});

describe.each(engines)('the inbox on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let account: string;
  let network: { sent: Parameters<Network['reply']>[0][]; reply: () => Promise<void>; findReply: Network['findReply'] };

  beforeAll(async () => {
    network = { sent: [], reply: async () => {}, findReply: undefined };
    const port: Pick<Network, 'reply' | 'idempotentMs' | 'findReply'> = {
      idempotentMs: () => 3_600_000,
      get findReply() {
        return network.findReply;
      },
      async reply(request) {
        network.sent.push(request);
        await network.reply();
      },
    };
    api = await createTestApi(engine, { network: port as Network });
  });

  beforeEach(async () => {
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    account = await createTestAccount(api.queries, workspace, { network: 'BLUESKY', handle: 'us' });
    api.clock = start;
    network.sent = [];
    network.reply = async () => {};
    network.findReply = undefined;
  });

  const both = `message { ${messageFields} } conversation { ${conversationFields} }`;
  const payload = (selection: string) =>
    `{ ${selection} userErrors { code path message ... on ProviderError { isRetryable } } }`;
  const run = async (
    viewer: Viewer,
    name: string,
    { type, input, selection }: { type: string; input: object; selection: string },
  ) => {
    const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) ${payload(selection)} }`;
    const { data, errors, invalidated } = await api.run(viewer, document, { input });
    if (errors) throw new AggregateError(errors, errors.join('\n'));
    return { ...data.result, invalidated };
  };
  const receive = (input: object = {}, viewer = owner) =>
    run(viewer, 'receiveMessage', {
      type: 'ReceiveMessageInput',
      input: { accountId: account, contactHandle: 'lea', text: 'Hello', externalId: testId('Message'), ...input },
      selection: both,
    });
  const reply = (input: object, viewer = owner) =>
    run(viewer, 'sendReply', { type: 'SendReplyInput', input: { text: 'Hi!', ...input }, selection: both });
  const update = (input: object, viewer = owner) =>
    run(viewer, 'updateConversation', {
      ...{ type: 'UpdateConversationInput', input, selection: `conversation { ${conversationFields} }` },
    });
  const read = async (id: string, viewer = owner) =>
    (
      await api.run(
        viewer,
        `{ conversation(id: "${id}") { ${conversationFields} messages { totalCount nodes { ${messageFields} } } } }`,
      )
    ).data.conversation;
  const list = async (filter: object | null, viewer = owner) =>
    (
      await api.run(
        viewer,
        'query ($filter: ConversationFilter) { inbox(filter: $filter) { totalCount nodes { id } } }',
        {
          filter,
        },
      )
    ).data.inbox as { totalCount: number; nodes: { id: string }[] };

  async function countOfWaiting(): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(api.queries);
    return rows[0]!.count;
  }

  describe('a message that comes in', () => {
    it('begins a conversation with its contact', async () => {
      const { message, conversation, invalidated } = await receive({ contactHandle: '@lea', text: 'Is it\nopen?' });
      expect(message).toMatchObject({ direction: 'INBOUND', text: 'Is it\nopen?', author: null });
      expect(conversation).toMatchObject({
        ...{ kind: 'DIRECT_MESSAGE', contactName: 'lea', contactHandle: 'lea', account: { id: account } },
        ...{ status: 'OPEN', priority: 'NORMAL', unreadCount: 1, snippet: 'Is it open?', assignee: null },
        lastActivityAt: start.toISOString(),
      });
      const { id } = conversation;
      expect(invalidated).toEqual(['Conversation', `Conversation:${id}`, `Conversation:${id}:messages`]);
    });

    it('goes on with the conversation of the same account, contact and kind', async () => {
      const { conversation } = await receive();
      api.clock = later(60);
      const next = await receive({ text: 'Still there?', contactName: 'Lea H.' });
      expect(next.conversation).toMatchObject({
        ...{ id: conversation.id, contactName: 'Lea H.', unreadCount: 2, snippet: 'Still there?' },
        lastActivityAt: later(60).toISOString(),
      });
      const elsewhere = await createTestAccount(api.queries, workspace);
      for (const input of [{ kind: 'COMMENT' }, { contactHandle: 'leo' }, { accountId: elsewhere }])
        expect((await receive(input)).conversation.id).not.toBe(conversation.id);
    });

    it.each([['@alice'], ['Alice'], ['＠ＡＬＩＣＥ'], ['ali\u200bce']])(
      'takes Alice and %j for one contact',
      async (handle) => {
        const { conversation } = await receive({ contactHandle: 'Alice' });
        expect((await receive({ contactHandle: handle })).conversation).toMatchObject({
          ...{ id: conversation.id, contactHandle: 'Alice', unreadCount: 2 },
        });
        expect((await receive({ contactHandle: 'alicé' })).conversation.id).not.toBe(conversation.id);
      },
    );

    it('has a snippet that ends with a whole character', async () => {
      const { conversation } = await receive({ text: '👨‍👩‍👧‍👦'.repeat(200) });
      expect(conversation.snippet).toBe(`${'👨‍👩‍👧‍👦'.repeat(119)}…`);
    });

    it('is refused when there is nothing in it to see', async () => {
      expect((await receive({ text: '\u200b\u2060' })).userErrors).toMatchObject([{ code: 'INVALID' }]);
      expect((await receive({ contactHandle: '@\u200b' })).userErrors).toMatchObject([{ code: 'INVALID' }]);
    });

    it('opens a conversation that was done or asleep', async () => {
      const { conversation } = await receive();
      await update({ id: conversation.id, status: 'RESOLVED' });
      expect((await receive()).conversation).toMatchObject({ id: conversation.id, status: 'OPEN' });
      await update({ id: conversation.id, snoozedUntil: later(60).toISOString() });
      expect((await receive()).conversation).toMatchObject({ status: 'OPEN', snoozedUntil: null });
    });

    it('is taken once, however often and whenever it is delivered', async () => {
      const delivery = { externalId: 'ext-1', text: 'Once' };
      const answers = await Promise.all([1, 2, 3].map(() => receive(delivery)));
      api.clock = later(86_400 * 30);
      answers.push(await receive({ ...delivery, text: 'Edited', contactHandle: 'renamed', kind: 'COMMENT' }));
      expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
      const { id } = answers[0]!.conversation;
      expect(await read(id)).toMatchObject({ unreadCount: 1, snippet: 'Once', messages: { totalCount: 1 } });
      for (const { invalidated } of answers) expect(invalidated).toContain(`Conversation:${id}`);
    });

    // The embedded database has one connection: nothing ever happens at once there.
    it.runIf(engine === 'postgres')('is taken once when all its deliveries arrive at the same moment', async () => {
      const gate = await api.queries.startTransaction().execute();
      await gate.selectFrom('accounts').select('id').where('id', '=', account).forUpdate().execute();
      const deliveries = [1, 2, 3].map(() => receive({ externalId: 'ext-1' }));
      while ((await countOfWaiting()) < deliveries.length);
      await gate.commit().execute();
      const ids = (await Promise.all(deliveries)).map(({ message }) => message.id);
      expect(new Set(ids).size).toBe(1);
      expect((await list(null)).totalCount).toBe(1);
    });

    it('is another one on another account, and in another workspace', async () => {
      const elsewhere = await createTestAccount(api.queries, workspace);
      const other = await createTestWorkspace(api.queries);
      const far = await createTestAccount(api.queries, other);
      const ids = [
        await receive({ externalId: 'same' }),
        await receive({ externalId: 'same', accountId: elsewhere }),
        await receive({ externalId: 'same', accountId: far }, other.viewer()),
      ].map(({ message }) => message.id);
      expect(new Set(ids).size).toBe(3);
    });

    it('is refused with everything that is wrong with it, and on an account that the viewer does not see', async () => {
      const { userErrors } = await receive({ text: ' ', contactHandle: ' ', externalId: '' });
      expect(userErrors.map(({ path }: { path: string[] }) => path[1])).toEqual([
        'contactHandle',
        'text',
        'externalId',
      ]);
      expect((await receive({ text: 'e'.repeat(10_001) })).userErrors).toMatchObject([{ code: 'TEXT_TOO_LONG' }]);
      const strangers = [(await createTestWorkspace(api.queries)).viewer(), workspace.viewer({ accountIds: [] })];
      for (const viewer of strangers)
        expect(await receive({}, viewer)).toMatchObject({
          ...{ message: null, conversation: null, invalidated: [] },
          userErrors: [{ code: 'NOT_FOUND', path: ['input', 'accountId'] }],
        });
    });
  });

  describe('a reply', () => {
    let id: string;
    beforeEach(async () => {
      id = (await receive()).conversation.id;
      api.clock = later(10);
    });

    it('goes out through the network, and is stored with who wrote it', async () => {
      const { message, conversation, invalidated } = await reply({ conversationId: id, text: ' Yes. ' });
      expect(network.sent).toEqual([
        {
          id: message.id,
          account: { id: account, network: 'BLUESKY', handle: 'us' },
          contactHandle: 'lea',
          text: 'Yes.',
        },
      ]);
      expect(message).toMatchObject({ direction: 'OUTBOUND', text: 'Yes.', author: { id: workspace.userId } });
      expect(conversation).toMatchObject({ unreadCount: 0, snippet: 'Yes.', lastActivityAt: later(10).toISOString() });
      expect(invalidated).toEqual(['Conversation', `Conversation:${id}`, `Conversation:${id}:messages`]);
    });

    it('is sent while no transaction waits for it', async () => {
      network.reply = async () => {
        // On the one connection of the embedded database this would wait for itself.
        await api.queries.updateTable('conversations').set({ priority: 'HIGH' }).where('id', '=', id).execute();
      };
      expect((await reply({ conversationId: id })).conversation.priority).toBe('HIGH');
    });

    it('is not stored when the network refuses it, and its key may be used again', async () => {
      network.reply = () => Promise.reject(new NetworkRefusal('They blocked you.'));
      const input = { conversationId: id, idempotencyKey: 'k' };
      expect(await reply(input)).toMatchObject({
        ...{ message: null, conversation: null },
        userErrors: [{ code: 'PROVIDER_FAILED', message: 'They blocked you.', isRetryable: false }],
      });
      expect(await read(id)).toMatchObject({ unreadCount: 1, messages: { totalCount: 1 } });
      network.reply = async () => {};
      expect((await reply({ ...input, text: 'Other words' })).userErrors).toEqual([]);
      expect(network.sent[0]!.id).not.toBe(network.sent[1]!.id);
    });

    it('is sent again with the same id when nobody knows whether it went out', async () => {
      network.reply = () => Promise.reject(new Error('socket hang up'));
      const input = { conversationId: id, idempotencyKey: 'k' };
      expect((await reply(input)).userErrors).toMatchObject([{ code: 'PROVIDER_FAILED', isRetryable: true }]);
      network.reply = async () => {};
      const { message } = await reply(input);
      expect(network.sent.map((request) => request.id)).toEqual([message.id, message.id]);
    });

    describe('to whose call the network gave no answer', () => {
      const input = () => ({ conversationId: id, idempotencyKey: 'k' });
      /** The result of the same request after some seconds. */
      const again = async (seconds: number) => {
        network.reply = () => Promise.reject(new Error('socket hang up'));
        await reply(input());
        network.reply = async () => {};
        api.clock = later(10 + seconds);
        return reply(input());
      };

      it('is sent again while the network remembers its id', async () => {
        expect((await again(3_599)).userErrors).toEqual([]);
        expect(network.sent).toHaveLength(2);
      });

      it('is looked for afterwards, and not sent again if it is found', async () => {
        const asked: object[] = [];
        network.findReply = async ({ text, contactHandle, since }) => asked.push({ text, contactHandle, since }) > 0;
        const { message } = await again(3_600);
        expect(asked).toEqual([{ text: 'Hi!', contactHandle: 'lea', since: later(10) }]);
        expect(network.sent.map((request) => request.id)).toEqual([message.id]);
        expect((await read(id)).messages.totalCount).toBe(2);
      });

      it('is sent if it is not found', async () => {
        network.findReply = async () => false;
        expect((await again(3_600)).userErrors).toEqual([]);
        expect(network.sent).toHaveLength(2);
      });

      it('keeps its key for another search when the network cannot be reached', async () => {
        network.findReply = () => Promise.reject(new TypeError('fetch failed'));
        expect((await again(3_600)).userErrors).toMatchObject([{ isRetryable: true }]);
        network.findReply = async () => true;
        expect((await reply(input())).userErrors).toEqual([]);
        expect(network.sent).toHaveLength(1);
      });

      it('keeps its key when a repetition is refused, as the first call may have had its effect', async () => {
        await again(10);
        await api.queries.deleteFrom('messages').where('direction', '=', 'OUTBOUND').execute();
        network.reply = () => Promise.reject(new NetworkRefusal('They blocked you.'));
        expect((await reply(input())).userErrors).toMatchObject([
          { message: expect.stringMatching(/^They blocked you\. The message may already be sent/), isRetryable: false },
        ]);
        network.reply = async () => {};
        api.clock = later(3_610);
        network.findReply = async () => true;
        expect((await reply(input())).userErrors).toEqual([]);
        expect(network.sent).toHaveLength(3);
      });

      it.each([
        ['cannot be searched', undefined],
        ['does not let it look', () => Promise.reject(new NetworkRefusal('no'))],
      ])('is left to a person when the network %s', async (_case, findReply) => {
        network.findReply = findReply;
        expect((await again(3_600)).userErrors).toMatchObject([
          {
            code: 'PROVIDER_FAILED',
            isRetryable: false,
            message: expect.stringContaining('another key if it is missing'),
          },
        ]);
        expect(network.sent).toHaveLength(1);
      });
    });

    it('is told to look for it first when it was sent without a key and got no answer', async () => {
      network.reply = () => Promise.reject(new Error('socket hang up'));
      expect((await reply({ conversationId: id })).userErrors).toMatchObject([
        { message: expect.stringMatching(/Look for it on the network before you send it again\.$/) },
      ]);
    });

    it('is sent once for a key, and a replay gets the first one', async () => {
      const input = { conversationId: id, idempotencyKey: 'k' };
      const first = await reply(input);
      api.clock = later(3_600);
      await update({ id, status: 'RESOLVED' });
      const again = await reply(input);
      expect(again.message).toEqual(first.message);
      expect(again.invalidated).toContain(`Conversation:${id}`);
      expect(network.sent).toHaveLength(1);
      expect((await reply({ ...input, text: 'Other' })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
      expect((await read(id)).messages.totalCount).toBe(2);
    });

    it('is stored once by two twins at once', async () => {
      const input = { conversationId: id, idempotencyKey: 'k' };
      const answers = await Promise.all([reply(input), reply(input)]);
      expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
      expect((await read(id)).messages.totalCount).toBe(2);
    });

    it('leaves unread what comes in while it goes out', async () => {
      network.reply = async () => {
        api.clock = later(20);
        await receive({ text: 'One more thing' });
      };
      const { conversation } = await reply({ conversationId: id });
      expect(conversation).toMatchObject({
        ...{ unreadCount: 1, snippet: 'One more thing', lastActivityAt: later(20).toISOString() },
      });
    });

    it('has nowhere to go once the account is disconnected', async () => {
      await api.queries.deleteFrom('accounts').where('id', '=', account).execute();
      expect((await reply({ conversationId: id })).userErrors).toMatchObject([
        { code: 'CONFLICT', path: ['input', 'conversationId'] },
      ]);
      expect(network.sent).toEqual([]);
    });

    it('is refused without a text, and to a conversation that the viewer does not see', async () => {
      expect((await reply({ conversationId: id, text: '\n' })).userErrors).toMatchObject([{ code: 'INVALID' }]);
      const strangers = [(await createTestWorkspace(api.queries)).viewer(), workspace.viewer({ accountIds: [] })];
      for (const viewer of strangers)
        expect((await reply({ conversationId: id }, viewer)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(network.sent).toEqual([]);
    });
  });

  describe('triage', () => {
    let id: string;
    beforeEach(async () => {
      id = (await receive()).conversation.id;
    });
    const until = later(60).toISOString();

    it('changes what is named and nothing else', async () => {
      const changed = await update({ id, priority: 'URGENT' });
      expect(changed.conversation).toMatchObject({ status: 'OPEN', priority: 'URGENT', unreadCount: 1 });
      expect(changed.invalidated).toEqual(['Conversation', `Conversation:${id}`]);
      expect((await update({ id })).conversation).toEqual(changed.conversation);
    });

    it('gives it to a member, and to nobody', async () => {
      expect((await update({ id, assigneeId: workspace.userId })).conversation.assignee).toEqual({
        id: workspace.userId,
      });
      expect((await update({ id, status: 'RESOLVED' })).conversation.assignee).toEqual({ id: workspace.userId });
      expect((await update({ id, assigneeId: null })).conversation.assignee).toBeNull();
      const { userId } = await createTestWorkspace(api.queries);
      expect((await update({ id, assigneeId: userId })).userErrors).toMatchObject([
        { code: 'NOT_FOUND', path: ['input', 'assigneeId'] },
      ]);
    });

    describe('whose assignee is confined to some accounts', () => {
      let userId: string;
      beforeEach(async () => {
        userId = testId('User');
        const createdAt = start.toISOString();
        const email = `${userId.toLowerCase()}@example.com`;
        await api.queries.insertInto('users').values({ id: userId, name: 'Grace', email, createdAt }).execute();
        await api.queries
          .insertInto('memberships')
          .values({ workspaceId: workspace.id, userId, role: 'EDITOR', accountIds: [account], createdAt })
          .execute();
        expect((await update({ id, assigneeId: userId })).userErrors).toEqual([]);
      });
      const confine = (accountIds: readonly string[]) =>
        run(owner, 'updateMember', {
          ...{ type: 'UpdateMemberInput', input: { userId, accountIds }, selection: 'membership { accountIds }' },
        });

      it('is given to somebody who sees it, and to nobody else', async () => {
        const elsewhere = await createTestAccount(api.queries, workspace);
        const { conversation } = await receive({ accountId: elsewhere });
        expect((await update({ id: conversation.id, assigneeId: userId })).userErrors).toMatchObject([
          { code: 'NOT_FOUND', path: ['input', 'assigneeId'] },
        ]);
      });

      it('is nobody’s once they do not see it any more', async () => {
        const elsewhere = await createTestAccount(api.queries, workspace);
        expect((await confine([account, elsewhere])).invalidated).not.toContain(`Conversation:${id}`);
        expect((await read(id)).assignee).toEqual({ id: userId });
        expect((await confine([elsewhere])).invalidated).toContain(`Conversation:${id}`);
        expect((await read(id)).assignee).toBeNull();
      });

      it('is nobody’s once its account is disconnected, as nobody who is confined sees it then', async () => {
        const other = (await receive({ contactHandle: 'max' })).conversation.id;
        await update({ id: other, assigneeId: workspace.userId });
        await run(owner, 'disconnectAccount', {
          ...{ type: 'DeleteInput', input: { id: account }, selection: 'deletedId' },
        });
        expect((await read(id)).assignee).toBeNull();
        expect((await read(other)).assignee).toEqual({ id: workspace.userId });
      });
    });

    it('snoozes with an instant alone, and wakes with any other status', async () => {
      const asleep = { status: 'SNOOZED', snoozedUntil: until };
      expect((await update({ id, snoozedUntil: until })).conversation).toMatchObject(asleep);
      expect((await update({ id, priority: 'LOW' })).conversation).toMatchObject(asleep);
      expect((await update({ id, status: 'OPEN' })).conversation).toMatchObject({ status: 'OPEN', snoozedUntil: null });
      expect((await update({ id, status: 'SNOOZED', snoozedUntil: until })).conversation).toMatchObject(asleep);
    });

    it.each([
      ['without an instant', { status: 'SNOOZED' }],
      ['until now', { status: 'SNOOZED', snoozedUntil: start.toISOString() }],
      ['and resolves at once', { status: 'RESOLVED', snoozedUntil: until }],
    ])('does not snooze %s', async (_, input) => {
      expect(await update({ id, ...input })).toMatchObject({
        ...{ conversation: null, invalidated: [] },
        userErrors: [{ code: 'INVALID', path: ['input', 'snoozedUntil'] }],
      });
    });

    it('marks a conversation as read, for everybody', async () => {
      const answer = await run(workspace.viewer({ role: 'CONTRIBUTOR' }), 'markConversationRead', {
        ...{ type: 'ConversationInput', input: { id }, selection: 'conversation { unreadCount }' },
      });
      expect(answer).toMatchObject({ conversation: { unreadCount: 0 }, userErrors: [] });
      expect(answer.invalidated).toEqual(['Conversation', `Conversation:${id}`]);
    });

    it('does not find what the viewer does not see', async () => {
      const strangers = [(await createTestWorkspace(api.queries)).viewer(), workspace.viewer({ accountIds: [] })];
      for (const viewer of strangers)
        expect((await update({ id, priority: 'LOW' }, viewer)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(await read(id)).toMatchObject({ priority: 'NORMAL' });
    });
  });

  describe('lists and counts', () => {
    it('filter by state, person, account and whether something is unread, all at once', async () => {
      const elsewhere = await createTestAccount(api.queries, workspace);
      const wanted = (await receive({ contactHandle: 'a' })).conversation.id;
      await update({ id: wanted, assigneeId: workspace.userId });
      await receive({ contactHandle: 'b' });
      const foreign = (await receive({ contactHandle: 'c', accountId: elsewhere })).conversation.id;
      await update({ id: foreign, assigneeId: workspace.userId });
      const done = (await receive({ contactHandle: 'd' })).conversation.id;
      await update({ id: done, assigneeId: workspace.userId, status: 'RESOLVED' });
      const answered = (await receive({ contactHandle: 'e' })).conversation.id;
      await update({ id: answered, assigneeId: workspace.userId });
      await reply({ conversationId: answered });

      const filter = { status: ['OPEN'], assigneeId: workspace.userId, accountIds: [account], isUnread: true };
      expect(await list(filter)).toEqual({ totalCount: 1, nodes: [{ id: wanted }] });
      expect(await list({ isUnread: false })).toEqual({ totalCount: 1, nodes: [{ id: answered }] });
      expect((await list(null)).totalCount).toBe(5);
      expect((await list({ status: null, accountIds: null, isUnread: null })).totalCount).toBe(5);
      for (const nothing of [{ status: [] }, { accountIds: [] }, { assigneeId: 'a\0b' }])
        expect(await list(nothing)).toEqual({ totalCount: 0, nodes: [] });
    });

    it('take no assignee as nobody, and an absent one as anybody', async () => {
      const assigned = (await receive({ contactHandle: 'a' })).conversation.id;
      await update({ id: assigned, assigneeId: workspace.userId });
      const waiting = (await receive({ contactHandle: 'b' })).conversation.id;
      expect(await list({ assigneeId: null })).toEqual({ totalCount: 1, nodes: [{ id: waiting }] });
      expect((await list({})).totalCount).toBe(2);
      const { data } = await api.run(
        owner,
        'query ($assigneeId: ID) { inbox(filter: { assigneeId: $assigneeId }) { totalCount } }',
      );
      expect(data.inbox.totalCount).toBe(2);
    });

    it('begin with the latest activity and turn their pages among equal instants', async () => {
      const ids: string[] = [];
      for (const handle of ['a', 'b', 'c', 'd']) ids.push((await receive({ contactHandle: handle })).conversation.id);
      api.clock = later(5);
      const latest = (await receive({ contactHandle: 'a' })).conversation.id;
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await api.run(
          owner,
          'query ($after: String) { inbox(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
          { after },
        );
        seen.push(...data.inbox.nodes.map((node: { id: string }) => node.id));
        after = data.inbox.pageInfo.hasNextPage ? data.inbox.pageInfo.endCursor : null;
      } while (after);
      expect(seen).toEqual([latest, ...ids.slice(1).toSorted().toReversed()]);
    });

    it('summarise the open conversations that the viewer sees, in one statement', async () => {
      const elsewhere = await createTestAccount(api.queries, workspace);
      const mine = (await receive({ contactHandle: 'a' })).conversation.id;
      await receive({ contactHandle: 'a' });
      await update({ id: mine, assigneeId: workspace.userId });
      await receive({ contactHandle: 'b', accountId: elsewhere });
      const done = (await receive({ contactHandle: 'c' })).conversation.id;
      await update({ id: done, status: 'RESOLVED' });
      const summary = async (viewer: Viewer) =>
        api.run(viewer, '{ inboxSummary { openCount unreadCount unassignedCount } }');
      const { data, statements } = await summary(owner);
      expect(data.inboxSummary).toEqual({ openCount: 2, unreadCount: 3, unassignedCount: 1 });
      expect(statements).toBe(1);
      const confined = workspace.viewer({ accountIds: [elsewhere] });
      expect((await summary(confined)).data.inboxSummary).toEqual({ openCount: 1, unreadCount: 1, unassignedCount: 1 });
      const empty = (await createTestWorkspace(api.queries)).viewer();
      expect((await summary(empty)).data.inboxSummary).toEqual({ openCount: 0, unreadCount: 0, unassignedCount: 0 });
    });

    it('show nothing beyond the confinement, messages by their ids included', async () => {
      const { conversation, message } = await receive();
      const strangers = [(await createTestWorkspace(api.queries)).viewer(), workspace.viewer({ accountIds: [] })];
      for (const viewer of strangers) {
        expect(await list(null, viewer)).toEqual({ totalCount: 0, nodes: [] });
        expect(await read(conversation.id, viewer)).toBeNull();
        const { data } = await api.run(viewer, `{ nodes(ids: ["${message.id}", "${conversation.id}"]) { id } }`);
        expect(data.nodes).toEqual([null, null]);
      }
      const { data } = await api.run(owner, `{ nodes(ids: ["${message.id}", "${conversation.id}"]) { id } }`);
      expect(data.nodes).toEqual([{ id: message.id }, { id: conversation.id }]);
    });
  });

  describe('messages', () => {
    it('of several conversations, in pages of different sizes, take one statement', async () => {
      const conversations: string[] = [];
      for (const contactHandle of ['a', 'b', 'c'])
        for (let count = 0; count < 4; count += 1) {
          api.clock = later(count);
          const { conversation } = await receive({ contactHandle, text: `${contactHandle}${count}` });
          if (count === 0) conversations.push(conversation.id);
        }
      const { data, errors, statements } = await api.run(
        owner,
        `{ inbox { nodes {
          contactHandle account { handle } assignee { name }
          latest: messages(first: 1) { nodes { text author { name } } pageInfo { hasNextPage } }
          all: messages(first: 10) { totalCount nodes { text } pageInfo { hasNextPage } }
        } } }`,
      );
      expect(errors).toBeUndefined();
      expect(data.inbox.nodes).toHaveLength(3);
      for (const { contactHandle: who, latest, all } of data.inbox.nodes) {
        expect(latest).toMatchObject({ nodes: [{ text: `${who}3` }], pageInfo: { hasNextPage: true } });
        expect(all).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: false } });
        expect(all.nodes.map(({ text }: { text: string }) => text)).toEqual(
          [3, 2, 1, 0].map((count) => `${who}${count}`),
        );
      }
      // The inbox, accounts, messages, and their number.
      expect(statements).toBe(4);
    });

    it('turn their pages without loss or repetition', async () => {
      const sent: string[] = [];
      for (let count = 0; count < 5; count += 1) sent.push((await receive({ text: `${count}` })).message.id);
      const { id } = (await receive({ externalId: 'last' })).conversation;
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await api.run(
          owner,
          `query ($id: ID!, $after: String) { conversation(id: $id) { messages(first: 2, after: $after) {
            edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }`,
          { id, after },
        );
        const { edges, pageInfo } = data.conversation.messages;
        seen.push(...edges.map(({ node }: { node: { id: string } }) => node.id));
        after = pageInfo.hasNextPage ? edges.at(-1).cursor : null;
      } while (after);
      expect(new Set(seen).size).toBe(6);
      expect(seen).toHaveLength(6);
      expect(seen).toEqual(seen.toSorted().toReversed());
      for (const one of sent) expect(seen).toContain(one);
    });
  });

  describe('the clock', () => {
    const errors: object[] = [];
    const clock = () =>
      createWakeClock({
        ...{ queries: api.queries, execute: api.runAsSystem, now: () => api.clock },
        log: { error: (details) => errors.push(details) },
      });

    it('wakes what is due, in every workspace, and nothing else', async () => {
      const other = await createTestWorkspace(api.queries);
      const far = await createTestAccount(api.queries, other);
      const due = (await receive({ contactHandle: 'a' })).conversation.id;
      const notYet = (await receive({ contactHandle: 'b' })).conversation.id;
      const foreign = (await receive({ accountId: far }, other.viewer())).conversation.id;
      await update({ id: due, snoozedUntil: later(60).toISOString() });
      await update({ id: foreign, snoozedUntil: later(60).toISOString() }, other.viewer());
      await update({ id: notYet, snoozedUntil: later(61).toISOString() });
      api.clock = later(60);
      await clock().tick();
      expect(errors).toEqual([]);
      expect(await read(due)).toMatchObject({ status: 'OPEN', snoozedUntil: null });
      expect(await read(foreign, other.viewer())).toMatchObject({ status: 'OPEN' });
      expect(await read(notYet)).toMatchObject({ status: 'SNOOZED' });
    });

    it('wakes those of a workspace while another one hangs, and waits for that when stopped', async () => {
      const other = await createTestWorkspace(api.queries);
      const far = await createTestAccount(api.queries, other);
      const own = (await receive()).conversation.id;
      const foreign = (await receive({ accountId: far }, other.viewer())).conversation.id;
      await update({ id: own, snoozedUntil: later(60).toISOString() });
      await update({ id: foreign, snoozedUntil: later(60).toISOString() }, other.viewer());
      api.clock = later(60);
      const gate = createGate<void>();
      const hanging = createWakeClock({
        ...{ queries: api.queries, now: () => api.clock, pollMs: 1, tasks: { patienceMs: 1 } },
        log: { error: (details) => errors.push(details) },
        async execute(workspaceId, document, variables) {
          if (workspaceId === workspace.id) await gate.load();
          return api.runAsSystem(workspaceId, document, variables);
        },
      });
      hanging.start();
      await vi.waitFor(async () => expect(await read(foreign, other.viewer())).toMatchObject({ status: 'OPEN' }));
      expect(gate.loads).toBe(1);
      const stopped = hanging.stop();
      gate.open();
      await stopped;
      expect(await read(own)).toMatchObject({ status: 'OPEN' });
      expect(errors).toEqual([]);
    });

    it('tells of each conversation that it woke, up to its limit', async () => {
      const ids: string[] = [];
      for (const contactHandle of ['a', 'b', 'c']) {
        const { id } = (await receive({ contactHandle })).conversation;
        await update({ id, snoozedUntil: later(60 + ids.length).toISOString() });
        ids.push(id);
      }
      api.clock = later(100);
      const wake = (limit: number) =>
        run(workspace.viewer({ kind: 'SYSTEM', userId: null, tokenId: null }), 'wakeConversations', {
          ...{ type: 'WakeConversationsInput', input: { limit }, selection: 'conversations { id status }' },
        });
      const { conversations, invalidated } = await wake(2);
      expect(conversations.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.slice(0, 2));
      expect(invalidated).toEqual(['Conversation', ...ids.slice(0, 2).map((id) => `Conversation:${id}`)]);
      expect(await wake(0)).toMatchObject({ conversations: [], userErrors: [{ code: 'INVALID' }] });
    });

    it('is for Magpie alone', async () => {
      const { errors } = await api.run(
        owner,
        'mutation { wakeConversations(input: { limit: 1 }) { conversations { id } } }',
      );
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    });

    it('goes on when one workspace fails, and ends when it is stopped', async () => {
      const heard: object[] = [];
      let ticks = 0;
      await update({ id: (await receive()).conversation.id, snoozedUntil: later(1).toISOString() });
      api.clock = later(2);
      await new Promise<void>((resolve) => {
        const failing = createWakeClock({
          ...{ queries: api.queries, now: () => api.clock, pollMs: 1 },
          execute: () => Promise.reject(new Error('down')),
          log: {
            error(details) {
              heard.push(details);
              ticks += 1;
              if (ticks === 2) void failing.stop().then(resolve);
            },
          },
        });
        failing.start();
      });
      expect(heard).toHaveLength(2);
    });
  });

  describe('saved replies', () => {
    const create = (input: object, viewer = owner) =>
      run(viewer, 'createSavedReply', {
        ...{ type: 'CreateSavedReplyInput', input, selection: 'savedReply { id title body }' },
      });
    const change = (input: object, viewer = owner) =>
      run(viewer, 'updateSavedReply', {
        ...{ type: 'UpdateSavedReplyInput', input, selection: 'savedReply { id title body }' },
      });
    const remove = (id: string, viewer = owner) =>
      run(viewer, 'deleteSavedReply', { type: 'DeleteInput', input: { id }, selection: 'deletedId' });
    const all = async (viewer = owner) =>
      (await api.run(viewer, '{ savedReplies { id title body } }')).data.savedReplies;

    it('are made, changed, listed in the order of their making, and deleted', async () => {
      const first = await create({ title: ' Hours ', body: '9–5' });
      expect(first).toMatchObject({ savedReply: { title: 'Hours', body: '9–5' }, invalidated: ['SavedReply'] });
      const { id } = first.savedReply;
      api.clock = later(1);
      const second = (await create({ title: 'Thanks', body: 'Thank you!' })).savedReply;
      const changed = await change({ id, body: '10–6' });
      expect(changed.savedReply).toEqual({ id, title: 'Hours', body: '10–6' });
      expect(changed.invalidated).toEqual(['SavedReply', `SavedReply:${id}`]);
      expect(await all()).toEqual([changed.savedReply, second]);
      expect(await remove(id)).toMatchObject({ deletedId: id, invalidated: ['SavedReply', `SavedReply:${id}`] });
      expect(await all()).toEqual([second]);
      expect((await remove(id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    });

    it('are refused without a title or text, and unknown to other workspaces', async () => {
      const { userErrors } = await create({ title: '', body: 'e'.repeat(10_001) });
      expect(userErrors).toMatchObject([{ path: ['input', 'title'] }, { path: ['input', 'body'] }]);
      const { id } = (await create({ title: 'Ours', body: 'Ours' })).savedReply;
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      expect(await all(stranger)).toEqual([]);
      expect((await change({ id, title: 'Theirs' }, stranger)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect((await remove(id, stranger)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect((await api.run(stranger, `{ node(id: "${id}") { id } }`)).data.node).toBeNull();
      expect((await api.run(owner, `{ node(id: "${id}") { id } }`)).data.node).toEqual({ id });
    });

    it('are 500 at most', async () => {
      const rows = Array.from({ length: 499 }, (_, index) => ({
        ...{ id: testId('SavedReply'), workspaceId: workspace.id, title: `${index}`, body: 'Text' },
        createdAt: start.toISOString(),
      }));
      await api.queries.insertInto('savedReplies').values(rows).execute();
      const made = await Promise.all([1, 2].map(() => create({ title: 'Last', body: 'Text' })));
      expect(made.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'LIMIT_REACHED' }]);
      expect(await all()).toHaveLength(500);
    });
  });
});
