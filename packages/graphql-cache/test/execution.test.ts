import { normalizedExecutor } from '@graphql-tools/executor';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { cacheDirectives, createGraphqlCache } from '@magpie/graphql-cache';
import { defaultFieldResolver, type ExecutionArgs, execute, type GraphQLObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

async function* numbers(isFailing: boolean) {
  yield 1;
  yield Promise.resolve(2);
  if (isFailing) throw new Error('no more');
}

/** A schema in which nothing is cached, so that all is executed to text. */
function createSchema() {
  const schema = makeExecutableSchema({
    typeDefs: `${cacheDirectives}
      interface Shape { name: String }
      type Circle implements Shape { name: String radius: Int }
      type Square implements Shape { name: String }
      type Query { shape: Shape circle: Circle circles: [Circle] numbers: [Int!] failing: [Int] greeting: String root: String }`,
    resolvers: {
      Query: {
        shape: () => ({ name: 'a circle', radius: 1 }),
        circle: (root: { isSquare?: boolean } | undefined) => (root?.isSquare ? { name: 'a square' } : { radius: 2 }),
        circles: () => [{ radius: 3 }, { name: 'a square' }, Promise.resolve({ radius: 4 })],
        numbers: () => numbers(false),
        failing: () => numbers(true),
        root: (_: unknown, __: unknown, ___: unknown, { rootValue }: { rootValue: unknown }) =>
          JSON.stringify(rootValue),
      },
    },
  });
  const isCircle = (value: object) => 'radius' in value;
  (schema.getType('Circle') as GraphQLObjectType).isTypeOf = isCircle;
  (schema.getType('Square') as GraphQLObjectType).isTypeOf = async (value: object) => !isCircle(value);
  return schema;
}

describe('a query that is executed to text has the result of another executor', () => {
  it.each([
    ['isTypeOf of an interface', '{ shape { __typename name } }'],
    ['isTypeOf of an object type', '{ circle { radius } }'],
    ['a value of another type', '{ circle { radius } }', { isSquare: true }],
    ['values of another type in a list', '{ circles { radius } }'],
    ['an asynchronous iterable', '{ numbers }'],
    ['one that fails', '{ failing numbers }'],
    ['a root value', '{ root greeting }', { isSquare: true, greeting: () => 'hello' }],
    ['no root value', '{ root greeting }'],
  ])('with %s', async (_, text, rootValue?: object) => {
    const args = { document: parse(text), rootValue };
    const expected = await normalizedExecutor({ schema: createSchema(), ...args } as ExecutionArgs);
    const cached = createGraphqlCache({ schema: createSchema(), categories: { ANY: {} } });
    expect(await cached.executeToText(args)).toBeDefined();
    expect(JSON.stringify(await cached.execute(args))).toBe(JSON.stringify(expected));
  });
});

describe('a value that is an instance of a class', () => {
  const typeDefs = `${cacheDirectives}
    type Query { book: Book @cache(category: "BOOKS", scope: WORKSPACE) }
    type Book { id: ID! note: String author: Author }
    type Author { id: ID! name: String }`;

  /** A cache over a book, and a function that answers a reader's query. */
  function cacheBook(book: () => object, resolveNote?: typeof defaultFieldResolver) {
    const schema = makeExecutableSchema({ typeDefs, resolvers: { Query: { book } } });
    (schema.getType('Book') as GraphQLObjectType).getFields().note!.resolve = resolveNote;
    const cached = createGraphqlCache({
      ...{ schema, categories: { BOOKS: {} } },
      scopeOf: () => ({ namespace: 'library' }),
    });
    const ask = async (text: string, contextValue: object = {}) =>
      (await cached.execute({ document: parse(text), contextValue })).data?.book;
    return { cached, ask };
  }

  it.each([
    ['no resolver', undefined],
    ['the resolver that graphql-js has for it', defaultFieldResolver],
  ])('has its methods called for each request, in a field with %s', async (_, resolve) => {
    const notes: Record<string, string> = { ann: 'dull', bo: 'good' };
    class Book {
      readonly id = '1';
      note(_args: object, { reader }: { reader: string }) {
        return notes[reader];
      }
    }
    const { ask } = cacheBook(() => new Book(), resolve);
    const query = '{ book { note } }';
    expect(await ask(query, { reader: 'ann' })).toEqual({ note: 'dull' });
    expect(await ask(query, { reader: 'bo' })).toEqual({ note: 'good' });
    notes.ann = 'better than it seemed';
    expect(await ask(query, { reader: 'ann' })).toEqual({ note: 'better than it seemed' });
  });

  it('depends on the nodes that its getters return', async () => {
    let name = 'old';
    class Book {
      readonly id = '1';
      readonly #author = { id: '2', name };
      get author() {
        return this.#author;
      }
    }
    const { cached, ask } = cacheBook(() => new Book());
    const query = '{ book { author { name } } }';
    expect(await ask(query)).toEqual({ author: { name: 'old' } });
    name = 'new';
    await cached.invalidate(['Author:2'], { namespace: 'library' });
    expect(await ask(query)).toEqual({ author: { name: 'new' } });
  });
});

describe('an error that a resolver returns', () => {
  const down = () => new Error('the database is away');

  it.each<[string, (isDown: boolean) => unknown]>([
    ['instead of a value', (isDown) => (isDown ? down() : [[1, 2]])],
    ['instead of an item', (isDown) => [isDown ? down() : [1, 2]]],
    ['instead of an item of a list in a list', (isDown) => [[1, isDown ? down() : 2]]],
  ])('is not kept by a server that executes the schema itself: %s', async (_, numbersOf) => {
    let isDown = true;
    const { schema } = createGraphqlCache({
      categories: { NUMBERS: {} },
      schema: makeExecutableSchema({
        typeDefs: `${cacheDirectives} type Query { numbers: [[Int]] @cache(category: "NUMBERS", scope: PUBLIC) }`,
        resolvers: { Query: { numbers: () => numbersOf(isDown) } },
      }),
    });
    const ask = async () => await execute({ schema, document: parse('{ numbers }') });
    expect((await ask()).errors?.map(({ message }) => message)).toEqual(['the database is away']);
    isDown = false;
    expect(await ask()).toEqual({ data: { numbers: [[1, 2]] } });
  });
});
