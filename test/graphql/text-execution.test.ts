import { inspect } from 'node:util';
import { type DocumentNode, GraphQLError, type GraphQLResolveInfo, getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  type Ask,
  answer,
  atOnce,
  bad,
  type Data,
  type Executor,
  fail,
  type Later,
  leftToYoga,
  nil,
  parsed,
  schema,
  texts,
  withExtensions,
} from './executors.ts';

type Case = [name: string, document: string, data: Data, ask?: Ask];
type AskedInTurn = [name: string, document: string, ...variables: Ask['variables'][]];

async function expectSame(text: string | DocumentNode, data: Data, ask: Ask = {}): Promise<void> {
  const document = typeof text === 'string' ? parsed(text) : text;
  const joined = await answer('joined', document, data, ask);
  expect(joined).toBe(await answer('yoga', document, data, ask));
  if (!ask.isYogas) expect(joined).toBe(await answer('graphql', document, data, ask));
}

/** Of the same document again and again, so that nothing remembered of one execution is another's. */
async function expectSameInTurn(text: string, asked: readonly Ask['variables'][], data = plenty): Promise<void> {
  const document = parsed(text);
  for (const variables of asked.length > 0 ? asked : [{}]) await expectSame(document, data, { variables });
}

/** All of an answer but the words of its errors. */
async function expectSameBesidesWords(document: string, data: Data, ask: Ask = {}): Promise<void> {
  const shape = async (by: Executor) => {
    const { errors, data: answered } = JSON.parse(await answer(by, parsed(document), data, ask));
    return { errors: (errors ?? []).map(({ path, locations }: GraphQLError) => ({ path, locations })), answered };
  };
  const joined = await shape('joined');
  expect(joined).toEqual(await shape('yoga'));
  expect(joined).toEqual(await shape('graphql'));
}

const withoutPrototype = (from: object) => Object.assign(Object.create(null), from);

// biome-ignore format: one field a line
const values: readonly [field: string, values: readonly unknown[]][] = [
  ['text', [...texts, 1.5, -0, 1e21, Number.NaN, true, false, [], {}, Symbol('s'), 1n, null, undefined]],
  ['text', [{ valueOf: () => 'valued' }, { toJSON: () => 'a "b"' }, new Date(Number.NaN), withoutPrototype({})]],
  ['id', ['a', 'a"b', '\ud800', '', 7, -0, 2 ** 53, 7.5, true, {}, { valueOf: () => 9 }]],
  ['int', [0, -0, 2 ** 31 - 1, 2 ** 31, 1.5, '12', '', 'x', true, Number.NaN, {}]],
  ['float', [-0, 1e21, 1e-7, 0.1 + 0.2, Number.MAX_VALUE, Number.POSITIVE_INFINITY, '1.5', '', false, [1]]],
  ['flag', [true, false, 0, 1, -0, Number.NaN, 'true', [], {}]],
  ['colour', [1, 'g', false, 'RED', 'GREEN', true, 0, {}, Symbol('s')]],
  ['any', ['a "text"', '\ud800', 0, -0, 1e21, Number.NaN, false, [1, [null, undefined]], { a: { b: 'ü', c: undefined } }]],
  ['any', [new Date(0), withoutPrototype({ a: 1 }), new Map([[1, 2]]), { toJSON: () => ['a'] }, { toJSON: nil }]],
  ['any', [{ serializesTo: '"' }, { serializesTo: null }, { serializesTo: undefined }]],
  ['mustAny', ['null', '', 0, false, [], { serializesTo: null }]],
];

/** Each as it is, and coming later. */
// biome-ignore format: one case a line
const faults: readonly Case[] = [
  ['a null at the root', '{ text mustText int }', (at) => ({ text: 'a', mustText: at(1, nil) })],
  ['a null in a field', '{ item { text mustText } text }', (at) => ({ item: { mustText: at(1, nil) }, text: 'a' })],
  ['a null in a field that is not there', '{ item { mustText } text }', (at) => ({ item: at(1, () => ({})) })],
  ['a null that reaches the root', '{ text mustItem { mustItem { mustText } } }', (at) => ({ mustItem: { mustItem: { mustText: at(1, nil) } } })],
  ['a null that reaches a parent of parents', '{ item { mustItem { mustItem { mustText } } } text }', (at) => ({ item: { mustItem: { mustItem: at(1, nil) } } })],
  ['a null that reaches an item', '{ items { id mustText } }', (at) => ({ items: [{ mustText: 'a' }, { mustText: at(1, nil) }, null] })],
  ['a null that reaches a list', '{ mustItems { mustText } text }', (at) => ({ mustItems: [{ mustText: 'a' }, { mustText: at(1, nil) }] })],
  ['a null that reaches the parent of a list', '{ item { allItems { mustText } } text }', (at) => ({ item: { allItems: [{ mustText: at(1, () => undefined) }] } })],
  ['a null that reaches the root through a list', '{ text allItems { mustText } }', (at) => ({ allItems: [{ mustText: at(1, nil) }] })],
  ['a null in place of an item', '{ mustItems { id } mustTexts texts }', (at) => ({ mustItems: [{}, at(1, nil)], mustTexts: [at(2, nil)], texts: [at(3, nil), 'b'] })],
  ['a null in place of a list', '{ item { allTexts } text }', (at) => ({ item: { allTexts: at(1, nil) } })],
  ['a null in a list of lists', '{ item { mustGrid } grid }', (at) => ({ item: { mustGrid: [[1], at(1, () => [2, null])] }, grid: [at(2, nil), [at(3, nil)]] })],
  ['a null in place of a union and within one', '{ item { mustEither { __typename } } either { ... on Stone { weight mustWeight } } }', (at) => ({ item: { mustEither: at(1, nil) }, either: { __typename: 'Stone', mustWeight: at(2, nil) } })],
  ['an error in one field beside good ones', '{ text item { id text } int }', (at) => ({ text: 'a', item: { id: 1, text: at(1, bad) }, int: 1 })],
  ['an error at the root', '{ a: text int }', (at) => ({ text: at(1, bad), int: 1 })],
  ['an error where no null may be', '{ item { must: mustText } text }', (at) => ({ item: { mustText: at(1, bad) }, text: 'a' })],
  ['an error that leaves no data', '{ text must: mustText }', (at) => ({ mustText: at(1, bad), text: 'a' })],
  ['an error with extensions', '{ text mustText }', (at) => ({ text: at(1, () => fail(withExtensions())), mustText: at(2, () => fail(withExtensions())) })],
  ['errors in lists', '{ list: texts items { t: text } grid }', (at) => ({ texts: ['a', at(1, bad), 'c'], items: [at(2, bad), { text: at(3, bad) }], grid: [[1, at(4, bad)], at(5, bad)] })],
  ['an error for a list', '{ texts grid item { allTexts } }', (at) => ({ texts: at(2, bad), grid: [at(1, bad)], item: { allTexts: at(3, bad) } })],
  ['several errors, in another order than they were asked for', '{ text int item { a: text b: text mustText } }', (at) => ({ text: at(3, bad), int: at(2, bad), item: { text: at(4, bad), mustText: at(1, () => 'a') } })],
  ['errors at places of several lines', '{\n  items {\n    text\n    ...F\n  }\n}\nfragment F on Item { t: text\n text }', (at) => ({ items: [{ text: at(1, bad) }] })],
  ['an error that is already somewhere', '{ text item { text } }', (at) => { const error = new GraphQLError('one', { path: ['else', 1] }); return { text: at(1, () => fail(error)), item: { text: at(2, () => fail(error)) } }; }],
  ['the same error twice', '{ text item { text } }', (at) => { const error = withExtensions(); return { text: at(1, () => fail(error)), item: { text: at(2, () => fail(error)) } }; }],
  ['errors of many at once', '{ text int item { text mustText } }', (at) => ({ text: at(1, () => fail(new AggregateError([new Error('a'), withExtensions()]))), item: { text: at(2, () => fail(new AggregateError([new Error('b')]))), mustText: at(3, () => fail(new AggregateError([new Error('c'), new Error('d')]))) } }), { isYogas: true }],
  ['errors of many at once, in lists', '{ texts mustTexts }', (at) => ({ texts: [at(1, () => fail(new AggregateError([new Error('a')], 'all')))], mustTexts: [at(2, () => fail(new AggregateError([new Error('a')], 'all')))] }), { isYogas: true }],
  ['a list where there is none', '{ item { allTexts } texts items { id } }', (at) => ({ item: { allTexts: at(1, () => 'text') }, texts: at(2, () => ({ length: 1, 0: 'a' })), items: at(3, () => 7) })],
  ['lists of another kind', '{ texts ints anys }', (at) => ({ texts: at(1, () => new Set(['a', 'b'])), ints: at(2, () => new Uint8Array([1, 2])), anys: at(3, () => new Map([['a', 1]])) })],
  ['a list that is generated', '{ texts items { text } }', (at) => ({ texts: at(1, function* () { yield 'a'; yield null; }), items: at(2, () => [{ text: 'a' }].values()) })],
  ['a list that breaks while it is generated', '{ texts int }', (at) => ({ texts: at(1, () => (function* () { yield 'a'; bad(); })()), int: 1 })],
  ['a failure at once beside others that come later', '{ int mustInt mustText }', (at) => ({ mustInt: at(1, bad), int: at(3, bad), mustText: at(2, nil) })],
  ['a list that fails while its items are on their way', '{ mustItems { id text } int }', (at) => ({ mustItems: [{ text: at(1, bad) }, at(2, nil)], int: 1 })],
  ['lists without any', '{ texts grid items { id } ints mustTexts }', (at) => ({ texts: at(1, () => []), grid: at(2, () => [[], [[]], null]), items: at(3, () => new Set()), ints: at(4, () => ''), mustTexts: [] })],
  ['lists of nulls and values', '{ texts ints flags: colours items { id } }', (at) => ({ texts: [at(3, () => 'c'), null, at(1, () => 'a'), undefined, ''], ints: at(2, () => [1, null]), colours: [1, at(4, () => false)], items: [null, at(5, () => ({ id: 1 }))] })],
];

const manners: Record<string, (later: Later) => Later> = {
  'at once': () => atOnce,
  later: (later) => later,
  'in turns': (later) => (rank, settle) => (rank % 2 ? later : atOnce)(rank, settle),
};

const plenty: Data = () => ({
  ...{ text: 'a', int: 1, flag: true, item: { text: 'b', int: 2, item: { id: 3, text: 'c' }, name: 'n', plain: 'p' } },
  items: [{ id: 1, text: 'd' }, { id: 2 }],
  nameds: [
    { is: 'Item', name: 'i', text: 't' },
    { is: 'Stone', name: 's', weight: 5, mustWeight: 6 },
  ],
  either: { __typename: 'Stone', weight: 7, name: 'e' },
});

// biome-ignore format: one case a line
const documents: readonly AskedInTurn[] = [
  ['aliases', '{ a: text b: text __proto__: int constructor: flag toString: text item { __proto__: text hasOwnProperty: int valueOf: id } }'],
  ['__typename everywhere', '{ __typename t: __typename item { __typename item { __typename } } items { __typename } nameds { __typename } either { __typename t: __typename } }'],
  ['a field twice', '{ item { text } item { int item { id } } item { item { text } text } items { id } ...F } fragment F on Query { items { text } }'],
  ['an alias twice', '{ x: item { text } x: item { id: int } }'],
  ['fragments', '{ ...Q ...Q } fragment Q on Query { item { ...I } items { ...I } } fragment I on Item { text ...N } fragment N on Named { name ... on Item { int } ... on Stone { weight } }'],
  ['fragments of strange names', '{ ...constructor ...__proto__ } fragment constructor on Query { text } fragment __proto__ on Query { int item { ...toString } } fragment toString on Item { text }'],
  ['inline fragments', '{ ... { text } ... on Query { item { ... on Named { name } ... on Either { __typename } ... { ... on Item { text } } } } }'],
  ['fragments of which some never apply', '{ nameds { ... on Item { text } ... on Stone { weight must: mustWeight } name } either { ... on Item { text } ... on Named { name } } }'],
  ['conditions that are fixed', '{ text @skip(if: true) int @include(if: true) item @include(if: true) { text @include(if: false) int } flag @skip(if: false) @include(if: false) }'],
  ['a selection of nothing', '{ text @skip(if: true) }'],
  ['selections of nothing', '{ item { text @skip(if: true) } items { id @include(if: false) } either { ... on Item { id } } }'],
  ['a condition', 'query ($on: Boolean!) { text @include(if: $on) int @skip(if: $on) item { text @skip(if: $on) item @include(if: $on) { id } } }', { on: true }, { on: false }, { on: true }],
  ['a condition of fragments', 'query ($on: Boolean!) { ...Q @include(if: $on) item { ... @skip(if: $on) { text int } id } } fragment Q on Query { item { text ...I @include(if: $on) } } fragment I on Item { item { id } }', { on: false }, { on: true }, { on: false }],
  ['conditions within conditions', 'query ($a: Boolean = true, $b: Boolean! = false) { item @include(if: $a) { text ... @include(if: $b) { int item @skip(if: $a) { id } } } nameds { ... on Item @include(if: $a) { text @skip(if: $b) } name } }', {}, { a: false }, { b: true }, { a: false, b: true }, { a: true, b: true }],
  ['conditions on merged fields', 'query ($a: Boolean!) { item @include(if: $a) { text } item @skip(if: $a) { int } item { id } }', { a: true }, { a: false }],
  ['introspection', getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true, schemaDescription: true })],
  ['introspection beside', '{ text __type(name: "Item") { kind fields { name type { ofType { name } } } } none: __type(name: "None") { name } }'],
];

// biome-ignore format: one case a line
const args: readonly AskedInTurn[] = [
  ['that are not given', '{ item { echo } items { echo } }'],
  ['by literal', '{ item { echo(number: 1, words: ["a", "b"], colour: RED, filter: { numbers: [1], filter: { text: null } }) b: echo(colour: BLUE, number: null, filter: null, words: null) } }'],
  ['coerced to lists', 'query ($w: [String!], $i: Int!) { item { echo(words: "a", filter: { numbers: 3 }) b: echo(words: $w, filter: { numbers: [$i] }) c: echo(filter: { numbers: [1, $i] }) } }', { w: 'x', i: 1 }, { w: ['x', 'y'], i: 2 }, { i: 3 }],
  ['by variable', 'query ($n: Int, $m: Int! = 5, $c: Colour, $f: Filter) { items { echo(number: $n, must: $m, colour: $c, filter: $f) } }', { n: 1 }, { n: null, c: 'GREEN' }, {}, { m: 9, f: { numbers: 4 } }, { f: null, c: null }, { f: { filter: { filter: {} } }, c: 'RED' }],
  ['by variable of a default', 'query ($n: Int = 3, $c: Colour = RED, $f: Filter = { numbers: 1 }) { item { echo(number: $n, colour: $c, filter: $f) } }', {}, { n: null, c: null, f: null }, { f: {} }],
  ['by variable within literals', 'query ($t: String, $n: [Int!], $c: Colour) { item { echo(words: ["a"], filter: { text: $t, numbers: $n, filter: { colour: $c } }) } }', {}, { t: null, n: null, c: null }, { t: 't', n: [1, 2], c: 'BLUE' }],
  ['of strange names', 'query ($toString: Int, $constructor: String) { item { echo(number: $toString, filter: { text: $constructor }) } }', {}, { toString: 1, constructor: 'c' }, { constructor: null }],
  ['null where none may be', 'query ($m: Int = 1) { item { text echo(must: $m) } items { echo(must: $m) id } }', { m: null }, { m: 2 }, {}],
  ['null where none may be, of a property', 'query ($m: Int = 1) { item { plain(number: $m) text } }', { m: null }, { m: 2 }],
  ['that cannot be frozen', '{ item { echo(odd: "bytes") } }'],
  ['that contain themselves', '{ item { echo(odd: "knot") } }'],
];

const then = (to: (value: unknown) => void) => Promise.resolve(1).then(to);

class Tower {
  readonly #floors = 3;
  #asked = 0;
  get int() {
    return this.#floors;
  }
  get texts() {
    return [`asked ${++this.#asked}`];
  }
  get text() {
    return Promise.resolve(`asked ${++this.#asked}`);
  }
  get colour(): never {
    return bad();
  }
  id() {
    return this.#floors;
  }
}

const told = (...[args, { root }, { fieldName }]: [object, { root: object }, GraphQLResolveInfo]) =>
  JSON.stringify([args, Object.keys(root), fieldName]);

// biome-ignore format: one case a line
const sources: readonly Case[] = [
  ['of functions', '{ text plain(number: 4) item { plain texts } }', () => ({ text: told, plain: told, item: { plain: told, texts: () => ['a'] } })],
  ['of functions that throw', '{ text item { text mustText } }', () => ({ text: bad, item: { text: bad, mustText: () => fail(withExtensions()) } })],
  ['of an instance', '{ item { int id } }', () => ({ item: new Tower() })],
  ['of a getter that must not be asked twice', '{ item { texts a: text } }', () => ({ item: new Tower() })],
  ['of a getter that throws', '{ text item { int colour } items { id colour } }', () => ({ text: 'a', item: new Tower(), items: [new Tower()] })],
  ['of an object without prototype', '{ item { text int } }', () => ({ item: withoutPrototype({ text: 'a' }) })],
  ['of a function', '{ item { text length } }', () => ({ item: () => Object.assign(() => {}, { text: 'a' }) })],
  ['of a text', '{ item { length text } items { length } }', () => ({ item: 'abc', items: ['ab', 3, true] })],
  ['of a text that lacks what may not be null', '{ item { item { id mustText } } }', () => ({ item: { item: 'abc' } })],
  ['of a text that tells its type', '{ item { named { __typename name ... on Stone { mustWeight } } } }', () => ({ item: { named: 'Stone' } })],
  ['of a list', '{ item { length text } }', () => ({ item: [1, 2] })],
  ['of what is like a promise', '{ item { text int } }', () => ({ item: { text: { then }, int: { then } } })],
  ['of a function that is like a promise', '{ item { text } }', () => ({ item: { text: () => Object.assign(() => {}, { then }) } })],
  ['of a scalar that breaks', '{ any item { any mustAny } }', () => ({ any: { breaksWith: new Error('a') }, item: { any: { breaksWith: Object.assign(new Error('b'), { extensions: { code: 'B' } }) }, mustAny: { breaksWith: new Error('c') } } })],
  ['of a scalar that breaks with what is not meant for clients', '{ any item { any } }', () => ({ any: { breaksWith: withExtensions() }, item: { any: { breaksWith: withExtensions() } } }), { isYogas: true }],
  ['of no root', '{ text bare }', () => ({ text: 'a' })],
  ['of no root where no null may be', '{ text mustBare }', () => ({ text: 'a' })],
  ['of a type told by name', '{ named { __typename name } nameds { ... on Item { text } ... on Stone { weight } } }', () => ({ named: { is: 'Stone', name: 'a' }, nameds: [{ is: 'Stone', weight: 1 }, { is: 'Item', text: 't' }, { is: () => 'Stone' }] })],
  ['of a type told by a promise', '{ nameds { __typename name ... on Stone { mustWeight } } named { name } }', (later) => ({ nameds: [{ is: later(2, () => 'Item'), name: 'a' }, { is: later(1, () => 'Stone'), name: later(3, () => 'b'), mustWeight: 1 }], named: { is: later(4, bad) } })],
  ['of a type told by __typename', '{ either { __typename ... on Item { id } } eithers { ... on Stone { weight } ... on Named { name } } }', () => ({ either: { __typename: 'Item', id: 1 }, eithers: [{ __typename: 'Stone', weight: 2 }, null, { __typename: 'Item', name: 'n' }] })],
  ['of a type told by what throws', '{ named { name } nameds { name } text }', () => ({ named: { is: bad }, nameds: [{ is: 'Item' }, { is: () => fail(withExtensions()) }], text: 'a' })],
];

/** What cannot be told of in the same words: a type that is none; what was thrown though it is no error. */
// biome-ignore format: one case a line
const unspeakable: readonly Case[] = [
  ...[undefined, null, 'None', 'Other', 'Named', 'Any', '__proto__', 7, schema.getType('Item')].map(
    (is): Case => [`the type ${String(is)}`, '{ named { name } items { id named { name } } mustNamed: nameds { name } }', (later) => ({ named: { is }, nameds: [{ is }], items: [{ id: 1, named: later(1, () => ({ is: () => is })) }] })],
  ),
  ['no type', '{ either { ... on Item { id } } eithers { __typename } item { mustEither { __typename } } }', () => ({ either: {}, eithers: ['Item', { __typename: 'Other' }, { __typename: 1 }], item: { mustEither: {} } })],
  ...['text', 7, null, undefined, Symbol('s'), { message: 'm' }, {}].map(
    (one): Case => [`${String(one)}, thrown`, '{ text item { id must: mustText } texts }', (later) => ({ text: () => fail(one), item: { id: () => fail(one), mustText: later(1, () => fail(one)) }, texts: ['a', later(2, () => fail(one))] })],
  ),
];

describe('a field executed to text answers as both executors do', () => {
  const each = values.flatMap(([field, all]) => all.map((value) => [field, inspect(value), value] as const));
  it.each(each)('to %s, which is %s', async (field, _, value) => {
    const item = { [field]: value };
    const data: Data = (later) => ({
      ...item,
      item,
      items: [later(1, () => item), { [field]: later(2, () => value) }],
    });
    await expectSame(`{ ${field} item { ${field} } }`, data);
    await expectSame(`{ items { ${field} } }`, data);
  });

  describe.each(Object.keys(manners))('%s', (manner) => {
    it.each(faults)('to %s', (_, document, data, ask) =>
      expectSame(document, (later) => data(manners[manner]!(later)), ask),
    );
  });

  it.each(sources)('to properties %s', (_, document, data, ask) => expectSame(document, data, ask));

  it.each(documents)('to %s', (_, document, ...asked) => expectSameInTurn(document, asked));

  it.each(args)('to arguments %s', (_, document, ...asked) => expectSameInTurn(document, asked));

  it.each(unspeakable)('but for the words, to %s', (_, document, data, ask) =>
    expectSameBesidesWords(document, data, ask),
  );

  it.each([
    'query ($on: Boolean = true) { text int @include(if: $on) }',
    'query ($on: Boolean = true) { text items { id text @skip(if: $on) } }',
  ])('unless a condition is null, which is left to them: %s', async (text) => {
    const document = parsed(text);
    expect(await answer('joined', document, plenty, { variables: { on: null } })).toBe(leftToYoga);
    await expectSameInTurn(text, [{ on: true }, { on: false }, {}]);
  });

  it('to more conditions than are remembered', async () => {
    const names = [...'abcdefg'];
    const document = `query (${names.map((name) => `$${name}: Boolean!`)}) {
      text item { ${names.map((name) => `${name}: text @include(if: $${name})`).join(' ')} }
    }`;
    const masks = Array.from({ length: 2 ** names.length }, (_, mask) =>
      Object.fromEntries(names.map((name, bit) => [name, (mask & (2 ** bit)) !== 0])),
    );
    await expectSameInTurn(document, [...masks, ...masks.reverse()]);
  });

  it('to two who ask the same at once', async () => {
    const document = parsed('{ item { text item { id mustText } } either { ... on Named { name } } texts }');
    const of =
      (kind: string, rank: number): Data =>
      (later) => ({
        item: later(rank, () => ({
          text: later(9 - rank, () => kind),
          item: { id: later(5, () => kind), mustText: kind },
        })),
        either: later(4, () => ({ __typename: kind, name: later(rank, () => kind) })),
        texts: [later(rank, () => kind), kind, later(6, () => fail(new Error(kind)))],
      });
    const datas = [of('Item', 1), of('Stone', 7)];
    const answers = (by: Executor) => Promise.all(datas.map((data) => answer(by, document, data)));
    expect(await answers('joined')).toEqual(await answers('yoga'));
  });

  it('and hears of items that fail after their list has', async () => {
    // Neither reference does: what nobody hears of ends the process, and this run of tests.
    const data: Data = (later) => ({ mustTexts: [later(1, bad), null], int: later(2, () => 1) });
    const { data: answered } = JSON.parse(await answer('joined', parsed('{ mustTexts int }'), data));
    expect(answered).toEqual({ mustTexts: null, int: 1 });
  });

  it('to resolvers that spoil their arguments', () => {
    const spoil = 'number: 1, words: ["a"], filter: { numbers: [1], filter: {} }';
    const document = `query ($n: Int = 1) { items { a: spoil(${spoil}) b: spoil(number: $n, words: ["a"]) c: spoil } }`;
    return expectSameInTurn(document, [{}, {}, { n: 2 }]);
  });
});

describe('a resolver of a field executed to text', () => {
  const told = async (by: Executor, name: keyof GraphQLResolveInfo) => {
    const found: unknown[] = [];
    const note = (_: unknown, __: unknown, info: GraphQLResolveInfo) => {
      found.push(info[name]);
      return 'Item';
    };
    const document = parsed(`query Q($n: Int! = 1, $m: String!, $on: Boolean!) {
      t: text any item { ...F text @include(if: $on) plain(number: $n) } items { text texts }
      nameds { __typename ... on Item { echo(words: [$m]) text } }
    } fragment F on Item { text }`);
    const item = { text: note, plain: note, texts: (...of: Parameters<typeof note>) => [note(...of)] };
    const data: Data = () => ({
      ...item,
      any: note,
      item,
      items: [item, item],
      nameds: [{ is: note, ...item }, { is: note }],
    });
    await answer(by, document, data, { variables: { m: 'm', on: true } });
    return found;
  };

  it.each([
    ...(['fieldName', 'fieldNodes', 'returnType', 'parentType', 'path', 'schema', 'fragments'] as const),
    ...(['rootValue', 'operation', 'variableValues'] as const),
  ])('is told of its %s what graphql-js tells it', async (name) => {
    expect(await told('joined', name)).toEqual(await told('graphql', name));
  });
});
