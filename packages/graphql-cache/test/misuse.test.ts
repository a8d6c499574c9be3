import { makeExecutableSchema } from '@graphql-tools/schema';
import { cacheDirectives, createGraphqlCache, type GraphqlCacheOptions } from '@magpie/graphql-cache';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';

function cachedSchema(fields: string, options: Partial<GraphqlCacheOptions<unknown>> = {}, resolvers = {}) {
  const typeDefs = `${cacheDirectives} type Query { ${fields} } type Book { id: ID! title: String sequels: [Book] }`;
  const schema = makeExecutableSchema({ typeDefs, resolvers });
  return createGraphqlCache({ schema, categories: { BOOKS: {} }, ...options });
}

describe('a cache is refused when it is created, with the field and what was expected', () => {
  it.each<[string, string, string, object?]>([
    [
      'for a category without a policy',
      'books: [Book] @cache(category: "BOOK", scope: PUBLIC)',
      'Query.books: expected one of the categories BOOKS, but got "BOOK"',
    ],
    [
      'for a scope without `scopeOf`',
      'books: [Book] @cache(category: "BOOKS", scope: VIEWER)',
      'Query.books: expected `scopeOf`, because its scope is VIEWER, but got none',
    ],
    [
      'for a resolver of which nothing is known',
      'books: [Book] @cache(category: "BOOKS", scope: PUBLIC)',
      'Book.title: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither',
      { Book: { title: () => 'title' } },
    ],
    [
      'for a list of which nothing is known',
      'book: Book @cache(category: "BOOKS", scope: PUBLIC)',
      'Book.sequels: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither',
      { Book: { sequels: () => [] } },
    ],
    [
      'for ids that a resolver makes',
      'books: [Book] @cache(category: "BOOKS", scope: VIEWER)',
      'Book.id: expected the member "id" of the value, which tags are made of, but got a resolver',
      { Book: { id: () => '1' } },
    ],
    [
      'for a resolver of a connection that does not derive from its page',
      `books: BookConnection @cache(category: "BOOKS", scope: PUBLIC) }
       type BookConnection { nodes: [Book] pageInfo: String isRead: Boolean`,
      'BookConnection.isRead: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither',
      { BookConnection: { nodes: () => [], pageInfo: () => '', isRead: () => true } },
    ],
  ])('%s', (_, fields, message, resolvers = {}) => {
    expect(() => cachedSchema(fields, {}, resolvers)).toThrow(message);
  });

  it('for a schema that has a cache already', () => {
    const { schema } = cachedSchema('books: [Book]');
    expect(() => createGraphqlCache({ schema, categories: { BOOKS: {} } })).toThrow(
      'expected a schema without a cache, but got one that has one already',
    );
  });
});

describe('a node without an id', () => {
  it('is refused when it is loaded, because no tag could name it', async () => {
    const resolvers = { Query: { book: () => ({ title: 'nameless' }) } };
    const { execute } = cachedSchema('book: Book @cache(category: "BOOKS", scope: PUBLIC)', {}, resolvers);
    const { errors } = await execute({ document: parse('{ book { title } }') });
    expect(errors?.map(({ message }) => message)).toEqual([
      'Book: expected a value with an id, which tags are made of, but got { title: "nameless" }',
    ]);
  });
});

describe('a scope that others could be mistaken for', () => {
  it.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['a/b', '"a/b"'],
    ['*all', '"*all"'],
    ['public', 'another than "public"'],
    [undefined, 'undefined'],
  ])('is refused: %s', async (namespace, message) => {
    const { execute } = cachedSchema(
      'books: [Book] @cache(category: "BOOKS", scope: WORKSPACE)',
      { scopeOf: () => ({ namespace: namespace as string }) },
      { Query: { books: () => [] } },
    );
    await expect(execute({ document: parse('{ books { id } }') })).rejects.toThrow(message);
  });

  it('has keys of its own, whatever its parts are', async () => {
    let books = 0;
    const { execute } = cachedSchema(
      'count: Int @cache(category: "BOOKS", scope: VIEWER)',
      { scopeOf: (context) => context as never },
      { Query: { count: () => ++books } },
    );
    const scopes = [
      { namespace: 'n', visibility: 'x y', viewer: 'z' },
      { namespace: 'n', visibility: 'x', viewer: 'y z' },
      { namespace: 'n', visibility: 'x" "y', viewer: 'z' },
      { namespace: 'n', visibility: 'x', viewer: 'y" "z' },
      { namespace: 'm', visibility: 'x', viewer: 'z' },
    ];
    for (let round = 0; round < 2; round++)
      for (const [index, contextValue] of scopes.entries()) {
        const { data } = await execute({ document: parse('{ count }'), contextValue });
        expect(data).toEqual({ count: index + 1 });
      }
  });
});

describe('a change that no mutation made', () => {
  it('is reported by hand, by the tag of a node', async () => {
    let title = 'old';
    const cached = cachedSchema(
      'books: [Book] @cache(category: "BOOKS", scope: PUBLIC)',
      {},
      {
        Query: { books: () => [{ id: '1', title }] },
      },
    );
    const ask = async () => (await cached.execute({ document: parse('{ books { title } }') })).data;
    await ask();
    title = 'new';
    expect(await ask()).toEqual({ books: [{ title: 'old' }] });
    await cached.invalidate(['Book:1']);
    expect(await ask()).toEqual({ books: [{ title: 'new' }] });
  });
});

describe('a mutation', () => {
  const change = (isPublic: boolean) => {
    let title = 'old';
    const typeDefs = `${cacheDirectives}
      type Query { title: String @cache(category: "BOOKS", scope: ${isPublic ? 'PUBLIC' : 'WORKSPACE'}, tags: ["Title"]) }
      type Mutation { set(title: String!): String @invalidates(tags: ["Title"]) }`;
    const resolvers = {
      Query: { title: () => title },
      Mutation: {
        set(_: unknown, args: { title: string }) {
          title = args.title;
          return title;
        },
      },
    };
    const cached = createGraphqlCache<{ namespace: string } | null>({
      ...{ schema: makeExecutableSchema({ typeDefs, resolvers }), categories: { BOOKS: {} } },
      scopeOf: (context) => context,
    });
    return async (text: string, contextValue: { namespace: string } | null) =>
      (await cached.execute({ document: parse(text), contextValue })).data;
  };

  it.each([null, { namespace: 'a' }])('invalidates PUBLIC entries, whoever sends it: %o', async (context) => {
    const ask = change(true);
    expect(await ask('{ title }', { namespace: 'b' })).toEqual({ title: 'old' });
    await ask('mutation { set(title: "new") }', context);
    expect(await ask('{ title }', { namespace: 'b' })).toEqual({ title: 'new' });
  });

  it('invalidates entries of its own namespace alone', async () => {
    const ask = change(false);
    for (const namespace of ['a', 'b']) await ask('{ title }', { namespace });
    await ask('mutation { set(title: "new") }', { namespace: 'a' });
    expect(await ask('{ title }', { namespace: 'a' })).toEqual({ title: 'new' });
    expect(await ask('{ title }', { namespace: 'b' })).toEqual({ title: 'old' });
  });
});

describe('the namespace of a mutation whose tags read its result', () => {
  const typeDefs = `${cacheDirectives}
    type Query { book: Book @cache(category: "BOOKS", scope: WORKSPACE) genre: Book @cache(category: "BOOKS", scope: PUBLIC) }
    type Mutation { rename(how: String!): Book @invalidates(tags: ["Book:{result.id}"]) }
    type Book { id: ID title: String }`;

  const renamed: Record<string, (title: string) => unknown> = {
    'that throws': () => {
      throw new Error('the connection was lost');
    },
    'that returns an error': () => new Error('the connection was lost'),
    'whose result lacks what they read': (title) => ({ title }),
    'whose result is null': () => null,
  };

  function openLibrary(options: Partial<GraphqlCacheOptions<string>> = {}) {
    let title = 'old';
    const book = () => ({ id: '1', title });
    const resolvers = {
      Query: { book, genre: book },
      Mutation: {
        rename(_: unknown, { how }: { how: string }) {
          title = 'new';
          return renamed[how]!(title);
        },
      },
    };
    const cached = createGraphqlCache<string>({
      ...{ schema: makeExecutableSchema({ typeDefs, resolvers }), categories: { BOOKS: {} } },
      scopeOf: (namespace) => ({ namespace }),
      ...options,
    });
    const execute = (text: string, contextValue = 'a') => cached.execute({ document: parse(text), contextValue });
    const titles = async (namespace: string) => {
      const { book, genre } = (await execute('{ book { title } genre { title } }', namespace)).data as never;
      return [book, genre].map((one: { title: string }) => one.title);
    };
    return { cached, titles, rename: (how: string) => execute(`mutation { rename(how: "${how}") { title } }`) };
  }

  it.each(['that throws', 'that returns an error', 'whose result lacks what they read'])(
    'is invalidated as a whole, with PUBLIC entries and no other namespace, by one %s',
    async (how) => {
      const { titles, rename } = openLibrary();
      for (const namespace of ['a', 'b']) expect(await titles(namespace)).toEqual(['old', 'old']);
      await rename(how);
      expect(await titles('a')).toEqual(['new', 'new']);
      expect(await titles('b')).toEqual(['old', 'new']);
    },
  );

  it('is invalidated in other processes too', async () => {
    const other = openLibrary();
    const { rename } = openLibrary({ spread: (tags, cause) => other.cached.cache.apply(tags, cause) });
    await other.titles('a');
    await rename('that throws');
    await other.titles('a');
    expect(other.cached.cache.snapshot().categories[0]).toMatchObject({ hits: 0, misses: 4 });
  });

  it.each<[string, string, Partial<GraphqlCacheOptions<string>>]>([
    ['whose result is null, as nothing was changed', 'whose result is null', {}],
    [
      'that reports what it changed',
      'that throws',
      { beginWrite: (context) => ({ context, namespaces: [context], tags: ['Author'], wroteNothing: () => false }) },
    ],
  ])('is left alone by one %s', async (_, how, options) => {
    const { titles, rename } = openLibrary(options);
    await titles('a');
    await rename(how);
    expect(await titles('a')).toEqual(['old', 'old']);
  });
});

describe('a resolver that is replaced after the cache was created', () => {
  it.each([false, true])('hides nothing: its results are not kept as text, after queries: %s', async (isInUse) => {
    let title = 'old';
    const cached = cachedSchema(
      'book: Book @cache(category: "BOOKS", scope: PUBLIC)',
      {},
      { Query: { book: () => ({ id: '1', title }) } },
    );
    const book = cached.schema.getQueryType()!.getFields().book!;
    const { resolve } = book;
    if (isInUse) await cached.execute({ document: parse('{ book { title } }') });
    book.resolve = (source, args, context, info) => resolve!(source, args, context, { ...info });
    const ask = async () => (await cached.execute({ document: parse('{ book { title } }') })).data;
    expect(await ask()).toEqual({ book: { title: 'old' } });
    title = 'new';
    await cached.invalidate(['Book:1']);
    expect(await cached.executeToText({ document: parse('{ book { title } }') })).toBeUndefined();
  });
});
