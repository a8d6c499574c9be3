import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBuiltInProvider } from '../../../src/domains/ai/built-in-provider.ts';
import { type AiProvider, AiProviderError } from '../../../src/domains/ai/provider.ts';
import { registerModels } from '../../../src/domains/ai/repository.ts';
import type { Viewer } from '../../../src/domains/scope.ts';
import { engines } from '../../setup/databases.ts';
import { createTestApi, createTestWorkspace, type TestApi } from '../api.ts';
import { atOnce } from '../at-once.ts';

const limit = 3;

describe.each(engines)('the budget for AI on %s', (engine) => {
  const builtIn = createBuiltInProvider();
  let isFailing = false;
  let isUseless = false;
  const ai: AiProvider = {
    ...builtIn,
    async generate(request, signal) {
      if (isFailing) throw new AiProviderError('The AI server could not be reached.', { isRetryable: true });
      const completion = await builtIn.generate(request, signal);
      return isUseless ? { ...completion, suggestions: [{ text: ' ', hashtags: [] }] } : completion;
    },
  };
  let api: TestApi;
  let owner: Viewer;

  beforeAll(async () => {
    api = await createTestApi(engine, { ai }, { MAX_AI_GENERATIONS_PER_MONTH: String(limit) });
    await registerModels(api.queries, ai);
  });
  beforeEach(async () => {
    isFailing = false;
    isUseless = false;
    api.clock = new Date('2026-11-22T09:00:00.000Z');
    owner = (await createTestWorkspace(api.queries, { timeZone: 'Europe/Vienna' })).viewer();
  });

  const generate = async (prompt: string, { viewer = owner, regenerate = false } = {}) => {
    const { data } = await api.run(
      viewer,
      `mutation ($input: GenerateCaptionInput!) { generateCaption(input: $input) {
        generation { id isReused }
        userErrors { code message ... on LimitReachedError { limit used renewsAt } }
      } }`,
      { input: { prompt, regenerate } },
    );
    return data.generateCaption;
  };
  const budget = async (viewer = owner) =>
    (await api.run(viewer, '{ aiBudget { limit used renewsAt } }')).data.aiBudget;
  const use = async (times: number) => {
    for (let count = 0; count < times; count++) expect((await generate(`Prompt ${count}`)).userErrors).toEqual([]);
  };

  it('is spent by what is asked of a model, and refuses when it is used up, with the day on which it renews', async () => {
    expect(await budget()).toEqual({ limit, used: 0, renewsAt: '2026-11-30T23:00:00.000Z' });
    await use(limit);
    expect(await budget()).toMatchObject({ used: limit });
    expect(await generate('One more')).toEqual({
      generation: null,
      userErrors: [
        {
          code: 'LIMIT_REACHED',
          message:
            'This workspace has used 3 of its 3 AI generations of this month. The next month begins at 2026-11-30T23:00:00.000Z.',
          ...{ limit, used: limit, renewsAt: '2026-11-30T23:00:00.000Z' },
        },
      ],
    });
  });

  it('is not spent by results that are given again, by failures, or by another workspace', async () => {
    await use(limit - 1);
    expect((await generate('Prompt 0')).generation.isReused).toBe(true);
    isFailing = true;
    expect((await generate('New')).userErrors).toMatchObject([{ code: 'PROVIDER_FAILED' }]);
    isFailing = false;
    const other = (await createTestWorkspace(api.queries)).viewer();
    await generate('Prompt 0', { viewer: other });
    expect(await budget()).toMatchObject({ used: limit - 1 });
    expect(await budget(other)).toMatchObject({ used: 1 });
    expect((await generate('New')).userErrors).toEqual([]);
  });

  it('is spent by what a model wrote though it is of no use, as it is charged', async () => {
    isUseless = true;
    for (let count = 0; count < limit; count++)
      expect((await generate('New')).userErrors).toMatchObject([{ code: 'PROVIDER_FAILED' }]);
    expect((await generate('New')).userErrors).toMatchObject([{ code: 'LIMIT_REACHED', used: limit }]);
  });

  it('gives what is there already even when it is used up', async () => {
    await use(limit);
    expect((await generate('Prompt 0')).generation.isReused).toBe(true);
    expect((await generate('Prompt 0', { regenerate: true })).generation).toBeNull();
  });

  it('does not come back by deleting what was generated', async () => {
    await use(limit);
    const { data } = await api.run(owner, '{ aiGenerations { nodes { id } } }');
    for (const { id } of data.aiGenerations.nodes)
      await api.run(owner, `mutation { deleteAiGeneration(input: { id: "${id}" }) { deletedId } }`);
    expect((await generate('One more')).generation).toBeNull();
  });

  it('begins anew with each month of the workspace’s time zone', async () => {
    await use(limit);
    api.clock = new Date('2026-11-30T22:59:59.999Z');
    expect((await generate('One more')).generation).toBeNull();
    api.clock = new Date('2026-11-30T23:00:00.000Z');
    expect(await budget()).toEqual({ limit, used: 0, renewsAt: '2026-12-31T23:00:00.000Z' });
    expect((await generate('One more')).userErrors).toEqual([]);
  });

  it('is not passed by several who ask at the same moment', async () => {
    await use(1);
    const attempts = Array.from({ length: 4 }, (_, index) => () => generate(`At once ${index}`));
    const lock = { workspaceId: owner.workspaceId, month: '2026-11' };
    const answers = await atOnce(
      { queries: api.queries, engine },
      (transaction) =>
        transaction
          .selectFrom('aiBudgets')
          .where((eb) => eb.and(lock))
          .selectAll()
          .forUpdate()
          .execute(),
      attempts,
    );
    expect(answers.filter(({ generation }) => generation !== null)).toHaveLength(limit - 1);
    expect(await budget()).toMatchObject({ used: limit });
  });
});
