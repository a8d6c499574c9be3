import { maxErrors } from '@magpie/graphql-cache/parts';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answer, type Data } from './executors.ts';
import { createNest } from './nest.ts';

const refuse = () => {
  throw new GraphQLError('no');
};

/** A document that counts how often its text is read: once for each location that is computed. */
function counted(text: string): { document: DocumentNode; reads: () => number } {
  const document = parse(text);
  let reads = 0;
  const get = () => {
    reads++;
    return text;
  };
  Object.defineProperty(document.loc!.source, 'body', { get });
  return { document, reads: () => reads };
}

/** The results of our execution and of graphql-js. */
async function both(text: string, data: Data) {
  const of = async (by: 'joined' | 'graphql') => JSON.parse(await answer(by, parse(text), data));
  return { joined: await of('joined'), graphql: await of('graphql') };
}

const items = (count: number, item: object) => Array.from({ length: count }, () => ({ is: 'Item', int: 1, ...item }));
const omitted = (count: number) => ({ message: `Too many errors: ${count} more are left out.` });

describe('an answer with more errors than it shows', () => {
  it.each<[string, string, Data]>([
    ['at once', '{ items { text int } }', () => ({ items: items(300, { text: refuse }) })],
    ['later', '{ items { text int } }', () => ({ items: items(300, { text: async () => refuse() }) })],
    ['of fields that must not be null', '{ items { mustText } }', () => ({ items: items(300, { mustText: refuse }) })],
    ['of items', '{ texts }', () => ({ texts: Array.from({ length: 300 }, () => new GraphQLError('no')) })],
  ])('has the first ones, one that counts the others, and the same data: %s', async (_, document, data) => {
    const { joined, graphql } = await both(document, data);
    expect(graphql.errors).toHaveLength(300);
    expect(joined.errors).toEqual([...graphql.errors.slice(0, maxErrors), omitted(200)]);
    expect(joined.data).toEqual(graphql.data);
  });

  it('has all of them while there are no more', async () => {
    const { joined, graphql } = await both('{ items { text } }', () => ({ items: items(maxErrors, { text: refuse }) }));
    expect(joined).toEqual(graphql);
  });

  it('counts the one that takes all data away', async () => {
    const { joined, graphql } = await both('{ items { text } mustInt }', () => ({
      ...{ items: items(300, { text: refuse }), mustInt: refuse },
    }));
    expect([graphql.data, joined.data]).toEqual([null, null]);
    expect(joined.errors.at(-1)).toEqual(omitted(201));
  });

  it.each([
    ['text', refuse],
    ['mustText', refuse],
    ['mustText', async () => refuse()],
  ])('computes locations of those alone that it may show: %s', async (field, resolve) => {
    const reads = async (count: number) => {
      const { document, reads } = counted(`{ items { ${field} } }`);
      await answer('joined', document, () => ({ items: items(count, { [field]: resolve }) }));
      return reads();
    };
    expect(await reads(6_000)).toBe(await reads(3_000));
  });
});

describe('a field whose error is left out', () => {
  it('is broken all the same, and not taken from memory without its error', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query {
          many: [Int]
          brokenWithin: Campaign @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        }
      `,
      resolvers: {
        Query: {
          many: () => Array.from({ length: maxErrors }, () => new GraphQLError('no')),
          brokenWithin: () => ({ id: 'camp_9', name: null }),
        },
      },
    });
    const joining = { isJoining: true };
    const first = await nest.ask('{ many brokenWithin { id name } }', joining);
    expect(first.data?.brokenWithin).toBeNull();
    const again = await nest.ask('{ brokenWithin { id name } }', joining);
    expect(again.errors).toEqual([expect.objectContaining({ path: ['brokenWithin', 'name'] })]);
  });
});
