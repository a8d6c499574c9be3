import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { ada, bob, createNest, robot, zoe } from './nest.ts';

const theme = '{ viewer { preferences { theme } } }';

/** Ada's theme is dark, Bob's is light. */
async function withThemes() {
  const nest = createNest();
  nest.rows.themes.set('user_ada', 'DARK');
  const themeOf = async (as: Viewer | null, document = theme) => {
    const { data } = await nest.ask(document, { as });
    return (data.viewer ?? data.mine)?.preferences ?? (data.viewer ?? data.mine)?.chosen;
  };
  expect(await themeOf(ada)).toEqual({ theme: 'DARK' });
  return { nest, themeOf };
}

describe("a member's own value", () => {
  it('is not given to a colleague', async () => {
    const { themeOf } = await withThemes();
    expect(await themeOf(bob)).toEqual({ theme: 'LIGHT' });
    expect(await themeOf(ada)).toEqual({ theme: 'DARK' });
  });

  it('is not given to a colleague who asks for it by another name', async () => {
    const { themeOf } = await withThemes();
    expect(await themeOf(bob, '{ mine: viewer { chosen: preferences { theme } } }')).toEqual({ theme: 'LIGHT' });
  });

  it('is apart in each of their workspaces', async () => {
    const { nest, themeOf } = await withThemes();
    nest.rowsOf('ws_other').themes.set('user_ada', 'SYSTEM');
    expect(await themeOf({ ...ada, workspaceId: 'ws_other' })).toEqual({ theme: 'SYSTEM' });
    expect(await themeOf(ada)).toEqual({ theme: 'DARK' });
  });

  it('is loaded once for them', async () => {
    const { nest, themeOf } = await withThemes();
    await themeOf({ ...ada, tokenId: 'tok_phone' });
    expect(nest.runs('Viewer.preferences')).toBe(1);
  });

  it('is not kept for who signs in as somebody else', async () => {
    const { nest, themeOf } = await withThemes();
    const signIn = 'mutation { signIn(userId: "user_ada") { preferences { theme } } }';
    for (const as of [bob, zoe, null])
      expect((await nest.ask(signIn, { as })).data.signIn.preferences).toEqual({ theme: 'DARK' });
    expect(nest.stats('SETTINGS')).toMatchObject({ entries: 1, bypasses: 3 });
    expect(await themeOf(bob)).toEqual({ theme: 'LIGHT' });
  });

  it('is not stored for who is nobody', async () => {
    const { nest, themeOf } = await withThemes();
    for (let round = 0; round < 2; round++) expect(await themeOf(robot)).toEqual({ theme: 'LIGHT' });
    expect(nest.runs('Viewer.preferences')).toBe(3);
    expect(nest.stats('SETTINGS')).toMatchObject({ entries: 1, bypasses: 2, lookups: 3 });
  });
});

/** A root field of VIEWER scope, whose value says all that a resolver can read of who asks. */
const personal = {
  typeDefs: /* GraphQL */ `
    extend type Query {
      portrait: String @cache(category: SETTINGS, scope: VIEWER, tags: ["UserPreferences"])
    }
  `,
  resolvers: { Query: { portrait: (_: unknown, __: unknown, { viewer }: { viewer: Viewer }) => portraitOf(viewer) } },
};
const portraitOf = ({ userId, role, accountIds, timeZone, weekStartsOn }: Viewer) =>
  JSON.stringify({ userId, role, accountIds, timeZone, weekStartsOn });

describe('a change of who asks', () => {
  it.each([
    ['person', { userId: 'user_bob' }],
    ['role', { role: 'READER' }],
    ['visibility', { accountIds: ['acc_2'] }],
    ['time zone', { timeZone: 'Asia/Tokyo' }],
    ['first day of the week', { weekStartsOn: 'SUNDAY' }],
  ] as const)('of %s is in their next answer', async (_, change) => {
    const nest = createNest(personal);
    for (const isJoining of [false, true])
      for (const as of [ada, { ...ada, ...change }])
        expect((await nest.ask('{ portrait }', { as, isJoining })).data.portrait).toBe(portraitOf(as));
  });
});

describe("a workspace's value", () => {
  const inNest = () => {
    const nest = createNest();
    nest.rows.addPost('post_1', { accountId: 'acc_1' });
    nest.rows.addPost('post_2', { accountId: 'acc_2' });
    const count = async (as: Viewer) => (await nest.ask('{ postCount }', { as })).data.postCount;
    return { nest, count };
  };

  it('is loaded once for members who see the same accounts', async () => {
    const { nest, count } = inNest();
    expect([await count(ada), await count(bob), await count(robot)]).toEqual([2, 2, 2]);
    expect(nest.runs('Query.postCount')).toBe(1);
  });

  it('is apart for members who see others', async () => {
    const { nest, count } = inNest();
    const confined = { ...bob, accountIds: ['acc_1'] };
    expect([await count(ada), await count(confined), await count({ ...bob, accountIds: [] })]).toEqual([2, 1, 0]);
    expect(nest.runs('Query.postCount')).toBe(3);
    await count({ ...ada, accountIds: ['acc_1'] });
    expect(nest.runs('Query.postCount')).toBe(3);
  });

  it('is apart for confinements that read alike', async () => {
    const { nest, count } = inNest();
    for (const accountIds of [['acc_1', 'acc_2'], ['acc_1,acc_2'], ['acc_1'], []]) await count({ ...ada, accountIds });
    expect(nest.runs('Query.postCount')).toBe(4);
  });

  it('is not given to another workspace', async () => {
    const { count } = inNest();
    expect([await count(ada), await count(zoe)]).toEqual([2, 0]);
  });

  it('outlives what another workspace does', async () => {
    const { nest, count } = inNest();
    await count(ada);
    await nest.ask('mutation { createPost(input: { text: "ours" }) { post { id } } }', { as: zoe });
    expect([await count(ada), await count(zoe)]).toEqual([2, 1]);
    expect(nest.runs('Query.postCount')).toBe(2);
  });

  it('that was cut in days of an older time zone is not given to those of the new one', async () => {
    const nest = createNest({
      typeDefs: 'extend type Query { zone: String @cache(category: CALENDAR, scope: WORKSPACE, tags: ["Post"]) }',
      resolvers: { Query: { zone: (_: unknown, __: unknown, { viewer }: { viewer: Viewer }) => viewer.timeZone } },
    });
    expect((await nest.ask('{ zone }')).data.zone).toBe('UTC');
    expect((await nest.ask('{ zone }', { as: { ...bob, timeZone: 'Asia/Tokyo' } })).data.zone).toBe('Asia/Tokyo');
  });
});

describe('a value that is the same for everybody', () => {
  it('is loaded once for all workspaces', async () => {
    const nest = createNest();
    for (const as of [ada, bob, zoe, robot]) await nest.ask('{ networks { id name } }', { as });
    expect(nest.runs('Query.networks')).toBe(1);
  });
});

describe('a value in the cache', () => {
  it('cannot be changed by who reads it', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query { basket: Basket @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) }
        type Basket { items: [String!]! stolen: String @dependsOn(tags: []) }
      `,
      resolvers: {
        Query: { basket: () => ({ items: ['egg', 'spoon'] }) },
        Basket: { stolen: ({ items }: { items: string[] }) => items.pop() },
      },
    });
    for (let round = 0; round < 2; round++) {
      const { data, errors } = await nest.ask('{ basket { items stolen } }');
      expect(errors?.[0]?.message).toContain('Cannot delete property');
      expect(data.basket.items).toEqual(['egg', 'spoon']);
    }
  });
});

describe('a new process', () => {
  it('begins with no entries, so that no older policy or schema answers', async () => {
    const before = createNest();
    before.rows.addPost('post_1', { text: 'old' });
    await before.ask('{ post(id: "post_1") { text } }');
    const after = createNest({ policies: { POSTS: { ttlMs: 1_000 } } });
    after.rows.addPost('post_1', { text: 'new' });
    expect(after.cache.indexes().entries).toBe(0);
    expect((await after.ask('{ post(id: "post_1") { text } }')).data.post.text).toBe('new');
  });
});
