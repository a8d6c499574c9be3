import { makeExecutableSchema } from '@graphql-tools/schema';
import { cacheDirectives, createGraphqlCache, type GraphqlCache } from '@magpie/graphql-cache';
import DataLoader from 'dataloader';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';

const typeDefs = `${cacheDirectives}
  type Query { shelf: Shelf @cache(category: "BOOKS", scope: PUBLIC, tags: ["Shelf"]) }
  type Mutation { rename(title: String!): String @invalidates(tags: ["Book:1"]) }
  type Shelf { id: ID! label: String @cache(category: "BOOKS", scope: WORKSPACE, tags: ["Book:1"]) }`;

describe('loaders that are created with `perStamp`', () => {
  it('do not answer a load that begins after a write with what was read before', async () => {
    let title = 'old';
    let reached = () => {};
    let open = () => {};
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    const loadersOf = (context: object): DataLoader<string, string> => perContext(context);
    const resolvers = {
      Query: {
        async shelf(_: unknown, __: unknown, context: object) {
          await loadersOf(context).load('1');
          reached();
          await isOpen;
          return { id: 'shelf' };
        },
      },
      Mutation: {
        rename(_: unknown, args: { title: string }) {
          title = args.title;
        },
      },
      Shelf: { label: (_: unknown, __: unknown, context: object) => loadersOf(context).load('1') },
    };
    const cached: GraphqlCache = createGraphqlCache({
      ...{ schema: makeExecutableSchema({ typeDefs, resolvers }), categories: { BOOKS: {} } },
      scopeOf: () => ({ namespace: 'one' }),
    });
    const perContext = cached.perStamp(() => new DataLoader(async (ids: readonly string[]) => ids.map(() => title)));
    const ask = async (text: string) => (await cached.execute({ document: parse(text), contextValue: {} })).data;

    const early = ask('{ shelf { label } }');
    await isReached;
    await ask('mutation { rename(title: "new") }');
    open();
    await early;
    expect(await ask('{ shelf { label } }')).toEqual({ shelf: { label: 'new' } });
  });

  it('are the same within a request while nothing is invalidated', async () => {
    const schema = makeExecutableSchema({ typeDefs, resolvers: { Shelf: { label: () => '' } } });
    const cached = createGraphqlCache({ schema, categories: { BOOKS: {} }, scopeOf: () => null });
    const loadersOf = cached.perStamp(() => ({}));
    const [one, other] = [{}, {}];
    const first = loadersOf(one);
    expect(loadersOf(one)).toBe(first);
    expect(loadersOf(other)).not.toBe(first);
    await cached.invalidate(['Book:1']);
    expect(loadersOf(one)).not.toBe(first);
  });
});
