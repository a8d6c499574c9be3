import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createLibrary, LibraryData } from '../../../examples/library/library.ts';
import { apolloLibrary, bareLibrary, nodeLibrary, yogaLibrary } from '../../../examples/library/servers.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asks for
type Result = ExecutionResult<any>;
type Ask = (source: string, reader?: string | null) => Promise<Result>;

/** The servers of the example, each as a function that sends it an operation. */
const servers: Readonly<Record<string, (schema: GraphQLSchema) => Ask>> = {
  'graphql-js': (schema) => {
    const execute = bareLibrary(schema);
    return (source, reader = null) => execute(source, { reader });
  },
  'GraphQL Yoga': (schema) => {
    const yoga = yogaLibrary(schema);
    return async (source, reader = null) => {
      const response = await yoga.fetch('http://library/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(reader !== null && { reader }) },
        body: JSON.stringify({ query: source }),
      });
      return (await response.json()) as Result;
    };
  },
  'a server of Node': (schema) => {
    const server = nodeLibrary(schema).listen(0, '127.0.0.1').unref();
    const listening = once(server, 'listening');
    return async (source, reader = null) => {
      await listening;
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(reader !== null && { reader }) },
        body: JSON.stringify({ query: source }),
      });
      return (await response.json()) as Result;
    };
  },
  'Apollo Server': (schema) => {
    const apollo = apolloLibrary(schema);
    return async (source, reader = null) => {
      const { body } = await apollo.executeOperation({ query: source }, { contextValue: { reader } });
      if (body.kind !== 'single') throw new TypeError(`expected a single result, but got ${body.kind}`);
      return JSON.parse(JSON.stringify(body.singleResult));
    };
  },
};

function openLibrary(connect: (schema: GraphQLSchema) => Ask) {
  const data = new LibraryData();
  const reads: string[] = [];
  data.onRead = (what) => void reads.push(what);
  const ask = connect(createLibrary(data));
  /** What is read from the data for an operation. */
  const readsOf = async (...asked: Parameters<Ask>) => {
    reads.length = 0;
    await ask(...asked);
    return reads.slice();
  };
  const askFor = async (...asked: Parameters<Ask>) => {
    const { data: answer, errors } = await ask(...asked);
    expect(errors).toBeUndefined();
    return answer;
  };
  return { data, ask, askFor, readsOf };
}

describe.each(Object.entries(servers))('a library on %s', (_, connect) => {
  const catalogue = '{ books { title author { name } rating } }';

  it('reads nothing for a query that it answered before', async () => {
    const { askFor, readsOf } = openLibrary(connect);
    const first = await askFor(catalogue);
    expect(await readsOf(catalogue)).toEqual([]);
    expect(await askFor(catalogue)).toEqual(first);
  });

  it('reads no list again for another selection of it', async () => {
    const { readsOf } = openLibrary(connect);
    await readsOf(catalogue);
    expect(await readsOf('{ books { id title } }')).toEqual([]);
  });

  it.each([
    ['a book of a list', 'renameBook(id: 1, title: "Tehanu") { id }', '{ books { title } }', 'Tehanu'],
    ['a book', 'renameBook(id: 1, title: "Tehanu") { id }', '{ book(id: 1) { title } }', 'Tehanu'],
    ['a list', 'addBook(title: "New", genre: POETRY, authorId: 1) { id }', '{ books { title } }', 'New'],
    ['what an edge leads to', 'renameAuthor(id: 2, name: "Miller") { id }', '{ books { author { name } } }', 'Miller'],
    [
      'an edge further down',
      'renameBook(id: 2, title: "X") { id }',
      '{ book(id: 2) { author { books { title } } } }',
      'X',
    ],
    ['what hangs on a node', 'review(bookId: 1, stars: 4, text: "") { id }', '{ books { rating } }', '4'],
    [
      'a list of what hangs on it',
      'review(bookId: 1, stars: 4, text: "Fine") { id }',
      '{ book(id: 1) { reviews { text } } }',
      'Fine',
    ],
    [
      'one of a union',
      'renameAuthor(id: 1, name: "Urs") { id }',
      '{ search(word: "r") { ... on Author { name } } }',
      '"Urs"',
    ],
  ])('is never stale after a write: %s', async (_, mutation, query, expected) => {
    const { askFor } = openLibrary(connect);
    expect(JSON.stringify(await askFor(query))).not.toContain(expected);
    await askFor(`mutation { ${mutation} }`);
    expect(JSON.stringify(await askFor(query))).toContain(expected);
  });

  it('keeps what a write does not concern', async () => {
    const { askFor, readsOf } = openLibrary(connect);
    await askFor('{ book(id: 1) { title } genres }');
    await askFor('mutation { renameBook(id: 2, title: "X") { id } renameAuthor(id: 1, name: "X") { id } }');
    expect(await readsOf('{ book(id: 1) { title } genres }')).toEqual([]);
  });

  it('does not mistake a node for one of another type with the same id', async () => {
    const { askFor, readsOf } = openLibrary(connect);
    await askFor('{ book(id: 1) { title } }');
    await askFor('mutation { renameAuthor(id: 1, name: "X") { id } }');
    expect(await readsOf('{ book(id: 1) { title } }')).toEqual([]);
  });

  it('answers each reader with their own shelf', async () => {
    const { askFor } = openLibrary(connect);
    for (const [reader, bookId] of [
      ['ann', 1],
      ['bo', 2],
    ] as const)
      await askFor(`mutation { putOnShelf(bookId: ${bookId}) }`, reader);
    for (let round = 0; round < 2; round++) {
      expect((await askFor('{ shelf { title } }', 'ann')).shelf).toEqual([{ title: 'Earthsea' }]);
      expect((await askFor('{ shelf { title } }', 'bo')).shelf).toEqual([{ title: 'Curtain' }]);
      expect((await askFor('{ shelf { title } }')).shelf).toEqual([]);
    }
  });

  it('shares between readers what does not depend on them', async () => {
    const { askFor, readsOf } = openLibrary(connect);
    await askFor(catalogue, 'ann');
    expect(await readsOf(catalogue, 'bo')).toEqual([]);
    expect((await askFor('{ reader }', 'bo')).reader).toBe('bo');
  });

  it('does not keep what was read before a write that was acknowledged meanwhile', async () => {
    const { data, askFor } = openLibrary(connect);
    let reached = () => {};
    let open = () => {};
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    data.onRead = (what) => {
      if (what !== 'books') return;
      data.onRead = () => {};
      reached();
      return isOpen;
    };
    const early = askFor('{ books { title } }');
    await isReached;
    await askFor('mutation { renameBook(id: 1, title: "Tehanu") { id } }');
    const late = askFor('{ books { title } }');
    open();
    await early;
    expect((await late).books[0].title).toBe('Tehanu');
    expect((await askFor('{ books { title } }')).books[0].title).toBe('Tehanu');
  });

  it('reports errors as the server does', async () => {
    const { ask } = openLibrary(connect);
    const { data, errors } = await ask('mutation { putOnShelf(bookId: 1) }');
    expect(data).toBeNull();
    expect(errors?.map(({ path }) => path)).toEqual([['putOnShelf']]);
  });

  it('invalidates also for a mutation that fails', async () => {
    const { data, ask, askFor } = openLibrary(connect);
    await askFor('{ shelf { title } }', 'ann');
    data.shelves.get = () => {
      data.shelves.set('ann', ['2']);
      throw new Error('the connection was lost');
    };
    expect((await ask('mutation { putOnShelf(bookId: 2) }', 'ann')).errors).toHaveLength(1);
    Reflect.deleteProperty(data.shelves, 'get');
    expect((await askFor('{ shelf { title } }', 'ann')).shelf).toEqual([{ title: 'Curtain' }]);
  });
});
