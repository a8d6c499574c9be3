import { beforeAll, describe, expect, it } from 'vitest';
import { prefixes } from '../../src/domains/ids.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

const at = '2026-11-01T00:00:00.000Z';

describe.each(engines)('nodes on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let ids: Record<keyof typeof prefixes, string>;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    ids = await createOneOfEach(api, workspace);
  });

  const typesOf = async (viewer: Viewer, wanted: readonly string[]) => {
    const { data, errors } = await api.run(viewer, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids: wanted,
    });
    expect(errors).toBeUndefined();
    return data.nodes.map((node: { __typename: string } | null) => node?.__typename ?? null);
  };

  it('are found by their ids, each as what it is, in the order asked for', async () => {
    expect(await typesOf(owner, Object.values(ids))).toEqual(Object.keys(ids));
    expect(Object.keys(ids).sort()).toEqual(Object.keys(prefixes).sort());
    for (const [type, id] of Object.entries(ids)) {
      const { data } = await api.run(owner, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });
      expect(data.node).toEqual({ __typename: type, id });
    }
  });

  it('are asked for with one statement a type, and two for people', async () => {
    const { statements } = await api.run(owner, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [...Object.values(ids), ...Object.values(ids)],
    });
    expect(statements).toBe(Object.keys(ids).length + 1);
  });

  it('of another workspace are as absent', async () => {
    const stranger = (await createTestWorkspace(api.queries)).viewer();
    expect(new Set(await typesOf(stranger, Object.values(ids)))).toEqual(new Set([null]));
  });

  it('that hang on accounts follow their visibility', async () => {
    const confined = workspace.viewer({ accountIds: [] });
    const hidden = ['Account', 'ApiToken', 'Conversation', 'Message', 'Post', 'PostTarget'];
    const expected = Object.keys(ids).map((type) => (hidden.includes(type) ? null : type));
    expect(await typesOf(confined, Object.values(ids))).toEqual(expected);
  });

  it('that are credentials are for admins', async () => {
    expect(await typesOf(workspace.viewer({ role: 'EDITOR' }), [ids.ApiToken, ids.Post])).toEqual([null, 'Post']);
    expect(await typesOf(workspace.viewer({ role: 'ADMIN' }), [ids.ApiToken])).toEqual(['ApiToken']);
  });

  it('are not there for anything that is no id', async () => {
    const strange = ['', '_', 'post_', 'post', 'post_\0', 'POST_1', 'hello_1', "post_' or 1=1", '__proto___1'];
    expect(new Set(await typesOf(owner, strange))).toEqual(new Set([null]));
  });
});

async function createOneOfEach({ queries }: TestApi, workspace: TestWorkspace) {
  const workspaceId = workspace.id;
  const settings = await queries
    .selectFrom('settings')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirstOrThrow();
  const ids = {
    Account: await createTestAccount(queries, workspace),
    AiGeneration: testId('AiGeneration'),
    ApiToken: testId('ApiToken'),
    CalendarNote: testId('CalendarNote'),
    Campaign: testId('Campaign'),
    Conversation: testId('Conversation'),
    MediaAsset: testId('MediaAsset'),
    Message: testId('Message'),
    Post: testId('Post'),
    PostTarget: testId('PostTarget'),
    SavedReply: testId('SavedReply'),
    Template: testId('Template'),
    User: workspace.userId,
    Workspace: workspaceId,
    WorkspaceSettings: settings.id,
  };
  const row = <Id extends keyof typeof ids>(type: Id) => ({ id: ids[type], workspaceId, createdAt: at });
  await queries
    .insertInto('aiGenerations')
    .values({
      ...row('AiGeneration'),
      ...{ kind: 'CAPTION', prompt: null, modelId: 'magpie-quill', fingerprint: '', suggestions: '[]' },
      ...{ reusedFrom: null, requestedById: null },
    })
    .execute();
  await queries
    .insertInto('tokens')
    .values({
      ...row('ApiToken'),
      kind: 'API',
      hash: ids.ApiToken,
      makerId: workspace.userId,
      role: 'READER',
      name: 'x',
    })
    .execute();
  await queries
    .insertInto('calendarNotes')
    .values({ ...row('CalendarNote'), date: '2026-11-01', text: 'x', authorId: null })
    .execute();
  await queries
    .insertInto('campaigns')
    .values({ ...row('Campaign'), name: 'x', status: 'PLANNED', updatedAt: at })
    .execute();
  await queries
    .insertInto('conversations')
    .values({
      ...row('Conversation'),
      ...{ accountId: ids.Account, kind: 'COMMENT', contactName: 'x', contactHandle: 'x', status: 'OPEN' },
      ...{ lastActivityAt: at },
    })
    .execute();
  await queries
    .insertInto('messages')
    .values({ ...row('Message'), conversationId: ids.Conversation, direction: 'INBOUND', text: 'x' })
    .execute();
  await queries
    .insertInto('mediaAssets')
    .values({
      ...row('MediaAsset'),
      ...{ fileName: 'x', mimeType: 'image/png', byteSize: 1, sha256: 'x', storageKey: ids.MediaAsset },
    })
    .execute();
  await queries
    .insertInto('posts')
    .values({ ...row('Post'), text: 'x', status: 'DRAFT', updatedAt: at })
    .execute();
  await queries
    .insertInto('postTargets')
    .values({ id: ids.PostTarget, workspaceId, postId: ids.Post, accountId: ids.Account, position: 0, status: 'DRAFT' })
    .execute();
  await queries
    .insertInto('savedReplies')
    .values({ ...row('SavedReply'), title: 'x', body: 'x' })
    .execute();
  await queries
    .insertInto('templates')
    .values({ ...row('Template'), title: 'x', body: 'x', updatedAt: at })
    .execute();
  return ids;
}
