import { buildSchema, getIntrospectionQuery, getOperationAST, graphqlSync, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Costs, costOf } from '../../src/graphql/cost.ts';
import { coerceVariables } from '../../src/graphql/variables.ts';
import { fieldsIn } from './fields-in.ts';

const schema = buildSchema(`
  directive @listSize(assumedSize: Int!, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  directive @cost(weight: Int!) on FIELD_DEFINITION
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(if: Boolean! = true, label: String, initialCount: Int! = 0) on FIELD
  directive @timed(eventsPerMinute: Int!) on FIELD_DEFINITION
  input DateRangeInput @oneOf { preset: Preset, between: Between }
  input Between { from: String!, to: String! }
  enum Preset { TODAY LAST_7_DAYS THIS_MONTH }
  interface Thing { id: ID }
  type Leaf implements Thing { id: ID, name: String, labels: [String!] @listSize(assumedSize: 30) }
  type Branch implements Thing { id: ID, a: Int, b: Int, leaves: [Leaf!]! @listSize(assumedSize: 3) }
  union Either = Leaf | Branch
  type Page { nodes: [Branch!]! @listSize(assumedSize: 100), edges: [Edge!]! @listSize(assumedSize: 100), total: Int }
  type Edge { node: Branch }
  type Report { series: [Series!]! @listSize(assumedSize: 10), day: String }
  type Series { points: [Point!]! @listSize(assumedSize: 400) }
  type Point { day: String }
  type Query {
    page(first: Int = 20): Page @listSize(assumedSize: 100, slicingArguments: ["first"], sizedFields: ["nodes", "edges"])
    some(ids: [ID!]!): [Thing] @listSize(assumedSize: 50, slicingArguments: ["ids"])
    either: Either
    report(range: DateRangeInput = { preset: LAST_7_DAYS }): Report
      @listSize(assumedSize: 400, slicingArguments: ["range"], sizedFields: ["series.points"])
    rows(first: Int = 20): Page
      @listSize(assumedSize: 100, slicingArguments: ["first"], sizedFields: ["nodes"]) @cost(weight: 5)
    measured: Leaf @cost(weight: 7)
    number: Int @cost(weight: 3)
    lengths: [Int!] @listSize(assumedSize: 10) @cost(weight: 4)
    leaf: Leaf
    unknown: [Leaf]
    words(first: Int = 5): [String!] @listSize(assumedSize: 45, slicingArguments: ["first"])
  }
  type Subscription { beats: Leaf @timed(eventsPerMinute: 60), ticks: Int @timed(eventsPerMinute: 60), changes: Leaf }
`);

function cost(text: string, given: Record<string, unknown> = {}): number {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document)!;
  const { variables } = coerceVariables(schema, operation.variableDefinitions ?? [], given);
  return costOf(schema, document, { operation, variables: variables! }).cost;
}

describe('the cost of an operation', () => {
  it.each<[string, string, number]>([
    ['a leaf', '{ leaf { id } }', 2],
    ['a list of texts as a field for each ten of them', '{ leaf { labels } }', 1 + 3],
    [
      'texts as many as are asked for',
      '{ a: words(first: 33) b: words c: words(first: 0) d: words(first: 99) }',
      4 + 1 + 1 + 5,
    ],
    ['what a timed subscription sends in a minute', 'subscription { beats { id name } }', 60 * 3],
    ['that of a single value', 'subscription { ticks }', 60],
    ['that of a fragment', 'subscription { ...S } fragment S on Subscription { beats { id } }', 60 * 2],
    ['one event of another subscription', 'subscription { changes { id name } }', 3],
    ['a page as long as it is by default', '{ page { nodes { id } } }', 1 + 1 + 20],
    ['a page as long as it is asked for', '{ page(first: 3) { nodes { id a } } }', 1 + 1 + 3 * 2],
    ['a page as long as pages are', '{ page(first: 1000) { nodes { id } } }', 1 + 1 + 100],
    ['an empty page', '{ page(first: 0) { nodes { id } } }', 2],
    ['a page of null as by default', '{ page(first: null) { nodes { id } } }', 1 + 1 + 20],
    ['nodes and edges', '{ page(first: 3) { total nodes { id } edges { node { id } } } }', 4 + 3 + 3 * 2],
    ['lists within lists', '{ page(first: 4) { nodes { leaves { id name } } } }', 2 + 4 * (1 + 3 * 2)],
    ['a list of arguments', '{ some(ids: ["1", "2"]) { id } }', 1 + 2],
    [
      'only the largest of types that exclude each other',
      '{ either { ... on Leaf { id } ... on Branch { id a b } } }',
      1 + 3,
    ],
    [
      'what types have in common with each',
      '{ some(ids: [1]) { id ... on Leaf { name } ... on Branch { a b } } }',
      1 + 3,
    ],
    ['fragments on what a type implements', '{ either { ... on Thing { id } ... on Leaf { name } } }', 1 + 2],
    ['days of a preset', '{ report(range: { preset: THIS_MONTH }) { series { points { day } } } }', 2 + 10 * (1 + 31)],
    ['days by default', '{ report { series { points { day } } } }', 2 + 10 * (1 + 7)],
    [
      'days between two',
      '{ report(range: { between: { from: "2026-11-01", to: "2026-11-03" } }) { series { points { day } } } }',
      2 + 10 * (1 + 3),
    ],
    [
      'days that end before they begin',
      '{ report(range: { between: { from: "2026-11-03", to: "2026-11-01" } }) { series { points { day } } } }',
      2 + 10,
    ],
    ['a list of which nothing is said as a hundred', '{ unknown { id } }', 1 + 100],
    ['what may be left out', '{ leaf { id @skip(if: true) } }', 2],
    ['__typename', '{ __typename either { __typename } }', 3],
    [
      'fragments, with the sizes of where they are spread',
      '{ a: page(first: 2) { ...P } b: page(first: 5) { ...P } } fragment P on Page { ...N } fragment N on Page { nodes { id } }',
      2 + 2 + 2 + 5,
    ],
    [
      'a fragment through which a size passes',
      '{ report(range: { preset: TODAY }) { ...R } } fragment R on Report { series { ...S } } fragment S on Series { points { day } }',
      2 + 10 * (1 + 1),
    ],
    ['rows that are loaded, whatever is selected of them', '{ rows(first: 3) { total } }', 5 * 3 + 2],
    ['and what is selected besides', '{ rows(first: 3) { nodes { id } } }', 5 * 3 + 2 + 3],
    ['the work for an empty page as that for one row', '{ rows(first: 0) { total } }', 5 + 2],
    ['work for what is no list', '{ measured { id } number }', 7 + 2 + 3 + 1],
    ['work for each item of a list of numbers', '{ lengths }', 4 * 10 + 1],
    ['a name of up to 31 characters as none', `{ leaf { ${'x'.repeat(31)}: id } }`, 2],
    ['each further 32 characters of a name', `{ leaf { ${'x'.repeat(64)}: id } }`, 2 + 2],
    ['them for each item', `{ page(first: 3) { nodes { ${'x'.repeat(32)}: id } } }`, 2 + 3 * 2],
    ['them of an object, and of __typename', `{ ${'x'.repeat(32)}: leaf { ${'x'.repeat(32)}: __typename } }`, 2 + 2],
    ['fragments that come apart', '{ leaf { ... @defer { id } ...L @defer } } fragment L on Leaf { name }', 3 + 2 * 10],
    ['them for each item', '{ page(first: 3) { nodes { ... @defer { id } } } }', 2 + 3 * 11],
    ['no fragment that never comes apart', '{ leaf { ... @defer(if: false) { id } } }', 2],
    [
      'items that come apart',
      '{ page(first: 3) { nodes @stream { id } } leaf { labels @stream } }',
      2 + 3 * 11 + 1 + 3 + 30 * 10,
    ],
  ])('counts %s', (_, text, expected) => {
    expect(cost(text)).toBe(expected);
  });

  it('counts what variables ask for', () => {
    const text =
      'query ($first: Int = 7, $ids: [ID!]!, $range: DateRangeInput, $from: String!) { page(first: $first) { nodes { id } } some(ids: $ids) { id } a: report(range: $range) { series { points { day } } } b: report(range: { between: { from: $from, to: "2026-11-05" } }) { series { points { day } } } }';
    const all = (first: number, ids: number, a: number, b: number) =>
      2 + first + (1 + ids) + (2 + 10 * (1 + a)) + (2 + 10 * (1 + b));
    const ids = (count: number) => Array.from({ length: count }, () => '1');
    expect(cost(text, { ids: [], from: '2026-11-01' })).toBe(all(7, 0, 7, 5));
    const range = { preset: 'THIS_MONTH' };
    expect(cost(text, { first: 3, ids: ids(4), range, from: '2026-11-04' })).toBe(all(3, 4, 31, 2));
    expect(cost(text, { first: null, ids: ids(500), range: null, from: '2026-11-05' })).toBe(all(20, 50, 7, 1));
  });

  it('takes time for each fragment once, however often it is spread', () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    expect(cost(`{ ...F0 } ${doubling.join(' ')} fragment F60 on Query { leaf { id } }`)).toBe(2 ** 61);
  });
});

describe('costs that are remembered', () => {
  it('are those of the rows that are asked for', () => {
    const costs = new Costs();
    const document = parse('query ($n: Int) { rows(first: $n) { total } }');
    const operation = getOperationAST(document)!;
    for (const n of [3, 9, 3]) expect(costs.of(schema, document, { operation, variables: { n } })).toBe(5 * n + 2);
  });

  it('are those of the sizes that are asked for', () => {
    const costs = new Costs();
    const document = parse(
      'query ($n: Int, $ids: [ID!]!) { page(first: $n) { nodes { id } } some(ids: $ids) { id } leaf { id } }',
    );
    const operation = getOperationAST(document)!;
    for (let round = 0; round < 3; round++)
      for (let n = 0; n < 40; n++) {
        const variables = { n, ids: Array.from({ length: n % 3 }, () => '1') };
        expect(costs.of(schema, document, { operation, variables })).toBe(2 + n + 1 + (n % 3) + 2);
      }
    expect(costs.of(schema, document, { operation, variables: { ids: [] } })).toBe(2 + 20 + 1 + 2);
  });

  it('are those of the lists of texts that are asked for', () => {
    const costs = new Costs();
    const document = parse('query ($n: Int) { words(first: $n) }');
    const operation = getOperationAST(document)!;
    for (const [n, expected] of [
      [40, 4],
      [10, 1],
      [41, 5],
      [40, 4],
    ] as const)
      expect(costs.of(schema, document, { operation, variables: { n } })).toBe(expected);
  });
});

describe('the cost of introspection', () => {
  const names = Array.from({ length: 20 }, (_, i) => `a${i}: name`).join(' ');

  it.each([
    ['all of it', getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true })],
    ['types of fields of types', `{ __schema { types { fields { type { ${names} } } } } }`],
    ['arguments of fields', `{ __schema { types { fields { args { ${names} type { ${names} } } } } } }`],
    ['fields of types of fields', `{ __schema { types { fields { type { fields { type { ${names} } } } } } } }`],
    ['possible types', `{ __schema { types { possibleTypes { interfaces { ${names} } } } } }`],
    [
      'inputs and values',
      `{ __schema { types { inputFields { type { inputFields { ${names} } } } enumValues { ${names} } } } }`,
    ],
    [
      'wrapped types',
      `{ __type(name: "Page") { fields { type { ofType { ofType { ofType { ofType { ${names} } } } } } } } }`,
    ],
    ['directives', `{ __schema { directives { ${names} args { ${names} } } } __type(name: "Query") { ${names} } }`],
    ['fragments', `{ __schema { types { ...T } } } fragment T on __Type { name fields { type { ${names} } } }`],
  ])('is no less than what it answers, and not far from it where all is asked for: %s', (_, source) => {
    const { data, errors } = graphqlSync({ schema, source });
    expect(errors).toBeUndefined();
    const [estimate, actual] = [cost(source), fieldsIn(data)];
    expect(estimate).toBeGreaterThanOrEqual(actual);
    expect(estimate).toBeLessThan(actual * 40);
  });

  it('is exact as long as each type is met once', () => {
    const source =
      '{ __schema { types { kind name fields { name args { name } } inputFields { name } enumValues { name } } directives { args { name } } } }';
    expect(cost(source)).toBe(fieldsIn(graphqlSync({ schema, source }).data));
  });

  it('counts each 32 characters of a description', () => {
    const described = buildSchema(`"${'x'.repeat(1_600)}" type Query { "${'x'.repeat(3_200)}" a: Int b: Int }`);
    const costIn = (text: string) =>
      costOf(described, parse(text), { operation: getOperationAST(parse(text))!, variables: {} }).cost;
    const difference = (of: string) =>
      costIn(of.replace('{}', '{ description }')) - costIn(of.replace('{}', '{ name }'));
    expect(difference('{ __type(name: "Query") {} }')).toBe(50);
    expect(difference('{ __type(name: "Query") { fields {} } }')).toBeGreaterThanOrEqual(100);
    expect(difference('{ __schema { types { fields {} } } }')).toBeGreaterThanOrEqual(100);
    expect(difference('{ __schema { types {} } }')).toBeGreaterThanOrEqual(50);
  });
});
