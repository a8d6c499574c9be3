import { describe, expect, it } from 'vitest';
import { type Ask, ada, bob, createNest, type NestOptions, reader, zoe } from './nest.ts';

const extra: NestOptions = {
  typeDefs: /* GraphQL */ `
    extend type Query {
      broken: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      brokenWithin: Campaign @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      required: Int! @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      requiredBroken: Int! @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      text: String @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      nothing: Campaign @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      budget: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: ADMIN)
    }
    extend type Campaign {
      find(search: String = "p", ids: [ID!], deep: DeepInput): String @dependsOn(tags: ["Post"])
    }
    input DeepInput { text: String = "deep" deeper: DeepInput }
  `,
  resolvers: {
    Query: {
      broken: () => {
        throw new Error('broken');
      },
      brokenWithin: () => ({ id: 'camp_9', name: null }),
      required: () => 1,
      requiredBroken: () => null,
      text: () => 'quotes " and \\ and \u2028 and ü✓ and 😀',
      nothing: () => null,
      budget: () => 900,
    },
    Campaign: { find: (_: unknown, args: object) => JSON.stringify(args) },
  },
};

function inNest(options: NestOptions = {}) {
  const nest = createNest({ ...extra, ...options });
  for (const n of [1, 2]) {
    nest.rows.addCampaign(`camp_${n}`);
    nest.rows.addPost(`post_${n}`, { text: `text ${n}`, campaignId: `camp_${n}` });
  }
  nest.rows.addPost('post_3', { campaignId: 'camp_1', accountId: 'acc_2' });
  return nest;
}

type Asked = [name: string, document: string, ask?: Ask];

const asked: readonly Asked[] = [
  ['one field', '{ postCount }'],
  ['several', '{ postCount posts { nodes { id text } } campaigns { name } }'],
  ['in another order', '{ campaigns { name } posts { nodes { text id } } postCount }'],
  ['aliases', '{ b: postCount a: postCount list: posts { all: nodes { key: id } nodes { text } } }'],
  ['the same field twice, one after the other', '{ posts { nodes { id } } posts { nodes { text } totalCount } }'],
  [
    'the same field with other arguments',
    '{ a: posts(first: 1) { nodes { id } } b: posts(first: 2) { nodes { id } } }',
  ],
  ['__typename at the root and beneath', '{ __typename posts { __typename nodes { __typename id } } t: __typename }'],
  [
    'a named fragment',
    'query { posts { nodes { ...P } } } fragment P on Post { id text campaign { ...C } } fragment C on Campaign { name }',
  ],
  ['a fragment of the same name and another meaning', 'query { posts { nodes { ...P } } } fragment P on Post { text }'],
  [
    'a named fragment at the root',
    'query { ...R campaigns { id } } fragment R on Query { posts { nodes { id } } campaigns { name } }',
  ],
  [
    'inline fragments',
    '{ ... on Query { postCount } ... { campaigns { ... on Campaign { name } ... on Node { id } } } }',
  ],
  ['a union', '{ feed { __typename ... on Post { id text } ... on Campaign { id name postCount } } }'],
  [
    'an interface',
    '{ found(search: "1") { __typename id ... on Post { text } ...C } } fragment C on Campaign { name }',
  ],
  [
    '@skip and @include with literals at the root',
    '{ postCount @skip(if: true) campaigns @include(if: true) { id } posts @include(if: false) { totalCount } }',
  ],
  [
    'literals beneath',
    '{ campaigns { id @skip(if: true) name @include(if: true) posts @include(if: false) { totalCount } } }',
  ],
  ['a duplicate that is left out', '{ posts { nodes { id } } posts @include(if: false) { nodes { text } } }'],
  ...[true, false].flatMap((on): Asked[] => [
    [
      `variables at the root, ${on}`,
      'query ($on: Boolean!) { postCount @include(if: $on) campaigns @skip(if: $on) { id } posts { totalCount } }',
      { variables: { on } },
    ],
    [
      `variables on a fragment at the root, ${on}`,
      'query ($on: Boolean!) { ...R @include(if: $on) posts { nodes { text } } } fragment R on Query { posts { nodes { id } } }',
      { variables: { on } },
    ],
    [
      `variables within a fragment at the root, ${on}`,
      'query ($on: Boolean!) { ...R posts { nodes { text } } } fragment R on Query { posts @skip(if: $on) { nodes { id } } }',
      { variables: { on } },
    ],
    [
      `variables beneath, ${on}`,
      'query ($on: Boolean!) { campaigns { id name @include(if: $on) ... @skip(if: $on) { postCount } } }',
      { variables: { on } },
    ],
    [
      `variables in a fragment beneath, ${on}`,
      'query ($on: Boolean!) { campaigns { ...C } } fragment C on Campaign { id name @skip(if: $on) }',
      { variables: { on } },
    ],
  ]),
  ['everything left out', 'query ($on: Boolean = false) { postCount @include(if: $on) }'],
  ['nested arguments by literal', '{ campaigns { posts(first: 1) { nodes { id } } } }'],
  [
    'nested arguments by variable',
    'query ($n: Int) { campaigns { posts(first: $n) { nodes { id } } } }',
    { variables: { n: 1 } },
  ],
  ['another value', 'query ($n: Int) { campaigns { posts(first: $n) { nodes { id } } } }', { variables: { n: 2 } }],
  ['no value', 'query ($n: Int) { campaigns { posts(first: $n) { nodes { id } } } }'],
  ['null', 'query ($n: Int) { campaigns { posts(first: $n) { nodes { id } } } }', { variables: { n: null } }],
  ['a default', 'query ($n: Int = 1) { campaigns { posts(first: $n) { nodes { id } } } }'],
  ['another default', 'query ($n: Int = 2) { campaigns { posts(first: $n) { nodes { id } } } }'],
  [
    'root arguments by variable',
    'query ($s: String, $n: Int) { posts(search: $s, first: $n) { nodes { id } } }',
    { variables: { s: '1', n: 5 } },
  ],
  ['an argument that is null', 'query ($n: Int) { posts(first: $n) { nodes { id } } }', { variables: { n: null } }],
  ['an argument that is absent', 'query ($n: Int) { posts(first: $n) { nodes { id } } }'],
  ...[undefined, null, 'x', '', 'p'].map(
    (s): Asked => [
      `a nested text: ${s}`,
      'query ($s: String) { campaigns { find(search: $s) } }',
      { variables: s === undefined ? {} : { s } },
    ],
  ),
  ...[undefined, null, [], ['1'], '1', ['1', '2'], ['1,2']].map(
    (ids): Asked => [
      `a nested list: ${JSON.stringify(ids)}`,
      'query ($ids: [ID!]) { campaigns { find(ids: $ids) } }',
      { variables: ids === undefined ? {} : { ids } },
    ],
  ),
  ...[undefined, {}, { text: null }, { text: 'x' }, { deeper: {} }, { deeper: { text: null } }].map(
    (deep): Asked => [
      `a nested input: ${JSON.stringify(deep)}`,
      'query ($deep: DeepInput) { campaigns { find(deep: $deep) } }',
      { variables: deep === undefined ? {} : { deep } },
    ],
  ),
  ...[undefined, null, 't'].map(
    (t): Asked => [
      `a variable within an input: ${t}`,
      'query ($t: String) { campaigns { find(deep: { text: $t }) } }',
      { variables: t === undefined ? {} : { t } },
    ],
  ),
  [
    'two variables that change places',
    'query ($a: String, $b: String) { campaigns { x: find(search: $a) y: find(search: $b) } }',
    { variables: { a: '1', b: '2' } },
  ],
  [
    'changed places',
    'query ($a: String, $b: String) { campaigns { x: find(search: $a) y: find(search: $b) } }',
    { variables: { a: '2', b: '1' } },
  ],
  ['the first of two operations', 'query A { postCount } query B { campaigns { name } }', { operationName: 'A' }],
  ['the second', 'query A { postCount } query B { campaigns { name } }', { operationName: 'B' }],
  ['two operations and none chosen', 'query A { postCount } query B { campaigns { name } }'],
  ['an operation that is not there', 'query A { postCount } query B { campaigns { name } }', { operationName: 'C' }],
  ['an error in one root field', '{ postCount broken campaigns { name } }'],
  ['an error beneath one', '{ brokenWithin { id name } postCount }'],
  ['a null where none may be, at the root', '{ postCount requiredBroken }'],
  ['a root field that may not be null', '{ required postCount }'],
  ['two errors', '{ b: broken a: broken postCount }'],
  [
    'a variable that does not fit',
    'query ($n: Int!) { posts(first: $n) { totalCount } }',
    { variables: { n: 'many' } },
  ],
  ['a variable that is missing', 'query ($n: Int!) { posts(first: $n) { totalCount } }'],
  ['a null', '{ nothing { id name } post(id: "post_9") { id } }'],
  ['characters that want to be escaped', '{ text }'],
  ['introspection beside', '{ postCount __schema { queryType { name } } __type(name: "Post") { fields { name } } }'],
  ['a field that is not cached beside', '{ viewer { userId preferences { theme } } postCount }'],
  ['a page in all its parts', '{ posts { nodes { id } pageInfo { hasNextPage endCursor } totalCount } }'],
  [
    'ranges: a default, a preset, days',
    '{ a: report { from to views } b: report(range: { preset: LAST_7_DAYS }) { from } c: report(range: { between: { from: "2026-11-01", to: "2026-11-03" } }) { to } }',
  ],
  [
    'a range that is wrong',
    '{ report(range: { between: { from: "2026-11-03", to: "2026-11-01" } }) { to } postCount }',
  ],
  [
    'a range by variable',
    'query ($r: DateRangeInput!) { report(range: $r) { from to } }',
    { variables: { r: { preset: 'THIS_WEEK' } } },
  ],
  ['a role that may not', '{ budget postCount }', { as: bob }],
  ['a role that may', '{ budget postCount }', { as: ada }],
  ['another who may read', '{ postCount posts { nodes { id } } }', { as: reader }],
  [
    'who sees less',
    '{ postCount posts { nodes { id } totalCount } campaigns { posts { nodes { id } } } }',
    { as: { ...bob, accountIds: ['acc_2'] } },
  ],
  ['another workspace', '{ postCount posts { nodes { id } } campaigns { name } networks { name } }', { as: zoe }],
  ['nobody', '{ postCount networks { name } }', { as: null }],
  ['a mutation', 'mutation { renamePost(input: { id: "post_2", name: "text 2" }) { post { text } } }'],
];

describe('a joined answer is the executed one, to the byte', () => {
  it.each<Asked>(asked)('of %s', async (_, document, ask = {}) => {
    const [nest, uncached] = [inNest(), inNest({ isCaching: false })];
    const { text } = await uncached.ask(document, ask);
    for (let round = 0; round < 3; round++)
      expect((await nest.ask(document, { ...ask, isJoining: true })).text).toBe(text);
  });

  it('when all of these were asked before, by whomever, forwards and backwards', async () => {
    const [nest, uncached] = [inNest(), inNest({ isCaching: false })];
    for (const [name, document, ask = {}] of [...asked, ...asked, ...[...asked].reverse()]) {
      const { text } = await uncached.ask(document, ask);
      expect([name, (await nest.ask(document, { ...ask, isJoining: true })).text]).toEqual([name, text]);
    }
  });

  it('while its nodes change between one and the next', async () => {
    const [nest, uncached] = [inNest(), inNest({ isCaching: false })];
    for (const [round, [name, document, ask = {}]] of [...asked, ...asked].entries()) {
      const write = [
        `mutation { renamePost(input: { id: "post_1", name: "text ${round}" }) { post { id } } }`,
        `mutation { renameCampaign(input: { id: "camp_1", name: "name ${round}" }) { campaign { id } } }`,
        'mutation { createPost(input: { text: "one more", campaignId: "camp_2" }) { post { id } } }',
      ][round % 3]!;
      for (let again = 0; again < 2; again++) {
        const { text } = await uncached.ask(document, ask);
        expect([name, (await nest.ask(document, { ...ask, isJoining: true })).text]).toEqual([name, text]);
      }
      for (const each of [nest, uncached]) await each.ask(write);
    }
  });

  it('for who reads it as an object', async () => {
    const nest = inNest();
    const document = '{ postCount campaigns { name } viewer { userId } }';
    for (let round = 0; round < 2; round++)
      expect((await nest.ask(document, { isJoining: true })).data).toEqual({
        postCount: 3,
        campaigns: [{ name: 'camp_1' }, { name: 'camp_2' }],
        viewer: { userId: 'user_ada' },
      });
  });
});
