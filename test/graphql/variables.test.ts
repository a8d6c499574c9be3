import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { coerceVariables } from '../../src/graphql/variables.ts';

const schema = buildSchema(`
  scalar Counted
  enum Size { SMALL MEDIUM LARGE }
  input Range { from: Int = 1, to: Int! }
  input Choice @oneOf { id: ID, name: String }
  input Filter { ids: [ID!], sizes: [Size!], range: Range, choice: Choice, matrix: [[Int!]!] }
  type Query { f(a: [ID!], b: [Size!], c: Filter, d: Int, e: [Counted!]): Int }
`);
const definitionsOf = (variables: string) =>
  (parse(`query (${variables}) { f }`).definitions[0] as OperationDefinitionNode).variableDefinitions!;
const coerce = (variables: string, given: object) =>
  coerceVariables(schema, definitionsOf(variables), given as Record<string, unknown>);

describe('the variables of an operation', () => {
  it.each<[string, object]>([
    ['$a: [ID!]', { a: ['x', 1] }],
    ['$a: [ID!]', { a: 'x' }],
    ['$a: [ID!] = ["y"]', {}],
    ['$a: [ID!] = ["y"]', { a: null }],
    ['$a: [ID!]', { other: 1 }],
    ['$b: [Size!]! = [SMALL]', {}],
    ['$c: Filter', { c: { ids: ['a'], sizes: ['LARGE'], range: { to: 2 }, choice: { id: '1' }, matrix: [[1], 2] } }],
    ['$d: Int, $c: Filter', { d: 1 }],
    ['$__proto__: Int', JSON.parse('{"__proto__": 1}')],
    ['$toString: Int', {}],
    ['$d: Int!', {}],
    ['$d: Int!', { d: null }],
    ['$d: Int', { d: 'x' }],
    ['$d: Nothing', { d: 1 }],
    ['$c: Filter', { c: [] }],
    ['$c: Filter', { c: { range: {}, sizes: ['HUGE'], choice: {}, none: 1 } }],
    ['$c: Filter', { c: { choice: { id: null } } }],
    ['$c: Filter', { c: { matrix: [[1, null], 'x'] } }],
  ])('are coerced as graphql-js does: %s of %j', (variables, given) => {
    const ours = coerce(variables, given);
    const theirs = getVariableValues(schema, definitionsOf(variables), given as Record<string, unknown>);
    expect(ours.variables).toEqual(theirs.coerced);
    expect(ours.errors?.map(({ locations }) => locations)).toEqual(theirs.errors?.map(({ locations }) => locations));
  });

  it('name the place, the value and what was expected when they are wrong', () => {
    expect(coerce('$c: Filter', { c: { range: { to: 'x' } } }).errors!.map(String)[0]).toContain(
      'Variable "$c" got an invalid value "x" at "c.range.to": Int cannot represent non-integer value: "x"',
    );
  });
});

describe('variables that are wrong in very many places', () => {
  /** A list that counts how many of its items were looked at. */
  function counted(item: unknown, count: number) {
    const read = { count: 0 };
    function* items() {
      for (; read.count < count; read.count++) yield item;
    }
    return { read, list: { [Symbol.iterator]: items } };
  }

  it.each<[string, string, unknown]>([
    ['empty objects for ids', '$a: [ID!]!', {}],
    ['enum values that do not exist', '$b: [Size!]!', 'HUGE'],
    ['lists for ids', '$a: [ID!]!', ['x']],
    ['nulls', '$a: [ID!]!', null],
  ])('are read no further than to the 50th error: %s', (_, variables, item) => {
    const { read, list } = counted(item, 20_000);
    const { errors } = coerce(variables, { [variables[1]!]: list });
    expect(read.count).toBeLessThanOrEqual(50);
    expect(errors).toHaveLength(51);
    expect(errors!.at(-1)!.message).toContain('more than 50 errors');
  });

  it('are told without repeating them: unknown fields of one object', () => {
    const c = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field${i}`, 'x'.repeat(20)]));
    const { errors } = coerce('$c: Filter', { c });
    expect(errors).toHaveLength(51);
    for (const { message } of errors!) expect(message.length).toBeLessThan(400);
  });
});
