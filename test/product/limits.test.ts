import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { constraintsOf } from '../../src/graphql/constraints.ts';
import { argumentsOf, routesOf, sampleOf, selectionOf } from '../schema/routes.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';
import { Random } from './random.ts';
import { productSchema as schema } from './schema.ts';
import { Stock } from './stock.ts';
import { inputs } from './writes.ts';

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const routes = routesOf(schema);

let statements = 0;
let magpie: Magpie;
let owner: Session;
let stock: Stock;
beforeAll(async () => {
  const database = await createTestDatabase('postgres', {
    template: 'seeded',
    onStatement: () => {
      statements += 1;
    },
  });
  magpie = await startMagpie(database, { limits: { maxUploadBytes: 2 ** 24 } });
  owner = await signInAs(database, 'OWNER');
  stock = new Stock(database.queries, owner.workspaceId, new Random(1));
  await stock.refresh();
  await magpie.ask(owner.token, '{ workspace { id } }');
});

interface Place {
  readonly coordinate: string;
  readonly document: string;
  /** The variable that holds a value in this place, and enough else. */
  variable(value: unknown): unknown;
  readonly type: GraphQLInputType;
}

/** Every argument of a field, and every field of an input that an argument takes. */
function places(): Place[] {
  const found = new Map<string, Place>();
  for (const type of types)
    for (const field of fieldsOf(type))
      for (const arg of field.args) {
        const wrapped = routes.get(type.name)!(
          `${field.name}${argumentsOf(field, { [arg.name]: '$v' })}${selectionOf(field)}`,
        );
        const document = wrapped.replace(/^(\w*) /, (_, operation) => `${operation || 'query'} ($v: ${arg.type}) `);
        const add = (coordinate: string, type: GraphQLInputType, variable: Place['variable']) => {
          if (found.has(coordinate)) return;
          found.set(coordinate, { coordinate, document, variable, type });
          const named = getNamedType(type);
          if (!isInputObjectType(named)) return;
          for (const inner of Object.values(named.getFields()))
            add(`${named.name}.${inner.name}`, inner.type, (value) => {
              const holder = { ...(sampleOf(named) as object), [inner.name]: value };
              return variable(named.isOneOf ? { [inner.name]: value } : holder);
            });
        };
        add(`${type.name}.${field.name}(${arg.name}:)`, arg.type, (value) => value);
      }
  return [...found.values()];
}

function fieldsOf(type: GraphQLNamedType) {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

const all = places();
const constraints = new Map([...constraintsOf(schema).values()].map((one) => [one.items.at, one]));
const isList = ({ type }: Place) => isListType(getNullableType(type));

async function refusalOf(document: string, v: unknown) {
  const before = statements;
  const { json } = await magpie.ask(owner.token, document, { v });
  expect(json.data).toBeUndefined();
  expect(statements - before).toBe(0);
  return json.errors.map(({ message, extensions }: { message: string; extensions: { code: string } }) => ({
    message,
    code: extensions.code,
  }));
}

describe('a list that a request hands over', () => {
  it('is found everywhere', () => {
    expect(all.filter(isList).length).toBeGreaterThan(20);
    const stated = [...constraints.values()].filter(({ items }) => items.max !== Number.POSITIVE_INFINITY);
    expect(new Set(all.filter(isList).map(({ coordinate }) => coordinate))).toEqual(
      new Set(stated.map(({ items }) => items.at)),
    );
  });

  it.each(all.filter(isList).map((place) => [place.coordinate, place] as const))(
    'is refused before anything is executed when it is longer than its maximum: %s',
    async (coordinate, { document, variable, type }) => {
      const { max } = constraints.get(coordinate)!.items;
      const item = sampleOf((getNullableType(type) as { ofType: GraphQLInputType }).ofType);
      const errors = await refusalOf(document, variable(Array.from({ length: max + 1 }, () => item)));
      expect(errors).toEqual([
        {
          message: expect.stringContaining(`${coordinate}: expected at most ${max} items, but got ${max + 1} in $v`),
          code: 'BAD_USER_INPUT',
        },
      ]);
    },
  );
});

describe('a literal', () => {
  it.each([
    [
      'a list',
      `{ nodes(ids: [${'"x", '.repeat(101)}]) { id } }`,
      'Query.nodes(ids:): expected at most 100 items, but got 101.',
    ],
    [
      'a text',
      `{ posts(filter: { search: "${'x'.repeat(501)}" }) { totalCount } }`,
      'PostFilter.search: expected at most 500 characters, but got 501.',
    ],
  ])('is refused before anything is executed when it is longer than its maximum: %s', async (_, document, message) => {
    expect(await refusalOf(document, null)).toEqual([{ message, code: 'BAD_USER_INPUT' }]);
  });
});

/** A file comes by another kind of request. */
const isText = ({ coordinate, type }: Place) =>
  ['String', 'ID'].includes(getNamedType(type).name) && !coordinate.startsWith('UploadMediaInput.');

describe('a text that a request hands over', () => {
  it.each(all.filter(isText).map((place) => [place.coordinate, place] as const))(
    'is refused before anything is executed when it is longer than its maximum: %s',
    async (coordinate, place) => {
      const { max } = constraints.get(coordinate)!.length;
      const text = 'x'.repeat(max + 1);
      const errors = await refusalOf(place.document, place.variable(isList(place) ? [text] : text));
      expect(errors).toEqual([
        {
          message: expect.stringContaining(
            `${coordinate}: expected at most ${max} characters, but got ${max + 1} in $v`,
          ),
          code: 'BAD_USER_INPUT',
        },
      ]);
    },
  );

  const ofMutations = Object.entries(schema.getMutationType()!.getFields()).flatMap(
    ([
      mutation,
      {
        args: [input],
      },
    ]) => {
      const type = input && getNamedType(input.type);
      if (!isInputObjectType(type) || !(mutation in inputs)) return [];
      const texts = Object.values(type.getFields()).filter((field) => getNamedType(field.type).name === 'String');
      return texts.map((field) => ({
        mutation,
        type: type.name,
        field: field.name,
        isList: isListType(getNullableType(field.type)),
      }));
    },
  );

  it.each(ofMutations.map((text) => [`${text.mutation}: ${text.field}`, text] as const))(
    'is refused by its mutation when it is longer than what is kept: %s',
    async (_, { mutation, type, field, isList }) => {
      const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { path } } }`;
      const text = 'x'.repeat(150_000);
      for (let seed = 1; seed <= 40; seed++) {
        const input = { ...inputs[mutation]!(new Random(seed), stock, new Date()), [field]: isList ? [text] : text };
        const { json } = await magpie.ask(owner.token, document, { input });
        if (json.errors) {
          const [{ message, extensions }] = json.errors; // of the schema, which names the maximum
          expect([extensions.code, message]).toEqual(['BAD_USER_INPUT', expect.stringMatching(`${field}.*at most`)]);
          return;
        }
        const { userErrors } = json.data[mutation] as { userErrors: { path: string[] | null }[] };
        expect([seed, userErrors.length > 0]).toEqual([seed, true]);
        if (userErrors.some(({ path }) => path?.[1] === field)) return;
      }
      throw new Error(`${mutation}: expected a user error about ${field}, but got none`);
    },
  );
});
