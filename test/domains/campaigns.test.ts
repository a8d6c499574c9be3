import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { postMutations } from './post-mutations.ts';

const inputs = {
  createCampaign: 'CreateCampaignInput',
  updateCampaign: 'UpdateCampaignInput',
  addPostsToCampaign: 'CampaignPostsInput',
  removePostsFromCampaign: 'CampaignPostsInput',
  deleteCampaign: 'DeleteInput',
} as const;

describe.each(engines)('campaigns on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let account: string;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    account = await createTestAccount(api.queries, workspace);
    owner = workspace.viewer();
  });

  async function mutate(name: keyof typeof inputs, input: object, viewer = owner) {
    const fields =
      name === 'deleteCampaign'
        ? 'deletedId'
        : 'campaign { id name brief status startsOn endsOn revision postCount owner { name } }';
    const { data, errors, invalidated } = await api.run(
      viewer,
      `mutation ($input: ${inputs[name]}!) { result: ${name}(input: $input) { ${fields} userErrors { code path } } }`,
      { input },
    );
    expect(errors).toBeUndefined();
    return { ...data.result, invalidated };
  }

  const create = async (input: object = {}, viewer = owner) =>
    (await mutate('createCampaign', { name: 'Spring', ...input }, viewer)).campaign;

  async function post(input: object = {}, viewer = owner): Promise<string> {
    const created = await postMutations(api).create(viewer, { text: 'Hello', accountIds: [account], ...input });
    expect(created.userErrors).toEqual([]);
    return created.post.id;
  }

  it('begin planned, by whoever makes them, with a trimmed name', async () => {
    expect(await create({ name: '  Spring ', startsOn: '2026-03-01', endsOn: '2026-03-01' })).toMatchObject({
      ...{ name: 'Spring', brief: null, status: 'PLANNED', startsOn: '2026-03-01', endsOn: '2026-03-01' },
      ...{ revision: 1, postCount: 0, owner: { name: 'Ada' } },
    });
  });

  it('are refused with all that is wrong with them', async () => {
    const { campaign, userErrors } = await mutate('createCampaign', {
      ...{ name: ' ', brief: 'e'.repeat(5_001), startsOn: '2026-03-02', endsOn: '2026-03-01' },
    });
    expect(campaign).toBeNull();
    expect(userErrors.map(({ path }: { path: string[] }) => path[1])).toEqual(['name', 'brief', 'endsOn']);
  });

  it('are made once for an idempotency key', async () => {
    const input = { name: 'Once', idempotencyKey: testId('Campaign') };
    const [first, second] = await Promise.all([create(input), create(input)]);
    expect(second.id).toBe(first.id);
  });

  it('change what is given, empty what is null, and keep the rest', async () => {
    const { id } = await create({ brief: 'Flowers', startsOn: '2026-03-01', endsOn: '2026-03-31' });
    const { campaign, invalidated } = await mutate('updateCampaign', {
      id,
      brief: null,
      status: 'ACTIVE',
      expectedRevision: 1,
    });
    expect(campaign).toMatchObject({
      name: 'Spring',
      brief: null,
      status: 'ACTIVE',
      startsOn: '2026-03-01',
      revision: 2,
    });
    expect(invalidated).toEqual(['Campaign', `Campaign:${id}`]);
    const stale = await mutate('updateCampaign', { id, name: 'Late', expectedRevision: 1 });
    expect(stale.userErrors).toMatchObject([{ code: 'STALE_REVISION' }]);
    const { userErrors } = await mutate('updateCampaign', { id, endsOn: '2026-02-28' });
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'endsOn'] }]);
  });

  it('take posts in, out of the campaigns that they were in, and report both', async () => {
    const [from, to] = [await create(), await create()];
    const moving = await post({ campaignId: from.id, scheduledAt: '2026-11-23T10:00:00.000Z' });
    const joining = await post();
    const adding = { campaignId: to.id, postIds: [moving, joining] };
    const { campaign, invalidated } = await mutate('addPostsToCampaign', adding);
    expect(campaign.postCount).toBe(2);
    expect(invalidated).toEqual(
      [
        ...['Post', `Post:${moving}`, `Post:${joining}`, 'Calendar:2026-11'],
        ...[`Campaign:${from.id}:posts`, `Campaign:${to.id}:posts`],
        ...[`AnalyticsReport:${from.id}`, `AnalyticsReport:${to.id}`],
      ].sort(),
    );
    const { data } = await api.run(owner, `{ post(id: "${moving}") { revision campaign { id } } }`);
    expect(data.post).toEqual({ revision: 2, campaign: { id: to.id } });
    const repeated = (await mutate('addPostsToCampaign', adding)).invalidated;
    expect(repeated).toEqual(invalidated.filter((tag: string) => !tag.includes(from.id)));
  });

  it('let posts go, and leave alone those that are in another', async () => {
    const [own, other] = [await create(), await create()];
    const [inside, outside] = [await post({ campaignId: own.id }), await post({ campaignId: other.id })];
    const removing = { campaignId: own.id, postIds: [inside, outside] };
    const { campaign } = await mutate('removePostsFromCampaign', removing);
    expect(campaign.postCount).toBe(0);
    expect((await mutate('removePostsFromCampaign', removing)).invalidated).toContain(`Post:${inside}`);
    const { data } = await api.run(
      owner,
      `{ a: post(id: "${inside}") { campaign { id } } b: post(id: "${outside}") { campaign { id } } }`,
    );
    expect(data).toEqual({ a: { campaign: null }, b: { campaign: { id: other.id } } });
  });

  it('refuse posts that are not there, and none', async () => {
    const { id: campaignId } = await create();
    const absent = await mutate('addPostsToCampaign', { campaignId, postIds: [await post(), testId('Post')] });
    expect(absent.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'postIds', '1'] }]);
    expect((await mutate('addPostsToCampaign', { campaignId, postIds: [] })).userErrors).toMatchObject([
      { code: 'INVALID' },
    ]);
  });

  it('leave their posts when they are deleted, and report all of them', async () => {
    const { id } = await create();
    const member = await post({ campaignId: id, scheduledAt: '2026-12-24T10:00:00.000Z' });
    const { deletedId, invalidated } = await mutate('deleteCampaign', { id });
    expect(deletedId).toBe(id);
    expect(invalidated).toEqual(
      [
        ...['Campaign', `Campaign:${id}`, `Campaign:${id}:posts`, `AnalyticsReport:${id}`],
        ...['Post', `Post:${member}`, 'Calendar:2026-12'],
      ].sort(),
    );
    const { data } = await api.run(owner, `{ campaign(id: "${id}") { id } post(id: "${member}") { campaign { id } } }`);
    expect(data).toEqual({ campaign: null, post: { campaign: null } });
  });

  it('of another workspace neither show nor change', async () => {
    const other = (await createTestWorkspace(api.queries)).viewer();
    const { id } = await create();
    const { data } = await api.run(other, `{ campaign(id: "${id}") { id } campaigns { totalCount } }`);
    expect(data).toEqual({ campaign: null, campaigns: { totalCount: 0 } });
    for (const [name, input] of [
      ['updateCampaign', { id, name: 'Mine' }],
      ['deleteCampaign', { id }],
      ['addPostsToCampaign', { campaignId: id, postIds: [await post()] }],
    ] as const)
      expect((await mutate(name, input, other)).userErrors).toContainEqual(
        expect.objectContaining({ code: 'NOT_FOUND' }),
      );
  });

  it('count and list for a confined viewer the posts that they see', async () => {
    const hidden = await createTestAccount(api.queries, workspace);
    const { id } = await create();
    const seen = await post({ campaignId: id });
    await post({ campaignId: id, accountIds: [hidden] });
    const { data } = await api.run(
      workspace.viewer({ accountIds: [account] }),
      `{ campaign(id: "${id}") { postCount posts { totalCount nodes { id } } } }`,
    );
    expect(data.campaign).toEqual({ postCount: 1, posts: { totalCount: 1, nodes: [{ id: seen }] } });
  });

  it('filter by state and by text in name or brief', async () => {
    const team = (await createTestWorkspace(api.queries)).viewer();
    const [byName, byBrief] = [
      await create({ name: '50% Off' }, team),
      await create({ brief: 'only 50% OFF now' }, team),
    ];
    await create({ name: '50 Off' }, team);
    await mutate('updateCampaign', { id: byName.id, status: 'ACTIVE' }, team);
    const list = async (filter: object) =>
      (
        await api.run(
          team,
          'query ($filter: CampaignFilter) { campaigns(filter: $filter) { totalCount nodes { id } } }',
          { filter },
        )
      ).data.campaigns;
    expect(await list({ search: '50% off' })).toEqual({
      totalCount: 2,
      nodes: [{ id: byBrief.id }, { id: byName.id }],
    });
    expect(await list({ search: '50% off', status: ['ACTIVE'] })).toEqual({
      totalCount: 1,
      nodes: [{ id: byName.id }],
    });
    expect((await list({ status: [] })).totalCount).toBe(0);
  });

  it('page their posts, each at its own place, in one statement for all', async () => {
    const team = await createTestWorkspace(api.queries);
    const viewer = team.viewer();
    const accountIds = [await createTestAccount(api.queries, team)];
    const campaigns = [await create({}, viewer), await create({}, viewer), await create({}, viewer)];
    const made: string[][] = [];
    for (const [index, { id: campaignId }] of campaigns.entries()) {
      const ids: string[] = [];
      for (let count = 0; count < index * 2; count += 1) ids.unshift(await post({ accountIds, campaignId }, viewer));
      made.push(ids);
    }
    const first = await api.run(
      viewer,
      `{ campaigns { nodes { id postCount
        one: posts(first: 1) { nodes { id } pageInfo { hasNextPage } }
        three: posts(first: 3) { totalCount nodes { id } edges { cursor } }
      } } }`,
    );
    // Campaigns, their counts, and both lists together; the counts of the lists are the ones that are there already.
    expect(first.statements).toBe(3);
    const nodes = first.data.campaigns.nodes.toReversed();
    expect(nodes.map(({ postCount }: { postCount: number }) => postCount)).toEqual([0, 2, 4]);
    for (const [index, { one, three }] of nodes.entries()) {
      expect(one.nodes.map(({ id }: { id: string }) => id)).toEqual(made[index]!.slice(0, 1));
      expect(one.pageInfo.hasNextPage).toBe(made[index]!.length > 1);
      expect(three.nodes.map(({ id }: { id: string }) => id)).toEqual(made[index]!.slice(0, 3));
      expect(three.totalCount).toBe(made[index]!.length);
    }
    const cursor = nodes[2].three.edges[2].cursor;
    const rest = await api.run(
      viewer,
      `{ campaign(id: "${campaigns[2].id}") { posts(after: "${cursor}") { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }`,
    );
    expect(rest.data.campaign.posts).toEqual({
      nodes: [{ id: made[2]![3] }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });
});
