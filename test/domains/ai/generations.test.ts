import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBuiltInProvider } from '../../../src/domains/ai/built-in-provider.ts';
import { type AiProvider, AiProviderError, type AiRequest } from '../../../src/domains/ai/provider.ts';
import { registerModels } from '../../../src/domains/ai/repository.ts';
import { createDiskMediaStore } from '../../../src/domains/media/disk-store.ts';
import { newStorageKey } from '../../../src/domains/media/store.ts';
import type { Viewer } from '../../../src/domains/scope.ts';
import { engines } from '../../setup/databases.ts';
import { testId } from '../../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from '../api.ts';
import { files } from '../files.ts';

/** The built-in provider, with an ear at the door and a hand on it. */
function observedProvider() {
  const builtIn = createBuiltInProvider();
  const asked: AiRequest[] = [];
  const provider: AiProvider & { asked: AiRequest[]; before: () => Promise<void> } = {
    ...builtIn,
    asked,
    before: async () => {},
    async generate(request, signal) {
      asked.push(request);
      await provider.before();
      return builtIn.generate(request, signal);
    },
  };
  return provider;
}

describe.each(engines)('AI generations on %s', (engine) => {
  const fields =
    'id kind prompt suggestions { text hashtags } model { id name } isReused costUsd requestedBy { id } createdAt';
  const refused = 'userErrors { code path ... on ProviderError { isRetryable } }';
  const ai = observedProvider();
  let folder: string;
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'magpie-test-ai-'));
    api = await createTestApi(engine, { ai, media: createDiskMediaStore(folder) });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    ai.asked.length = 0;
    ai.before = async () => {};
  });

  const inputTypes = {
    generateCaption: 'GenerateCaptionInput',
    generateHashtags: 'GenerateHashtagsInput',
    suggestReply: 'SuggestReplyInput',
    generateAltText: 'GenerateAltTextInput',
  } as const;
  const mutate = async (name: keyof typeof inputTypes, input: object, viewer = owner) => {
    const { data, errors, invalidated } = await api.run(
      viewer,
      `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) { generation { ${fields} } ${refused} } }`,
      { input },
    );
    expect(errors).toBeUndefined();
    return { ...data[name], invalidated };
  };
  const caption = (input: object = {}, viewer = owner) =>
    mutate('generateCaption', { prompt: 'Our autumn roast', ...input }, viewer);
  const generated = async (...args: Parameters<typeof caption>) => (await caption(...args)).generation;
  const remove = async (id: string, viewer = owner) => {
    const { data, invalidated } = await api.run(
      viewer,
      'mutation ($input: DeleteInput!) { deleteAiGeneration(input: $input) { deletedId userErrors { code } } }',
      { input: { id } },
    );
    return { ...data.deleteAiGeneration, invalidated };
  };
  const find = async (id: string, viewer = owner) =>
    (await api.run(viewer, `query ($id: ID!) { aiGeneration(id: $id) { ${fields} } }`, { id })).data.aiGeneration;
  const usage = async (range: string) =>
    (await api.run(owner, `{ aiUsage(range: ${range}) { generations reused costUsd } }`)).data.aiUsage;
  const rowsOf = () =>
    api.queries
      .selectFrom('aiGenerations')
      .select(['id', 'reusedFrom', 'inputTokens', 'outputTokens', 'costUsd'])
      .where('workspaceId', '=', workspace.id)
      .orderBy('id')
      .execute();
  const speakAs = (brandVoice: string) =>
    api.queries.updateTable('settings').set({ brandVoice }).where('workspaceId', '=', workspace.id).execute();

  it('answer a request, and remember what it cost', async () => {
    await speakAs('Cheeky.');
    const { generation, userErrors, invalidated } = await caption({ prompt: ' Our autumn roast ', count: 2 });
    expect(userErrors).toEqual([]);
    expect(invalidated).toEqual(['AiGeneration']);
    expect(generation).toMatchObject({
      id: expect.stringMatching(/^gen_/),
      kind: 'CAPTION',
      prompt: 'Our autumn roast',
      model: { id: 'magpie-quill', name: 'Magpie Quill' },
      isReused: false,
      requestedBy: { id: workspace.userId },
      createdAt: api.clock.toISOString(),
    });
    expect(generation.suggestions).toHaveLength(2);
    const [row] = await rowsOf();
    const micros = Math.round(row!.inputTokens * 0.15 + row!.outputTokens * 0.6);
    expect(micros).toBeGreaterThan(0);
    expect(generation.costUsd).toBe((micros / 1_000_000).toFixed(6));
    expect(ai.asked).toMatchObject([{ model: 'magpie-quill', count: 2, brandVoice: 'Cheeky.' }]);
    expect(await find(generation.id)).toEqual(generation);
  });

  describe('of equal requests', () => {
    it('give the first answer again, at no cost, as rows of their own', async () => {
      const first = await generated({ tone: 'kind' });
      const api2 = workspace.viewer({ kind: 'API_TOKEN', userId: null });
      const again = await generated({ prompt: ' Our  autumn\nroast ', tone: ' kind' }, api2);
      expect(again).toEqual({
        ...first,
        id: expect.not.stringMatching(first.id),
        prompt: 'Our  autumn\nroast',
        isReused: true,
        costUsd: '0.000000',
        requestedBy: null,
      });
      expect(ai.asked).toHaveLength(1);
      expect(await rowsOf()).toMatchObject([
        { id: first.id, reusedFrom: null },
        { id: again.id, reusedFrom: first.id, inputTokens: 0, outputTokens: 0, costUsd: '0.000000' },
      ]);
    });

    it('ask again where anything is different that the answer may depend on', async () => {
      await generated();
      for (const input of [
        { prompt: 'our autumn roast' },
        { tone: 'bold' },
        { network: 'X' },
        { count: 4 },
        { model: 'magpie-plume' },
      ])
        expect(await generated(input)).toMatchObject({ isReused: false });
      await speakAs('Bold.');
      expect(await generated()).toMatchObject({ isReused: false });
      await speakAs('');
      expect(await generated()).toMatchObject({ isReused: true });
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      expect(await generated({}, stranger)).toMatchObject({ isReused: false });
    });

    it('ask again when told to, and give the new answer from then on', async () => {
      const first = await generated();
      api.clock = new Date(api.clock.getTime() + 1_000);
      const second = await generated({ regenerate: true });
      expect(second).toMatchObject({ isReused: false });
      expect(second.suggestions).not.toEqual(first.suggestions);
      expect((await generated()).suggestions).toEqual(second.suggestions);
      expect(ai.asked).toHaveLength(2);
    });

    it('ask once when they come at once, holding no transaction meanwhile', async () => {
      let answer = () => {};
      let arrived = () => {};
      const isAsked = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      ai.before = () => {
        arrived();
        return new Promise((resolve) => {
          answer = resolve;
        });
      };
      const all = [generated(), generated(), generated()];
      await isAsked;
      expect(await rowsOf()).toEqual([]); // with one connection this would wait for a transaction
      answer();
      const generations = await Promise.all(all);
      expect(ai.asked).toHaveLength(1);
      expect(generations.map(({ isReused }) => isReused).sort()).toEqual([false, true, true]);
      expect(new Set(generations.map(({ suggestions }) => JSON.stringify(suggestions))).size).toBe(1);
      expect(new Set(generations.map(({ id }) => id)).size).toBe(3);
    });

    it('fail together and are free to try again', async () => {
      ai.before = async () => {
        throw new AiProviderError('Out of ink.', { isRetryable: true });
      };
      for (const outcome of await Promise.all([caption(), caption()]))
        expect(outcome).toMatchObject({
          generation: null,
          userErrors: [{ code: 'PROVIDER_FAILED', isRetryable: true }],
          invalidated: [],
        });
      expect(await rowsOf()).toEqual([]);
      ai.before = async () => {};
      expect(await generated()).toMatchObject({ isReused: false });
    });

    it('do not give again what was deleted, and leave what had been given', async () => {
      const first = await generated();
      const again = await generated();
      expect(await remove(first.id)).toEqual({
        deletedId: first.id,
        userErrors: [],
        invalidated: ['AiGeneration', `AiGeneration:${first.id}`],
      });
      expect(await find(first.id)).toBeNull();
      expect(await find(again.id)).toEqual(again);
      expect(await generated()).toMatchObject({ isReused: false });
      expect(ai.asked).toHaveLength(2);
      expect((await remove(first.id)).userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    });
  });

  it('keep a bug of a provider apart from its failures', async () => {
    ai.before = async () => {
      throw new TypeError('a bug');
    };
    const { errors } = await api.run(
      owner,
      'mutation { generateCaption(input: { prompt: "x" }) { userErrors { code } } }',
    );
    expect(errors).toMatchObject([{ message: 'a bug' }]);
  });

  it.each<[keyof typeof inputTypes, object, string[]]>([
    ['generateCaption', { prompt: ' ', count: 0 }, ['INVALID', 'INVALID']],
    [
      'generateCaption',
      { prompt: 'x'.repeat(4_001), count: 11, tone: 'x'.repeat(101) },
      ['TEXT_TOO_LONG', 'TEXT_TOO_LONG', 'INVALID'],
    ],
    ['generateCaption', { prompt: 'x', model: 'gpt-none' }, ['NOT_FOUND']],
    ['generateHashtags', { text: '', count: 31 }, ['INVALID', 'INVALID']],
    ['suggestReply', { conversationId: 'conv_none', instruction: 'x'.repeat(1_001) }, ['TEXT_TOO_LONG', 'NOT_FOUND']],
    ['generateAltText', { mediaAssetId: 'media_none' }, ['NOT_FOUND']],
  ])('refuse %s of %j', async (name, input, codes) => {
    const { generation, userErrors } = await mutate(name, input);
    expect(generation).toBeNull();
    expect(userErrors.map(({ code }: { code: string }) => code)).toEqual(codes);
    expect(ai.asked).toEqual([]);
  });

  it('find hashtags as one suggestion', async () => {
    const { generation } = await mutate('generateHashtags', { text: 'Fresh croissants', count: 5 });
    const [suggestion] = generation.suggestions;
    expect(generation).toMatchObject({ kind: 'HASHTAGS', prompt: 'Fresh croissants' });
    expect(suggestion.hashtags).toHaveLength(5);
    expect(suggestion.text).toBe(suggestion.hashtags.map((hashtag: string) => `#${hashtag}`).join(' '));
  });

  describe('of answers to a conversation', () => {
    const begin = async (accountId: string | null = null) => {
      const id = testId('Conversation');
      const at = api.clock.toISOString();
      await api.queries
        .insertInto('conversations')
        .values({
          ...{ id, workspaceId: workspace.id, accountId, assigneeId: null, snoozedUntil: null },
          ...({ kind: 'COMMENT', status: 'OPEN', contactName: 'Maya', contactHandle: 'maya' } as const),
          ...{ lastActivityAt: at, createdAt: at },
        })
        .execute();
      return id;
    };
    const say = (conversationId: string, text: string) => {
      api.clock = new Date(api.clock.getTime() + 1);
      const message = { direction: 'INBOUND', text, authorId: null, externalId: null } as const;
      const createdAt = api.clock.toISOString();
      return api.queries
        .insertInto('messages')
        .values({ id: testId('Message'), workspaceId: workspace.id, conversationId, ...message, createdAt })
        .execute();
    };

    it('are of the last 20 messages, and are given again until the next', async () => {
      const conversationId = await begin();
      for (let i = 1; i <= 21; i += 1) await say(conversationId, `Message ${i}`);
      const first = await mutate('suggestReply', { conversationId });
      expect(first.generation).toMatchObject({ kind: 'REPLY', prompt: null, isReused: false });
      expect(first.generation.suggestions).toHaveLength(3);
      const task = ai.asked[0]!.task as AiRequest['task'] & { kind: 'REPLY' };
      expect(task.contactName).toBe('Maya');
      expect(task.messages.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, i) => `Message ${i + 2}`));

      expect((await mutate('suggestReply', { conversationId })).generation.isReused).toBe(true);
      const told = await mutate('suggestReply', { conversationId, instruction: ' We open at nine ' });
      expect(told.generation).toMatchObject({ isReused: false, prompt: 'We open at nine' });
      await say(conversationId, 'And now?');
      expect((await mutate('suggestReply', { conversationId })).generation.isReused).toBe(false);
    });

    it('are for those who see it', async () => {
      const accountId = await createTestAccount(api.queries, workspace);
      const conversationId = await begin(accountId);
      const confined = (accountIds: string[]) => workspace.viewer({ accountIds });
      expect((await mutate('suggestReply', { conversationId }, confined([accountId]))).userErrors).toEqual([]);
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      for (const viewer of [confined([]), stranger])
        expect((await mutate('suggestReply', { conversationId }, viewer)).userErrors).toMatchObject([
          { code: 'NOT_FOUND', path: ['input', 'conversationId'] },
        ]);
    });
  });

  describe('of image descriptions', () => {
    const addFile = async (mimeType: string, sha256: string, of = workspace) => {
      const [id, storageKey] = [testId('MediaAsset'), newStorageKey()];
      await createDiskMediaStore(folder).put(storageKey, files.png);
      await api.queries
        .insertInto('mediaAssets')
        .values({
          ...{ id, workspaceId: of.id, fileName: 'autumn-menu.png', mimeType, byteSize: 1, sha256, storageKey },
          ...{ altText: null, createdAt: api.clock.toISOString() },
        })
        .execute();
      return id;
    };

    it('are given the bytes, and are given again for the same bytes', async () => {
      const { generation } = await mutate('generateAltText', { mediaAssetId: await addFile('image/png', 'a') });
      expect(generation).toMatchObject({ kind: 'ALT_TEXT', prompt: null, isReused: false });
      expect(generation.suggestions).toHaveLength(1);
      const { image } = ai.asked[0]!.task as AiRequest['task'] & { kind: 'ALT_TEXT' };
      expect(Buffer.from(await image.read())).toEqual(files.png);
      const again = await mutate('generateAltText', { mediaAssetId: await addFile('image/png', 'a') });
      expect(again.generation.isReused).toBe(true);
      const other = await mutate('generateAltText', { mediaAssetId: await addFile('image/png', 'b') });
      expect(other.generation.isReused).toBe(false);
    });

    it('are of images of one’s own workspace alone', async () => {
      const film = await mutate('generateAltText', { mediaAssetId: await addFile('video/mp4', 'a') });
      expect(film.userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'mediaAssetId'] }]);
      const foreign = await addFile('image/png', 'a', await createTestWorkspace(api.queries));
      expect((await mutate('generateAltText', { mediaAssetId: foreign })).userErrors).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
    });
  });

  it('are listed newest first, by kind, each page with one statement and one for names', async () => {
    const first = await generated();
    api.clock = new Date(api.clock.getTime() + 1);
    const { generation: second } = await mutate('generateHashtags', { text: 'Tea' });
    const list = async (args: string) => {
      const selects = 'nodes { id model { name } requestedBy { name } } pageInfo { hasNextPage endCursor }';
      const { data, statements } = await api.run(owner, `{ aiGenerations${args} { ${selects} } }`);
      const { nodes, pageInfo } = data.aiGenerations;
      return { ids: nodes.map(({ id }: { id: string }) => id), pageInfo, statements };
    };
    const page = await list('(first: 1)');
    expect(page).toMatchObject({ ids: [second.id], pageInfo: { hasNextPage: true }, statements: 2 });
    expect(await list(`(first: 1, after: "${page.pageInfo.endCursor}")`)).toMatchObject({ ids: [first.id] });
    expect(await list('(filter: { kinds: [CAPTION, REPLY] })')).toMatchObject({ ids: [first.id] });
    expect(await list('(filter: { kinds: [] })')).toMatchObject({ ids: [] });
    const { data } = await api.run(owner, '{ aiGenerations(filter: { kinds: [HASHTAGS] }) { totalCount } }');
    expect(data.aiGenerations.totalCount).toBe(1);
  });

  it('add up by day in the time zone of the workspace', async () => {
    expect(await usage('{ preset: THIS_MONTH }')).toEqual({ generations: 0, reused: 0, costUsd: '0.000000' });
    api.clock = new Date('2026-11-21T22:59:59.999Z'); // a moment before midnight in Vienna
    const { costUsd } = await generated();
    api.clock = new Date('2026-11-21T23:00:00.000Z');
    await generated();
    await generated();
    const on = (day: string) => usage(`{ between: { from: "${day}", to: "${day}" } }`);
    expect(await on('2026-11-21')).toEqual({ generations: 1, reused: 0, costUsd });
    expect(await on('2026-11-22')).toEqual({ generations: 2, reused: 2, costUsd: '0.000000' });
    expect(await on('2026-11-23')).toEqual({ generations: 0, reused: 0, costUsd: '0.000000' });
    expect(await usage('{ preset: THIS_MONTH }')).toEqual({ generations: 3, reused: 2, costUsd });
  });

  it('of another workspace are as absent', async () => {
    const { id } = await generated();
    const stranger = (await createTestWorkspace(api.queries)).viewer();
    expect(await find(id, stranger)).toBeNull();
    expect((await remove(id, stranger)).userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    expect((await remove('\0', stranger)).userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    const { data } = await api.run(stranger, '{ aiGenerations { totalCount } aiUsage { generations } }');
    expect(data).toEqual({ aiGenerations: { totalCount: 0 }, aiUsage: { generations: 0 } });
  });

  describe('models', () => {
    const names = async () => (await api.run(owner, '{ aiModels { id name } }')).data.aiModels;

    it('are those of the provider, the default first', async () => {
      expect(await names()).toEqual([
        { id: 'magpie-quill', name: 'Magpie Quill' },
        { id: 'magpie-plume', name: 'Magpie Plume' },
      ]);
    });

    it('are written down as the provider starts, with the prices that hold then', async () => {
      const prices = { inputUsdPerMillion: '1', outputUsdPerMillion: '2' };
      const other = (name: string): AiProvider => ({
        name: 'openai',
        models: [{ id: 'm1', name, ...prices }],
        generate: (request, signal) => ai.generate(request, signal),
      });
      await registerModels(api.queries, other('Old name'));
      await registerModels(api.queries, other('New name'));
      const row = await api.queries.selectFrom('aiModels').selectAll().where('id', '=', 'm1').executeTakeFirst();
      expect(row).toMatchObject({ name: 'New name', provider: 'openai', inputUsdPerMillion: '1.000000', position: 0 });
      expect(await names()).toHaveLength(2);
    });

    it('of the built-in provider are there without it, for the demo', async () => {
      const rows = await api.queries.selectFrom('aiModels').selectAll().where('provider', '=', 'built-in').execute();
      await registerModels(api.queries, createBuiltInProvider());
      expect(await api.queries.selectFrom('aiModels').selectAll().where('provider', '=', 'built-in').execute()).toEqual(
        rows,
      );
    });
  });
});
