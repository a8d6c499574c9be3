import { describe, expect, it } from 'vitest';
import { createNest, type NestOptions, namingNodesAlone } from './nest.ts';

const create = 'mutation { createPost(input: { text: "new", campaignId: "camp_1" }) { post { id } } }';
const rename = 'mutation { renamePost(input: { id: "post_1", name: "renamed" }) { post { text } } }';

function inNest(options: NestOptions = {}) {
  const nest = createNest(options);
  nest.rows.addCampaign('camp_1');
  nest.rows.addPost('post_1', { text: 'first', campaignId: 'camp_1' });
  return nest;
}

describe('a read that is under way when a mutation commits', () => {
  it('answers who asked, and nobody who asks afterwards', async () => {
    const nest = inNest();
    const hold = nest.hold('Query.post');
    const early = nest.ask('{ post(id: "post_1") { text } }');
    await hold.isReached;
    await nest.ask(rename);
    hold.open();
    expect((await early).data.post.text).toBe('first');
    expect((await nest.ask('{ post(id: "post_1") { text } }')).data.post.text).toBe('renamed');
    expect(nest.stats('POSTS').overtaken).toBe(1);
  });

  it('is not joined by who asks after the mutation was answered', async () => {
    const nest = inNest();
    const hold = nest.hold('Query.post');
    const early = nest.ask('{ post(id: "post_1") { text } }');
    await hold.isReached;
    await nest.ask(rename);
    expect((await nest.ask('{ post(id: "post_1") { text } }')).data.post.text).toBe('renamed');
    hold.open();
    await early;
    expect((await nest.ask('{ post(id: "post_1") { text } }')).data.post.text).toBe('renamed');
  });

  it('is joined by who asks before it', async () => {
    const nest = inNest();
    const hold = nest.hold('Query.post');
    const readers = [1, 2].map(() => nest.ask('{ post(id: "post_1") { text } }'));
    await hold.isReached;
    hold.open();
    expect((await Promise.all(readers)).map(({ data }) => data.post.text)).toEqual(['first', 'first']);
    expect(nest.runs('Query.post')).toBe(1);
  });

  it('is caught by a node that only its result names', async () => {
    const nest = inNest(namingNodesAlone);
    const hold = nest.hold('Query.campaigns');
    const early = nest.ask('{ campaigns { name } }');
    await hold.isReached;
    nest.rows.addCampaign('camp_1', 'renamed');
    nest.cache.invalidate(['ws_nest/Campaign:camp_1']);
    hold.open();
    await early;
    expect((await nest.ask('{ campaigns { name } }')).data.campaigns).toEqual([{ name: 'renamed' }]);
  });
});

describe('after a node is created, the next read has it', () => {
  it.each([
    ['in a list', '{ posts { nodes { id } } }'],
    ['in a filtered list', '{ posts(search: "new") { nodes { id } } }'],
    ['in a count', '{ postCount }'],
    ['in a count beneath a page', '{ posts(search: "none") { totalCount } }'],
    ['in an interface', '{ found(search: "post") { id } }'],
    ['in a union', '{ feed { __typename ... on Post { id } } }'],
    ['where there was none', '{ post_1: post(id: "post_1") { id } post_2: post(id: "post_2") { id } }'],
    ['on another node', '{ campaign(id: "camp_1") { posts { nodes { id } } } }'],
    ['in a count on another node', '{ campaign(id: "camp_1") { postCount } }'],
    ['in an aggregate', '{ report { views } }'],
  ])('%s: %s', async (_, document) => {
    for (const isJoining of [false, true])
      for (const isEmpty of [false, true]) {
        const [nest, uncached] = [inNest(), inNest({ isCaching: false })];
        if (isEmpty) for (const { rows } of [nest, uncached]) rows.posts.clear();
        const before = (await nest.ask(document, { isJoining })).text;
        expect((await nest.ask(document, { isJoining })).text).toBe(before);
        for (const each of [nest, uncached]) await each.ask(create);
        const after = (await nest.ask(document, { isJoining })).text;
        expect(after).toBe((await uncached.ask(document)).text);
        expect(after).not.toBe(before);
      }
  });
});

describe('a mutation', () => {
  it('leaves what it does not concern in the cache', async () => {
    const nest = inNest();
    nest.rows.addPost('post_2');
    nest.rows.addCampaign('camp_2');
    const documents = ['{ post(id: "post_2") { text } }', '{ campaigns { name } }', '{ networks { name } }'];
    for (const document of documents) await nest.ask(document);
    await nest.ask(rename);
    for (const document of documents) await nest.ask(document);
    expect(['post', 'campaigns', 'networks'].map((field) => nest.runs(`Query.${field}`))).toEqual([1, 1, 1]);
  });

  it('makes untrue each entry in which its node was found', async () => {
    const nest = inNest();
    const document = '{ feed { ... on Campaign { name } } found(search: "camp") { ... on Campaign { name } } }';
    await nest.ask(document);
    await nest.ask('mutation { renameCampaign(input: { id: "camp_1", name: "renamed" }) { campaign { id } } }');
    const { data } = await nest.ask(document);
    expect([data.feed[1], data.found[0]]).toEqual([{ name: 'renamed' }, { name: 'renamed' }]);
  });

  it('that answers with a Boolean makes untrue what it declares, and what it reported', async () => {
    const nest = inNest();
    await nest.ask('{ postCount post(id: "post_1") { id } }');
    expect((await nest.ask('mutation { deletePosts }')).data).toEqual({ deletePosts: true });
    expect((await nest.ask('{ postCount post(id: "post_1") { id } }')).data).toEqual({ postCount: 0, post: null });
  });

  it("reaches a member's own values by what it reported", async () => {
    const nest = inNest();
    const document = '{ viewer { preferences { theme } } }';
    await nest.ask(document);
    await nest.ask('mutation { setTheme(theme: "DARK") }');
    expect((await nest.ask(document)).data.viewer.preferences).toEqual({ theme: 'DARK' });
  });

  it('that invalidates nothing leaves the cache as it is', async () => {
    const nest = inNest();
    await nest.ask('{ postCount }');
    const { stamp } = nest.cache;
    await nest.ask('mutation { wave }');
    expect(nest.cache.stamp).toBe(stamp);
  });
});

describe('what is never kept', () => {
  it('is a mutation: each one runs', async () => {
    const nest = inNest();
    for (let round = 0; round < 2; round++) await nest.ask(rename);
    expect(nest.runs('Mutation.renamePost')).toBe(2);
    expect(nest.cache.indexes().entries).toBe(0);
  });

  it('is a field without @cache, introspection and __typename', async () => {
    const nest = inNest();
    for (const isJoining of [false, true])
      for (let round = 0; round < 2; round++) {
        await nest.ask('{ uptime __typename __schema { queryType { name } } __type(name: "Post") { name } }', {
          isJoining,
        });
      }
    expect(nest.runs('Query.uptime')).toBe(4);
    expect(nest.cache.indexes().entries).toBe(0);
    expect(nest.cache.snapshot().total.lookups).toBe(0);
  });
});
