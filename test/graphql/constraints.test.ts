import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../src/graphql/document-inputs.ts';
import { violationsIn } from '../../src/graphql/value-check.ts';
import { coerceVariables } from '../../src/graphql/variables.ts';

const schema = buildSchema(`
  directive @constraint(maxItems: Int, maxLength: Int, min: Int, max: Int) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  directive @label(text: String) on FIELD
  directive @from(count: Int! = 0 @constraint(min: 0)) on FIELD
  input Filter { ids: [ID!] @constraint(maxItems: 3), search: String @constraint(maxLength: 5), other: Filter, list: [Filter!] @constraint(maxItems: 2) }
  type Query {
    few(ids: [ID!] @constraint(maxItems: 2), tags: [String!] @constraint(maxItems: 2, maxLength: 4)): Query
    many(ids: [ID!] @constraint(maxItems: 4)): Query
    find(filter: Filter, text: String): Query
    page(first: Int = 2 @constraint(min: 0, max: 10)): Query
    pages(first: Int @constraint(min: 2, max: 20)): Query
    done: Int
  }
`);

/** Messages of what is refused of an operation, in the document and in its variables. */
function refused(text: string, given: Record<string, unknown> = {}, operationName?: string): string[] {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const { errors } = inputsOf(schema, document);
  const operation = getOperationAST(document, operationName)!;
  const { variables } = coerceVariables(schema, operation.variableDefinitions ?? [], given);
  return [...errors, ...violationsIn(variables!, { schema, document, operation })].map(({ message }) => message);
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i));

describe('a list', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'a literal',
      '{ few(ids: ["1", "2", "3"]) { done } }',
      {},
      'Query.few(ids:): expected at most 2 items, but got 3.',
    ],
    [
      'a literal with variables in it',
      'query ($a: ID!) { few(ids: [$a, $a, $a]) { done } }',
      { a: '1' },
      'Query.few(ids:): expected at most 2 items, but got 3.',
    ],
    [
      'a variable',
      'query ($ids: [ID!]) { few(ids: $ids) { done } }',
      { ids: ids(60_000) },
      'Query.few(ids:): expected at most 2 items, but got 60000 in $ids.',
    ],
    [
      "a variable's default",
      'query ($ids: [ID!] = ["1", "2", "3"]) { few(ids: $ids) { done } }',
      {},
      'Query.few(ids:): expected at most 2 items, but got 3 in $ids.',
    ],
    [
      'a variable in a fragment',
      'query ($ids: [ID!]) { ...F } fragment F on Query { done ...G } fragment G on Query { few(ids: $ids) { done } ...H } fragment H on Query { done }',
      { ids: ids(3) },
      'Query.few(ids:): expected at most 2 items, but got 3 in $ids.',
    ],
    [
      'a field of a literal',
      '{ find(filter: { other: { ids: [1, 2, 3, 4] } }) { done } }',
      {},
      'Filter.ids: expected at most 3 items, but got 4.',
    ],
    [
      'a variable in a literal',
      'query ($ids: [ID!]) { find(filter: { other: { ids: $ids } }) { done } }',
      { ids: ids(4) },
      'Filter.ids: expected at most 3 items, but got 4 in $ids.',
    ],
    [
      'a field of a variable',
      'query ($filter: Filter) { find(filter: $filter) { done } }',
      { filter: { list: [{}, { other: { ids: ids(4) } }] } },
      'Filter.ids: expected at most 3 items, but got 4 in $filter.list[1].other.ids.',
    ],
    [
      'a list of inputs',
      'query ($filter: Filter) { find(filter: $filter) { done } }',
      { filter: { list: [{}, {}, { ids: ids(4) }] } },
      'Filter.list: expected at most 2 items, but got 3 in $filter.list.',
    ],
  ])('is refused when it is too long: %s', (_, text, given, message) => {
    expect(refused(text, given)).toEqual([message]);
  });

  it('is taken as long as its maximum, and as null, nothing or a single value', () => {
    const text = 'query ($ids: [ID!], $filter: Filter) { few(ids: $ids) { find(filter: $filter) { done } } }';
    for (const given of [
      { ids: ids(2), filter: { ids: ids(3), list: [{}, {}] } },
      { ids: null, filter: null },
      { ids: '1', filter: { ids: '1', list: {} } },
      {},
    ])
      expect(refused(text, given)).toEqual([]);
  });

  it('has the smaller maximum of two places where a variable is used, whichever comes first', () => {
    const message = 'Query.few(ids:): expected at most 2 items, but got 3 in $ids.';
    for (const fields of [
      'few(ids: $ids) { done } many(ids: $ids) { done }',
      'many(ids: $ids) { few(ids: $ids) { done } }',
    ])
      expect(refused(`query ($ids: [ID!]) { ${fields} }`, { ids: ids(3) })).toEqual([message]);
  });

  it('has the maximum of the operation that is asked for, not of another one', () => {
    const text =
      'query A($ids: [ID!]) { few(ids: $ids) { done } } query B($ids: [ID!]) { ...F } fragment F on Query { many(ids: $ids) { done } }';
    expect(refused(text, { ids: ids(4) }, 'B')).toEqual([]);
    expect(refused(text, { ids: ids(4) }, 'A')).toHaveLength(1);
  });
});

describe('a text', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'a literal',
      '{ find(filter: { search: "123456" }) { done } }',
      {},
      'Filter.search: expected at most 5 characters, but got 6.',
    ],
    [
      'a literal in a list',
      '{ few(tags: ["a", "12345"]) { done } }',
      {},
      'Query.few(tags:): expected at most 4 characters, but got 5.',
    ],
    [
      'a variable',
      'query ($s: String) { find(filter: { search: $s }) { done } }',
      { s: '123456' },
      'Filter.search: expected at most 5 characters, but got 6 in $s.',
    ],
    [
      'a variable in a list',
      'query ($s: String!) { few(tags: [$s]) { done } }',
      { s: '12345' },
      'Query.few(tags:): expected at most 4 characters, but got 5 in $s.',
    ],
    [
      'an item of a variable',
      'query ($tags: [String!]) { few(tags: $tags) { done } }',
      { tags: ['a', '12345'] },
      'Query.few(tags:): expected at most 4 characters, but got 5 in $tags[1].',
    ],
    [
      'an id',
      'query ($ids: [ID!]) { few(ids: $ids) { done } }',
      { ids: ['1'.repeat(256)] },
      'Query.few(ids:): expected at most 255 characters, but got 256 in $ids[0].',
    ],
    [
      'an id that is a number',
      `{ few(ids: [${'1'.repeat(256)}]) { done } }`,
      {},
      'Query.few(ids:): expected at most 255 characters, but got 256.',
    ],
    [
      'a text without a maximum of its own',
      'query ($s: String) { find(text: $s) { done } }',
      { s: 'x'.repeat(200_001) },
      'Query.find(text:): expected at most 200000 characters, but got 200001 in $s.',
    ],
    [
      'an argument of a directive',
      `{ done @label(text: "${'x'.repeat(256)}") }`,
      {},
      '@label(text:): expected at most 255 characters, but got 256.',
    ],
  ])('is refused when it is too long: %s', (_, text, given, message) => {
    expect(refused(text, given)).toEqual([message]);
  });
});

describe('a number', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    ['a literal', '{ page(first: 11) { done } }', {}, 'Query.page(first:): expected 0 to 10, but got 11.'],
    ['a negative literal', '{ page(first: -1) { done } }', {}, 'Query.page(first:): expected 0 to 10, but got -1.'],
    [
      'a variable',
      'query ($n: Int) { page(first: $n) { done } }',
      { n: 2_147_483_647 },
      'Query.page(first:): expected 0 to 10, but got 2147483647 in $n.',
    ],
    [
      "a variable's default",
      'query ($n: Int = 11) { page(first: $n) { done } }',
      {},
      'Query.page(first:): expected 0 to 10, but got 11 in $n.',
    ],
    [
      'a variable of two places, by the narrower maximum',
      'query ($n: Int) { page(first: $n) { pages(first: $n) { done } } }',
      { n: 15 },
      'Query.page(first:): expected 2 to 10, but got 15 in $n.',
    ],
    [
      'a variable of two places, by the larger minimum',
      'query ($n: Int) { pages(first: $n) { page(first: $n) { done } } }',
      { n: 1 },
      'Query.page(first:): expected 2 to 10, but got 1 in $n.',
    ],
    ["a directive's literal", '{ done @from(count: -1) }', {}, '@from(count:): expected 0 or more, but got -1.'],
    [
      "a directive's variable",
      'query ($n: Int!) { done @from(count: $n) }',
      { n: -1 },
      '@from(count:): expected 0 or more, but got -1 in $n.',
    ],
    [
      'null where a number must be',
      'query ($n: Int) { done @from(count: $n) }',
      { n: null },
      '@from(count:): expected 0 or more, but got null in $n.',
    ],
  ])('is refused beyond its limits: %s', (_, text, given, message) => {
    expect(refused(text, given)).toEqual([message]);
  });

  it('is taken at both of its limits, and as null or nothing where it may be', () => {
    const text = 'query ($n: Int) { page(first: $n) { done @from } }';
    for (const given of [{ n: 0 }, { n: 10 }, { n: null }, {}]) expect(refused(text, given)).toEqual([]);
    expect(refused('{ a: page(first: 0) { done } b: page(first: 10) { done } c: page(first: null) { done } }')).toEqual(
      [],
    );
  });
});
