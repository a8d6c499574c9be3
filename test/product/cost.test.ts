import {
  type GraphQLEnumType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  parse,
  validate,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { costOf } from '../../src/graphql/cost.ts';
import { listSizeOf } from '../../src/graphql/list-sizes.ts';
import { coerceVariables } from '../../src/graphql/variables.ts';
import { weightOf } from '../../src/graphql/weights.ts';
import { fieldsIn } from '../graphql/fields-in.ts';
import { argumentsOf, routesOf } from '../schema/routes.ts';
import type { Magpie, Session } from './magpie.ts';
import { pages } from './pages.ts';
import { Random } from './random.ts';
import { reads } from './reads.ts';
import { productSchema as schema } from './schema.ts';
import type { Stock } from './stock.ts';
import { startStocked } from './stocked.ts';
import { inputs } from './writes.ts';

let database: Database;
let magpie: Magpie;
let owner: Session;
let stock: Stock;
beforeAll(async () => {
  const limits = { maxCost: Number.MAX_SAFE_INTEGER, maxAliases: 10_000, maxTokens: 100_000 };
  ({ database, magpie, owner, stock } = await startStocked({ limits }));
});

/** What an operation is estimated to cost, and the fields that its answer has. */
async function measured(text: string, given: object = {}) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document)!;
  const { variables, errors } = coerceVariables(schema, operation.variableDefinitions ?? [], { ...given });
  expect(errors).toBeUndefined();
  const { json } = await magpie.ask(owner.token, text, given);
  expect(json.data).toBeDefined();
  const { cost } = costOf(schema, document, { operation, variables: variables! });
  return { estimate: cost, actual: fieldsIn(json.data), data: json.data };
}

const queryRoutes = routesOf(schema);
const lists = Object.values(schema.getTypeMap())
  .flatMap((type) => (isObjectType(type) && !type.name.startsWith('__') ? [type] : []))
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
  .filter(({ field }) => isListType(getNullableType(field.type)))
  .map((list) => ({
    ...list,
    coordinate: `${list.type.name}.${list.field.name}`,
    route: queryRoutes.get(list.type.name)!,
  }));
const ofQueries = lists.filter(({ route }) => route('').startsWith('{') || route('').startsWith(' {'));

/** All that can be selected of a type without arguments, so many levels deep. */
function selectionOf(type: GraphQLNamedType, levels: number): string {
  if (isAbstractType(type))
    return `__typename ${schema
      .getPossibleTypes(type)
      .map((one) => `... on ${one.name} { ${selectionOf(one, levels)} }`)
      .join(' ')}`;
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields())
    .filter((field) => !field.args.some(isRequiredArgument))
    .flatMap((field) => {
      const inner = getNamedType(field.type);
      if (isLeafType(inner)) return [`${type.name}_${field.name}: ${field.name}`];
      return levels > 0 ? [`${type.name}_${field.name}: ${field.name} { ${selectionOf(inner, levels - 1)} }`] : [];
    });
  return ['__typename', ...fields].join(' ');
}

const within = (type: GraphQLOutputType, levels = 1) => {
  const selection = selectionOf(getNamedType(type), levels);
  return selection === '' ? '' : ` { ${selection} }`;
};

/** The lengths of all lists of this name in an answer. */
function lengthsOf(name: string, value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap((item) => lengthsOf(name, item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name && Array.isArray(inner) ? [inner.length] : []),
    ...lengthsOf(name, inner),
  ]);
}

describe('the cost of an operation is no less than the fields of its answer:', () => {
  it('there are lists in many places', () => {
    expect(ofQueries.length).toBeGreaterThan(35);
  });

  it.each(ofQueries.map((list) => [list.coordinate, list] as const))('%s', async (_, { field, route }) => {
    const text = route(`${field.name}${argumentsOf(field)}${within(field.type)}`);
    const { estimate, actual, data } = await measured(text);
    expect(estimate).toBeGreaterThanOrEqual(actual);
    const lengths = lengthsOf(field.name, data);
    expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(listSizeOf(schema, field).assumedSize);
  });

  it.each(Object.entries({ ...reads, ...pages }))('the read %s', async (_, make) => {
    for (let seed = 1; seed <= 8; seed++) {
      const { document, variables } = make(new Random(seed), stock);
      const { estimate, actual } = await measured(document, variables);
      expect(estimate).toBeGreaterThanOrEqual(actual);
    }
  });

  it.each(Object.keys(inputs))('the mutation %s', async (mutation) => {
    const field = schema.getMutationType()!.getFields()[mutation]!;
    const text = `mutation ($input: ${field.args[0]!.type}) { ${mutation}(input: $input)${within(field.type, 2)} }`;
    const document = parse(text);
    const { cost } = costOf(schema, document, { operation: getOperationAST(document)!, variables: {} });
    for (let seed = 1; seed <= 3; seed++) {
      const input = inputs[mutation]!(new Random(seed), stock, new Date());
      const { json } = await magpie.ask(owner.token, text, { input });
      expect(cost).toBeGreaterThanOrEqual(fieldsIn(json.data));
    }
    await stock.refresh();
  });
});

describe('the cost of a page or a report is no less than the items that are loaded for it, whatever is selected:', () => {
  const sized = Object.values(schema.getTypeMap())
    .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : []))
    .filter(({ field }) => listSizeOf(schema, field).sizedFields.length > 0);

  it('there are pages and reports in many places', () => {
    expect(sized.length).toBeGreaterThan(10);
  });

  it.each(sized.map(({ type, field }) => [`${type.name}.${field.name}`, type, field] as const))(
    '%s',
    async (_, type, field) => {
      const [path] = listSizeOf(schema, field).sizedFields;
      const [list, ...inner] = path!.split('.').reverse();
      const items = inner.reduce(
        (within, name) => `{ ${name}${name === 'series' ? '(metrics: [VIEWS])' : ''} ${within} }`,
        `{ ${list} { __typename } }`,
      );
      const of = (selection: string) => queryRoutes.get(type.name)!(`${field.name}${argumentsOf(field)} ${selection}`);
      const { data } = await measured(of(items));
      const loaded = lengthsOf(list!, data).reduce((sum, length) => sum + length, 0);
      const { estimate } = await measured(of('{ __typename }'));
      expect(estimate).toBeGreaterThan(loaded);
    },
  );

  it('is stated for each field that measures a text', () => {
    const measuring = Object.values(schema.getTypeMap())
      .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []))
      .filter(({ type }) => getNamedType(type).name === 'TextLength');
    expect(measuring.map(({ name }) => name).sort()).toEqual(['length', 'lengths', 'textLengths']);
    for (const field of measuring) expect(weightOf(schema, field)).toBeGreaterThan(0);
  });
});

describe('a list is as long as its arguments say at most, also in what is estimated:', () => {
  const presets = (schema.getType('DateRangePreset') as GraphQLEnumType).getValues().map(({ name }) => name);
  const ranges = [
    ...presets.map((preset) => `{ preset: ${preset} }`),
    '{ between: { from: "2026-11-03", to: "2026-11-03" } }',
    '{ between: { from: "2026-09-01", to: "2026-12-09" } }',
  ];
  const counts = ['0', '1', '3', 'null'];
  const operations: [string, string, readonly string[]][] = [
    ['posts', '{ posts(first: $) { nodes { id } edges { cursor } } }', counts],
    ['conversations and messages', '{ inbox(first: 5) { nodes { messages(first: $) { nodes { id } } } } }', counts],
    ['top posts', '{ analytics { topPosts(limit: $) { value } } }', counts],
    ['hottest entries', '{ cacheStats { categories { hottest(first: $) { key } } } }', counts],
    ['invalidations', '{ cacheStats { recentInvalidations(first: $) { at } } }', counts],
    ['categories', '{ cacheStats { categories(only: $) { category } } }', ['[]', '[POSTS]', '[POSTS, AI]', 'null']],
    ['series', '{ analytics { series(metrics: $) { metric } } }', ['[]', '[VIEWS]', '[VIEWS, VIEWS, REACH]']],
    ['text lengths', '{ textLengths(text: "x", networks: $) { length } }', ['[]', '[X]', 'null']],
    ['entries', '{ calendar(range: { preset: THIS_MONTH }) { days { entries(first: $) { __typename } } } }', counts],
    ['days', '{ calendar(range: $) { days { date } } }', ranges],
    ['points', '{ analytics(range: $) { series(metrics: [VIEWS]) { points { date } } } }', ranges],
    [
      'points of campaigns',
      '{ campaigns { nodes { analytics(range: $) { series(metrics: [VIEWS]) { points { date } } } } } }',
      ranges,
    ],
  ];

  it.each(operations.flatMap(([name, text, values]) => values.map((value) => [name, value, text] as const)))(
    '%s: %s',
    async (_, value, text) => {
      const { estimate, actual } = await measured(text.replace('$', value));
      expect(estimate).toBeGreaterThanOrEqual(actual);
    },
  );
});

describe('a list of what there is very much of is as long as the schema says at most:', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const each = <T>(count: number, make: (id: string) => T) =>
    Array.from({ length: count }, (_, i) => make(`many${String(i).padStart(4, '0')}`));

  beforeAll(async () => {
    const { queries } = database;
    const { workspaceId, userId } = owner;
    await queries
      .insertInto('users')
      .values(each(600, (id) => ({ id: `user_${id}`, name: id, email: `${id}@example.com`, createdAt: at })))
      .execute();
    await queries
      .insertInto('memberships')
      .values(
        each(600, (id) => ({ workspaceId, userId: `user_${id}`, role: 'READER', accountIds: null, createdAt: at })),
      )
      .execute();
    await queries
      .insertInto('workspaces')
      .values(each(150, (id) => ({ id: `ws_${id}`, name: id, createdAt: at })))
      .execute();
    await queries
      .insertInto('memberships')
      .values(each(150, (id) => ({ workspaceId: `ws_${id}`, userId, role: 'READER', accountIds: null, createdAt: at })))
      .execute();
    await queries
      .insertInto('tokens')
      .values(
        each(150, (id) => ({
          ...{
            id: `tok_${id}`,
            workspaceId,
            kind: 'API',
            hash: id,
            userId: null,
            makerId: owner.userId,
            role: 'READER',
            accountIds: null,
            name: id,
          },
          ...{ createdAt: at, expiresAt: null, lastUsedAt: null },
        })),
      )
      .execute();
    await queries
      .insertInto('savedReplies')
      .values(each(600, (id) => ({ id: `reply_${id}`, workspaceId, title: id, body: id, createdAt: at })))
      .execute();
    magpie.engine.cache.clear();
  });

  it.each([
    ['members', '{ members { role } }', 500],
    ['API tokens', '{ apiTokens { id } }', 100],
    ['saved replies', '{ savedReplies { id } }', 500],
    ['memberships', '{ viewer { memberships { role } } }', 100],
  ])('%s', async (_, text, most) => {
    const { estimate, actual } = await measured(text);
    expect(actual).toBe(estimate);
    expect(actual - text.split('{').length + 2).toBe(most);
  });

  it('user errors', async () => {
    const accountIds = each(100, (id) => `acc_${id}`);
    const text =
      'mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { userErrors { code } membership { role } } }';
    const { json } = await magpie.ask(owner.token, text, { input: { userId: owner.userId, accountIds } });
    expect(json.data.updateMember.userErrors).toHaveLength(25);
  });
});
