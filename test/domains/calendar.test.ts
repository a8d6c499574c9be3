import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

const calendarDocument = /* GraphQL */ `
  query ($from: Date!, $to: Date!, $filter: CalendarFilter) {
    calendar(range: { between: { from: $from, to: $to } }, filter: $filter) {
      from to timeZone
      days {
        date entryCount
        entries {
          __typename
          ... on Post { id text status scheduledAt targets { id account { id } } media { id } author { name } }
          ... on CalendarNote { id text date author { name } }
        }
      }
    }
  }
`;

interface Day {
  date: string;
  entryCount: number;
  entries: { __typename: string; id: string; text: string }[];
}

describe.each(engines)('the calendar on %s', (engine) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  async function team(timeZone = 'Europe/Vienna'): Promise<{ workspace: TestWorkspace; account: string }> {
    const workspace = await createTestWorkspace(api.queries, { timeZone });
    return { workspace, account: await createTestAccount(api.queries, workspace) };
  }

  /** A post on the calendar, by whatever way it came there. */
  async function plan(
    workspace: TestWorkspace,
    at: { scheduledAt?: string; publishedAt?: string },
    { accountIds = [] as string[], campaignId = null as string | null, text = 'A post' } = {},
  ): Promise<string> {
    const id = testId('Post');
    const createdAt = api.clock.toISOString();
    await api.queries
      .insertInto('posts')
      .values({
        ...{ id, workspaceId: workspace.id, text, status: at.publishedAt ? 'PUBLISHED' : 'SCHEDULED', campaignId },
        ...{ authorId: workspace.userId, createdAt, updatedAt: createdAt, scheduledAt: at.publishedAt ?? null, ...at },
      })
      .execute();
    for (const [position, accountId] of accountIds.entries())
      await api.queries
        .insertInto('postTargets')
        .values({
          ...{ id: testId('PostTarget'), workspaceId: workspace.id, postId: id, accountId, position },
          status: 'SCHEDULED',
        })
        .execute();
    return id;
  }

  async function days(viewer: Viewer, from: string, to = from, filter?: object): Promise<Day[]> {
    const { data, errors } = await api.run(viewer, calendarDocument, { from, to, filter });
    expect(errors).toBeUndefined();
    return data.calendar.days;
  }

  const note = async (viewer: Viewer, date: string, text: string) =>
    api.run(
      viewer,
      'mutation ($input: CreateCalendarNoteInput!) { createCalendarNote(input: $input) { calendarNote { id date text author { name } } userErrors { code path } } }',
      { input: { date, text } },
    );

  it('holds every day of its range, the empty ones too', async () => {
    const { workspace } = await team();
    const { data } = await api.run(workspace.viewer(), calendarDocument, { from: '2026-02-27', to: '2026-03-02' });
    expect(data.calendar).toEqual({
      ...{ from: '2026-02-27', to: '2026-03-02', timeZone: 'Europe/Vienna' },
      days: ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'].map((date) => ({
        date,
        entryCount: 0,
        entries: [],
      })),
    });
  });

  it.each([
    // Zone, day, its first instant, and the first instant of the next day.
    ['an ordinary day', 'Europe/Vienna', '2026-11-22', '2026-11-21T23:00:00.000Z', '2026-11-22T23:00:00.000Z'],
    ['a day of 23 hours', 'Europe/Vienna', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['a day of 25 hours', 'Europe/Vienna', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['a day without midnight', 'Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
    [
      'a day with two midnights',
      'Atlantic/Azores',
      '2026-10-25',
      '2026-10-25T00:00:00.000Z',
      '2026-10-26T01:00:00.000Z',
    ],
    ['the far west', 'Pacific/Pago_Pago', '2026-11-22', '2026-11-22T11:00:00.000Z', '2026-11-23T11:00:00.000Z'],
    ['the far east', 'Pacific/Kiritimati', '2026-11-22', '2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.000Z'],
  ])('cuts %s (%s %s) at midnight, to the millisecond', async (_, timeZone, date, first, next) => {
    const { workspace } = await team(timeZone);
    const justBefore = (instant: string) => new Date(Date.parse(instant) - 1).toISOString();
    await plan(workspace, { scheduledAt: justBefore(first) }, { text: 'the day before' });
    await plan(workspace, { scheduledAt: first }, { text: 'first' });
    await plan(workspace, { scheduledAt: justBefore(next) }, { text: 'last' });
    await plan(workspace, { scheduledAt: next }, { text: 'the day after' });
    const [day] = await days(workspace.viewer(), date);
    expect(day!.entries.map(({ text }) => text)).toEqual(['first', 'last']);
    const around = await days(workspace.viewer(), addDay(date, -1), addDay(date, 1));
    expect(around.map(({ entryCount }) => entryCount)).toEqual([1, 2, 1]);
  });

  it('shows notes first, then posts by their instant: published ones by the moment in which they came out', async () => {
    const { workspace } = await team();
    const viewer = workspace.viewer();
    await plan(workspace, { scheduledAt: '2026-11-22T15:00:00.000Z' }, { text: 'at three' });
    await plan(
      workspace,
      { scheduledAt: '2026-11-22T08:00:00.000Z', publishedAt: '2026-11-22T16:00:00.000Z' },
      { text: 'late' },
    );
    await plan(workspace, { scheduledAt: '2026-11-22T09:00:00.000Z' }, { text: 'at nine' });
    await note(viewer, '2026-11-22', 'A fair');
    const [day] = await days(viewer, '2026-11-22');
    expect(day!.entries.map(({ __typename, text }) => `${__typename} ${text}`)).toEqual([
      ...['CalendarNote A fair', 'Post at nine', 'Post at three', 'Post late'],
    ]);
    expect(day!.entries[0]).toMatchObject({ date: '2026-11-22', author: { name: 'Ada' } });
    expect(day!.entries[3]).toMatchObject({ status: 'PUBLISHED', scheduledAt: '2026-11-22T08:00:00.000Z' });
  });

  it('shows 50 entries of a day and counts all', async () => {
    const { workspace } = await team();
    for (let minute = 10; minute < 60; minute += 1)
      await plan(workspace, { scheduledAt: `2026-11-22T10:${minute}:00.000Z` });
    await note(workspace.viewer(), '2026-11-22', 'A fair');
    await plan(workspace, { scheduledAt: '2026-11-23T10:00:00.000Z' });
    const [full, next] = await days(workspace.viewer(), '2026-11-22', '2026-11-23');
    expect([full!.entryCount, full!.entries.length, full!.entries[0]!.__typename]).toEqual([51, 50, 'CalendarNote']);
    expect([next!.entryCount, next!.entries.length]).toEqual([1, 1]);

    const first = async (count: string) => {
      const document = `{ calendar(range: { between: { from: "2026-11-22", to: "2026-11-23" } }) {
        days { entryCount entries(first: ${count}) { ... on Post { id } ... on CalendarNote { id } } } } }`;
      const { data } = await api.run(workspace.viewer(), document);
      return data.calendar.days.map((day: Day) => [day.entryCount, day.entries.map(({ id }) => id)]);
    };
    const ids = full!.entries.map(({ id }) => id);
    expect(await first('2')).toEqual([
      [51, ids.slice(0, 2)],
      [1, [next!.entries[0]!.id]],
    ]);
    expect(await first('0')).toEqual([
      [51, []],
      [1, []],
    ]);
    expect((await first('null'))[0]).toEqual([51, ids]);
  });

  it('filters posts and leaves notes', async () => {
    const { workspace, account } = await team();
    const viewer = workspace.viewer();
    const campaignId = testId('Campaign');
    const createdAt = api.clock.toISOString();
    await api.queries
      .insertInto('campaigns')
      .values({
        id: campaignId,
        workspaceId: workspace.id,
        name: 'C',
        status: 'PLANNED',
        createdAt,
        updatedAt: createdAt,
      })
      .execute();
    const scheduledAt = '2026-11-22T10:00:00.000Z';
    await plan(workspace, { scheduledAt }, { text: 'both', accountIds: [account], campaignId });
    await plan(workspace, { scheduledAt }, { text: 'account', accountIds: [account] });
    await plan(workspace, { scheduledAt }, { text: 'campaign', campaignId });
    await note(viewer, '2026-11-22', 'note');
    const texts = async (filter: object) =>
      (await days(viewer, '2026-11-22', '2026-11-22', filter))[0]!.entries.map(({ text }) => text);
    expect(await texts({ accountIds: [account], campaignId })).toEqual(['note', 'both']);
    expect(await texts({ accountIds: [account] })).toEqual(['note', 'both', 'account']);
    expect(await texts({ campaignId })).toEqual(['note', 'both', 'campaign']);
    expect(await texts({ campaignId: null })).toEqual(['note', 'account']);
    expect(await texts({ accountIds: [] })).toEqual(['note']);
  });

  it('shows a confined viewer the posts of their accounts, and other workspaces nothing', async () => {
    const { workspace, account } = await team();
    const hidden = await createTestAccount(api.queries, workspace);
    const scheduledAt = '2026-11-22T10:00:00.000Z';
    await plan(workspace, { scheduledAt }, { text: 'seen', accountIds: [account, hidden] });
    await plan(workspace, { scheduledAt }, { text: 'hidden', accountIds: [hidden] });
    const [day] = await days(workspace.viewer({ accountIds: [account] }), '2026-11-22');
    expect(day).toMatchObject({ entryCount: 1, entries: [{ text: 'seen', targets: [{ account: { id: account } }] }] });
    const { workspace: other } = await team();
    expect((await days(other.viewer(), '2026-11-22'))[0]!.entryCount).toBe(0);
  });

  it('takes one statement, and one more for each edge', async () => {
    const { workspace, account } = await team();
    for (let hour = 10; hour < 20; hour += 1)
      await plan(workspace, { scheduledAt: `2026-11-22T${hour}:00:00.000Z` }, { accountIds: [account] });
    const viewer = workspace.viewer();
    const bare = await api.run(viewer, '{ calendar(range: { preset: THIS_MONTH }) { days { entryCount } } }');
    expect(bare.statements).toBe(1);
    const range = { from: '2026-11-01', to: '2026-11-30' };
    // Targets, their accounts, and authors.
    expect((await api.run(viewer, calendarDocument, range)).statements).toBe(4);
  });

  it('is refused beyond 100 days', async () => {
    const { workspace } = await team();
    await days(workspace.viewer(), '2026-01-01', '2026-04-10');
    const { errors } = await api.run(workspace.viewer(), calendarDocument, { from: '2026-01-01', to: '2026-04-11' });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  describe('notes', () => {
    const change = (viewer: Viewer, input: object) =>
      api.run(
        viewer,
        'mutation ($input: UpdateCalendarNoteInput!) { updateCalendarNote(input: $input) { calendarNote { id date text } userErrors { code path } } }',
        { input },
      );
    const remove = (viewer: Viewer, id: string) =>
      api.run(
        viewer,
        'mutation ($input: DeleteInput!) { deleteCalendarNote(input: $input) { deletedId userErrors { code path } } }',
        { input: { id } },
      );

    it('are written, moved and deleted, and report the months before and after', async () => {
      const { workspace } = await team();
      const viewer = workspace.viewer({ role: 'CONTRIBUTOR' });
      const written = await note(viewer, '2026-11-30', 'A fair');
      expect(written.invalidated).toEqual(['Calendar:2026-11']);
      const { id } = written.data.createCalendarNote.calendarNote;
      const moved = await change(viewer, { id, date: '2026-12-01' });
      expect(moved.data.updateCalendarNote.calendarNote).toEqual({ id, date: '2026-12-01', text: 'A fair' });
      expect(moved.invalidated).toEqual(['Calendar:2026-11', 'Calendar:2026-12', `CalendarNote:${id}`]);
      const deleted = await remove(viewer, id);
      expect(deleted.data.deleteCalendarNote.deletedId).toBe(id);
      expect(deleted.invalidated).toEqual(['Calendar:2026-12', `CalendarNote:${id}`]);
      expect((await remove(viewer, id)).data.deleteCalendarNote.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    });

    it('are refused without text, with too much of it, and to other workspaces', async () => {
      const { workspace } = await team();
      const viewer = workspace.viewer();
      const codes = async (text: string) =>
        (await note(viewer, '2026-11-22', text)).data.createCalendarNote.userErrors.map(
          ({ code }: { code: string }) => code,
        );
      expect(await codes('  ')).toEqual(['INVALID']);
      expect(await codes('e'.repeat(1_001))).toEqual(['TEXT_TOO_LONG']);
      const { id } = (await note(viewer, '2026-11-22', 'Ours')).data.createCalendarNote.calendarNote;
      const { workspace: other } = await team();
      const refused = await change(other.viewer(), { id, text: 'Theirs' });
      expect(refused.data.updateCalendarNote.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect((await remove(other.viewer(), id)).data.deleteCalendarNote.userErrors).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
    });
  });
});

function addDay(date: string, count: number): string {
  return new Date(Date.parse(date) + count * 86_400_000).toISOString().slice(0, 10);
}
