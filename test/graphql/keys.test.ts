import { describe, expect, it } from 'vitest';
import { createNest } from './nest.ts';

/** A field that answers with the arguments it was given. */
const echo = {
  typeDefs: /* GraphQL */ `
    extend type Query {
      echo(a: EchoInput, x: Int, s: String, f: Float, on: Boolean, kind: EchoKind, ids: [ID], d: Int = 7, at: DateTime): String
        @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      instant(at: DateTime!): DateTime @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      amount: SafeInt @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      day: Date @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
    }
    input EchoInput { x: Int y: Int = 5 deep: EchoInput list: [String] a: String b: String }
    enum EchoKind { BIG SMALL }
  `,
  resolvers: {
    Query: {
      echo: (_: unknown, args: object) => JSON.stringify(args),
      instant: (_: unknown, { at }: { at: string }) => at,
      amount: () => 9_007_199_254_740_991,
      day: () => '2026-11-22',
    },
  },
};

/** Asks for each in turn and tells how many loads there were. */
async function loadsOf(...asked: readonly (readonly [string, Record<string, unknown>?])[]): Promise<number> {
  const nest = createNest(echo);
  const fresh = createNest({ ...echo, isCaching: false });
  for (const [document, variables] of asked)
    expect((await nest.ask(document, { variables })).text).toBe((await fresh.ask(document, { variables })).text);
  return nest.runs('Query.echo');
}

describe('two spellings of the same arguments', () => {
  it.each([
    ['input fields in another order', ['{ echo(a: { x: 1, y: 2 }) }'], ['{ echo(a: { y: 2, x: 1 }) }']],
    ['arguments in another order', ['{ echo(x: 1, s: "t") }'], ['{ echo(s: "t", x: 1) }']],
    ['a literal and a variable', ['{ echo(x: 1) }'], ['query ($x: Int) { echo(x: $x) }', { x: 1 }]],
    ['a variable and its default', ['query ($x: Int = 1) { echo(x: $x) }'], ['{ echo(x: 1) }']],
    ['an absent argument and its default', ['{ echo }'], ['{ echo(d: 7) }']],
    ['an absent variable and the default', ['query ($d: Int) { echo(d: $d) }'], ['{ echo }']],
    ['an absent input field and its default', ['{ echo(a: { x: 1 }) }'], ['{ echo(a: { x: 1, y: 5 }) }']],
    ['a single item and a list of it', ['{ echo(ids: "1") }'], ['{ echo(ids: ["1"]) }']],
    ['a number and a text as an ID', ['{ echo(ids: [1]) }'], ['{ echo(ids: ["1"]) }']],
    ['a whole number as a Float', ['{ echo(f: 1) }'], ['{ echo(f: 1.0) }']],
    [
      'an enum literal and a variable',
      ['{ echo(kind: BIG) }'],
      ['query ($k: EchoKind) { echo(kind: $k) }', { k: 'BIG' }],
    ],
    ['an alias', ['{ echo(x: 1) }'], ['{ other: echo(x: 1) }']],
    [
      'one instant in two time zones',
      ['{ echo(at: "2026-11-22T09:00:00Z") }'],
      ['{ echo(at: "2026-11-22T10:00:00.000+01:00") }'],
    ],
  ] as const)('share an entry: %s', async (_, one, other) => {
    expect(await loadsOf(one, other)).toBe(1);
  });
});

describe('arguments that differ', () => {
  it.each([
    ['a null and an absent one', ['{ echo(x: null) }'], ['{ echo }']],
    ['a null and a default', ['{ echo(d: null) }'], ['{ echo }']],
    ['a null and a text that says so', ['{ echo(s: null) }'], ['{ echo(s: "null") }']],
    ['an empty text and an absent one', ['{ echo(s: "") }'], ['{ echo }']],
    ['a null in a list and an empty list', ['{ echo(ids: [null]) }'], ['{ echo(ids: []) }']],
    ['false and absent', ['{ echo(on: false) }'], ['{ echo }']],
    ['lists in another order', ['{ echo(ids: ["1", "2"]) }'], ['{ echo(ids: ["2", "1"]) }']],
    [
      'texts that quote each other',
      ['{ echo(a: { a: "1\\"b\\":2", b: "3" }) }'],
      ['{ echo(a: { a: "1", b: "2b:3" }) }'],
    ],
    ['texts that run into each other', ['{ echo(ids: ["1,2"]) }'], ['{ echo(ids: ["1", "2"]) }']],
    ['the same text in another argument', ['{ echo(a: { a: "t" }) }'], ['{ echo(a: { b: "t" }) }']],
    ['a level further down', ['{ echo(a: { x: 1 }) }'], ['{ echo(a: { deep: { x: 1 } }) }']],
    [
      'long texts with a late difference',
      [`{ echo(s: "${'x'.repeat(900)}a") }`],
      [`{ echo(s: "${'x'.repeat(900)}b") }`],
    ],
  ] as const)('have entries of their own: %s', async (_, one, other) => {
    expect(await loadsOf(one, other)).toBe(2);
  });

  it('are told apart whatever the id looks like', async () => {
    const ids = ['0', '', 'urn:li:share:1', 'ü✓', '__proto__', 'constructor', 'null', '"', '{}', 'post_1 post_2'];
    const asked = ids.map((id) => ['query ($id: [ID]) { echo(ids: $id) }', { id: [id] }] as const);
    expect(await loadsOf(...asked, ...asked)).toBe(ids.length);
  });
});

describe('one operation', () => {
  it('that asks twice with different arguments gets both values', async () => {
    const nest = createNest(echo);
    const { data } = await nest.ask('{ a: echo(x: 1) b: echo(x: 2) }');
    expect([JSON.parse(data.a).x, JSON.parse(data.b).x]).toEqual([1, 2]);
    expect(nest.runs('Query.echo')).toBe(2);
  });

  it('that asks twice for the same loads once', async () => {
    const nest = createNest(echo);
    const { data } = await nest.ask('{ a: echo(x: 1) b: echo(x: 1) }');
    expect(data.a).toBe(data.b);
    expect(nest.runs('Query.echo')).toBe(1);
  });
});

describe('what is selected beneath a cached field', () => {
  it('is answered with its own arguments, literal or variable', async () => {
    const nest = createNest();
    nest.rows.addCampaign('camp_1');
    for (const id of ['post_1', 'post_2', 'post_3']) nest.rows.addPost(id, { campaignId: 'camp_1' });
    const idsOf = (data: { campaigns: { posts: { nodes: { id: string }[] } }[] }) =>
      data.campaigns[0]!.posts.nodes.length;
    expect(idsOf((await nest.ask('{ campaigns { posts(first: 1) { nodes { id } } } }')).data)).toBe(1);
    expect(idsOf((await nest.ask('{ campaigns { posts(first: 3) { nodes { id } } } }')).data)).toBe(3);
    const document = 'query ($n: Int) { campaigns { posts(first: $n) { nodes { id } } } }';
    expect(idsOf((await nest.ask(document, { variables: { n: 2 } })).data)).toBe(2);
    expect(idsOf((await nest.ask(document, { variables: { n: null } })).data)).toBe(3);
    expect(idsOf((await nest.ask(document)).data)).toBe(2);
    expect(nest.runs('Query.campaigns')).toBe(1);
  });

  it('is there, though another selection filled the entry', async () => {
    const nest = createNest();
    nest.rows.addPost('post_1', { text: 'hello' });
    await nest.ask('{ post(id: "post_1") { id } }');
    expect((await nest.ask('{ post(id: "post_1") { id text } }')).data).toEqual({
      post: { id: 'post_1', text: 'hello' },
    });
    expect(nest.runs('Query.post')).toBe(1);
  });
});

describe('a cached field of a node', () => {
  const document = '{ campaigns { id posts { nodes { id } } } }';
  const nested = async () => {
    const nest = createNest();
    for (const n of [1, 2]) {
      nest.rows.addCampaign(`camp_${n}`);
      nest.rows.addPost(`post_${n}`, { campaignId: `camp_${n}` });
    }
    return nest;
  };

  it('belongs to its node', async () => {
    const nest = await nested();
    for (let round = 0; round < 2; round++)
      expect((await nest.ask(document)).data.campaigns).toEqual([
        { id: 'camp_1', posts: { nodes: [{ id: 'post_1' }] } },
        { id: 'camp_2', posts: { nodes: [{ id: 'post_2' }] } },
      ]);
    expect(nest.runs('Campaign.posts')).toBe(2);
  });

  it('stays with its node when the list is in another order', async () => {
    const nest = await nested();
    await nest.ask(document);
    nest.rows.campaigns.delete('camp_1');
    nest.rows.addCampaign('camp_1');
    nest.cache.invalidate(['ws_nest/Campaign']);
    expect((await nest.ask(document)).data.campaigns).toEqual([
      { id: 'camp_2', posts: { nodes: [{ id: 'post_2' }] } },
      { id: 'camp_1', posts: { nodes: [{ id: 'post_1' }] } },
    ]);
    expect(nest.runs('Campaign.posts')).toBe(2);
  });

  it('is shared by all paths that lead to the node', async () => {
    const nest = await nested();
    await nest.ask(document);
    await nest.ask('{ campaign(id: "camp_1") { posts { nodes { id } } } }');
    expect(nest.runs('Campaign.posts')).toBe(2);
  });
});

describe('a cached field of what has no identity', () => {
  it('says which field, and what it expected', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query { nameless: Nameless @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) }
        type Nameless { count: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) }
      `,
      resolvers: { Query: { nameless: () => ({ colour: 'blue' }) }, Nameless: { count: () => 1 } },
    });
    expect((await nest.ask('{ nameless { count } }')).errors?.[0]?.message).toBe(
      'Nameless.count: expected a parent with an id or an identity, but got {"colour":"blue"}',
    );
  });
});

describe('a value of a custom scalar', () => {
  it.each([
    ['{ instant(at: "2026-11-22T10:00:00+01:00") }', '{"data":{"instant":"2026-11-22T09:00:00.000Z"}}'],
    ['{ amount }', '{"data":{"amount":9007199254740991}}'],
    ['{ day }', '{"data":{"day":"2026-11-22"}}'],
  ])('is the same from the cache, to the byte: %s', async (document, text) => {
    const nest = createNest(echo);
    for (let round = 0; round < 2; round++) expect((await nest.ask(document)).text).toBe(text);
    expect(nest.stats('POSTS').hits).toBe(1);
  });
});

describe('an argument of any length', () => {
  const long = `post_${'x'.repeat(900_000)}`;

  it('in a tag is answered past the cache, and takes no room in it', async () => {
    const nest = createNest();
    for (const isJoining of [false, true])
      for (let round = 1; round <= 2; round++) {
        const variables = { id: long };
        const { data, errors } = await nest.ask('query ($id: ID!) { post(id: $id) { text } }', {
          variables,
          isJoining,
        });
        expect([data, errors]).toEqual([{ post: null }, undefined]);
      }
    expect(nest.runs('Query.post')).toBe(4);
    expect(nest.stats('POSTS')).toMatchObject({ bypasses: 4, lookups: 4, entries: 0 });
    expect(nest.cache.indexes()).toMatchObject({ bytes: 0, tags: 0 });
  });

  it('elsewhere is kept like any other', async () => {
    const nest = createNest();
    for (let round = 1; round <= 2; round++)
      await nest.ask('query ($search: String) { posts(search: $search) { nodes { id } } }', {
        variables: { search: long },
      });
    expect(nest.runs('Query.posts')).toBe(1);
    expect(nest.cache.indexes().bytes).toBeLessThan(2_000);
  });

  it('is no reason for a mutation to fail, nor to invalidate less than it would', async () => {
    const nest = createNest();
    await nest.ask('{ posts { nodes { id } } }');
    const { errors } = await nest.ask(
      'mutation ($id: ID!) { renamePost(input: { id: $id, name: "new" }) { post { text } } }',
      { variables: { id: long } },
    );
    expect(errors).toBeUndefined();
    await nest.ask('{ posts { nodes { id } } }');
    expect(nest.runs('Query.posts')).toBe(2);
    expect(nest.cache.indexes().tagBytes).toBeLessThan(3_000);
  });

  it('beneath a cached field keeps only its own answer from being remembered', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `extend type Campaign { find(text: String): String @dependsOn(tags: ["Found:{text}"]) }`,
      resolvers: { Campaign: { find: () => 'found' } },
    });
    nest.rows.addCampaign('camp_1');
    const ask = (text: string) =>
      nest.ask('query ($text: String) { campaigns { find(text: $text) } }', { variables: { text }, isJoining: true });
    for (const text of [long, 'short', long, 'short'])
      expect((await ask(text)).data).toEqual({ campaigns: [{ find: 'found' }] });
    expect([nest.runs('Query.campaigns'), nest.runs('Campaign.find')]).toEqual([1, 3]);
  });
});
