import { beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { atOnce } from './at-once.ts';

const fields = 'id timeZone locale weekStartsOn requiresApproval brandVoice revision';

describe.each(engines)('settings on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;

  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  const fresh = async () => {
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
  };
  const read = async (viewer = owner) => (await api.run(viewer, `{ settings { ${fields} } }`)).data.settings;
  const update = async (input: object, viewer = owner) => {
    const { data, errors, invalidated } = await api.run(
      viewer,
      `mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) {
        settings { ${fields} }
        userErrors { code path ... on StaleRevisionError { expectedRevision currentRevision } }
      } }`,
      { input },
    );
    return { ...data?.updateSettings, errors, invalidated };
  };

  it('change where something is said, count it, and report what changed', async () => {
    await fresh();
    const before = await read();
    const input = { timeZone: 'america/new_york', weekStartsOn: 'SUNDAY', locale: 'de-at', brandVoice: ' Warm. ' };
    const { settings, userErrors, invalidated } = await update({ ...input, requiresApproval: null });
    expect(userErrors).toEqual([]);
    expect(settings).toEqual({
      ...before,
      timeZone: 'America/New_York',
      weekStartsOn: 'SUNDAY',
      locale: 'de-AT',
      brandVoice: 'Warm.',
      revision: 2,
    });
    expect(await read()).toEqual(settings);
    expect(invalidated).toEqual(
      [
        'WorkspaceSettings',
        'WorkspaceSettings:brandVoice',
        'WorkspaceSettings:locale',
        `WorkspaceSettings:${before.id}`,
        'WorkspaceSettings:timeZone',
        'WorkspaceSettings:weekStartsOn',
      ].sort(),
    );
  });

  it('stay at their revision when nothing is different, and report it again', async () => {
    await fresh();
    const { settings, invalidated } = await update({ timeZone: 'Europe/Vienna' });
    expect(settings.revision).toBe(1);
    expect(invalidated).toContain('WorkspaceSettings:timeZone');
  });

  it.each(['Europe/Vienna', 'UTC', 'Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires'])(
    'take the time zone %s as it is written',
    async (timeZone) => {
      await fresh();
      expect((await update({ timeZone })).settings).toMatchObject({ timeZone });
    },
  );

  it.each(['Mars/Olympus', '', '+02:00', 'UTC+2', '<x>-5', 'posix/Europe/Vienna', 'Europe/Vienna\0', "'; drop"])(
    'refuse %j as a time zone',
    async (timeZone) => {
      await fresh();
      expect(await update({ timeZone })).toMatchObject({
        settings: null,
        userErrors: [{ code: 'INVALID', path: ['input', 'timeZone'] }],
      });
    },
  );

  it('refuse everything that does not fit at once', async () => {
    await fresh();
    const { userErrors } = await update({ timeZone: 'x', locale: '!', brandVoice: 'x'.repeat(2_001) });
    expect(userErrors.map(({ code }: { code: string }) => code).sort()).toEqual([
      'INVALID',
      'INVALID',
      'TEXT_TOO_LONG',
    ]);
    expect(await read()).toMatchObject({ revision: 1 });
  });

  it('refuse a revision that is not theirs any more', async () => {
    await fresh();
    const hold = (transaction: Queries) =>
      transaction.selectFrom('settings').select('id').where('workspaceId', '=', workspace.id).forUpdate().execute();
    const outcomes = await atOnce({ queries: api.queries, engine }, hold, [
      () => update({ brandVoice: 'One', expectedRevision: 1 }),
      () => update({ brandVoice: 'Other', expectedRevision: 1 }),
    ]);
    expect(outcomes.flatMap(({ userErrors }) => userErrors)).toEqual([
      { code: 'STALE_REVISION', path: ['input', 'expectedRevision'], expectedRevision: 1, currentRevision: 2 },
    ]);
  });

  it('belong to one workspace', async () => {
    await fresh();
    const [first, firstOwner] = [workspace, owner];
    await fresh();
    await update({ brandVoice: 'Ours' });
    expect(await read(firstOwner)).toMatchObject({ brandVoice: '' });
    expect(first.id).not.toBe(workspace.id);
    const editor = await update({ brandVoice: 'x' }, workspace.viewer({ role: 'EDITOR' }));
    expect(editor.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
