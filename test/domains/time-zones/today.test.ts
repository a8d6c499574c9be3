import { expect, it } from 'vitest';
import { engines } from '../../setup/databases.ts';
import { testId } from '../../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace } from '../api.ts';

/** Half past midnight in Vancouver, whose clocks stay at summer time from 2026 on. Older rules say that it is still November. */
const at = '2026-12-01T07:30:00.000Z';

it.each(engines)('today is one day everywhere, by the rules of today, on %s', async (engine) => {
  const api = await createTestApi(engine);
  api.clock = new Date(at);
  const workspace = await createTestWorkspace(api.queries, { timeZone: 'America/Vancouver' });
  const account = await createTestAccount(api.queries, workspace);
  const row = { workspaceId: workspace.id, createdAt: at };
  const post = { ...row, id: testId('Post'), text: 'New year soon', status: 'PUBLISHED', updatedAt: at } as const;
  await api.queries
    .insertInto('posts')
    .values({ ...post, publishedAt: at })
    .execute();
  await api.queries
    .insertInto('aiGenerations')
    .values({
      ...{ ...row, id: testId('AiGeneration'), kind: 'CAPTION', modelId: 'magpie-quill', fingerprint: 'x' },
      suggestions: JSON.stringify([]),
    })
    .execute();

  const { data } = await api.run(
    workspace.viewer(),
    `{
      calendar(range: { preset: TODAY }) { from to days { date entryCount } }
      analytics(range: { preset: TODAY }) { from series(metrics: [POSTS_PUBLISHED]) { points { date value } } }
      aiUsage(range: { preset: TODAY }) { generations }
    }`,
  );
  const day = '2026-12-01';
  expect(data).toEqual({
    calendar: { from: day, to: day, days: [{ date: day, entryCount: 1 }] },
    analytics: { from: day, series: [{ points: [{ date: day, value: 1 }] }] },
    aiUsage: { generations: 1 },
  });
  const record = (date: string) =>
    api.run(
      workspace.viewer(),
      'mutation ($input: RecordMetricsInput!) { recordMetrics(input: $input) { recorded userErrors { message } } }',
      { input: { accountId: account, date, values: [{ metric: 'VIEWS', value: 1 }] } },
    );
  expect((await record(day)).data.recordMetrics).toEqual({ recorded: 1, userErrors: [] });
  expect((await record('2026-12-02')).data.recordMetrics.recorded).toBe(0);
});
