import { normalizedExecutor } from '@graphql-tools/executor';
import { type ExecutionResult, execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { afterExecution } from '../../src/graphql/execution.ts';
import { ada, createNest } from './nest.ts';

/** One field of every shape, each of which answers with what the test says. */
function answering(answer: () => unknown) {
  return createNest({
    typeDefs: /* GraphQL */ `
      extend type Query {
        number: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        text: String @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        flag: Boolean @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        list: [Int] @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        strict: Strict @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        brief: String @cache(category: POSTS, scope: WORKSPACE, maxAge: 2, tags: ["Post"])
      }
      type Strict { id: ID! name: String! friend: Strict }
    `,
    resolvers: {
      Query: { number: answer, text: answer, flag: answer, list: answer, strict: answer, brief: answer },
    },
  });
}

describe('a value that is', () => {
  it.each([
    ['null', 'text', null],
    ['an empty text', 'text', ''],
    ['zero', 'number', 0],
    ['false', 'flag', false],
    ['an empty list', 'list', []],
    ['a list of null', 'list', [null]],
  ])('%s is kept as such', async (_, field, value) => {
    const nest = answering(() => value);
    for (let round = 0; round < 2; round++) expect((await nest.ask(`{ ${field} }`)).data).toEqual({ [field]: value });
    expect(nest.runs(`Query.${field}`)).toBe(1);
  });

  it('null is kept for the shorter time of its category', async () => {
    const nest = answering(() => null);
    await nest.ask('{ text }');
    nest.pass(9_999);
    await nest.ask('{ text }');
    expect(nest.runs('Query.text')).toBe(1);
    nest.pass(1);
    await nest.ask('{ text }');
    expect(nest.runs('Query.text')).toBe(2);
  });

  it('kept lives as long as its category says, and a field with `maxAge` as long as that', async () => {
    const nest = answering(() => 'value');
    await nest.ask('{ text brief }');
    nest.pass(1_999);
    await nest.ask('{ text brief }');
    expect(nest.runs('Query.brief')).toBe(1);
    nest.pass(1);
    await nest.ask('{ text brief }');
    expect([nest.runs('Query.text'), nest.runs('Query.brief')]).toEqual([1, 2]);
    nest.pass(28_000);
    await nest.ask('{ text }');
    expect(nest.runs('Query.text')).toBe(2);
  });
});

describe('an error', () => {
  it.each([
    ['thrown', () => Promise.reject(new Error('broken')), '{ text }', 'Query.text'],
    ['returned', () => new Error('broken'), '{ text }', 'Query.text'],
    ['of a value that does not fit its type', () => 'many', '{ number }', 'Query.number'],
    ['of a null where none may be', () => ({ id: '1', name: null }), '{ strict { name } }', 'Query.strict'],
    [
      'of such a null further down',
      () => ({ id: '1', friend: { id: '2' } }),
      '{ strict { friend { name } } }',
      'Query.strict',
    ],
    ['of a list that is none', () => 7, '{ list }', 'Query.list'],
  ])('is not kept: one %s', async (_, answer, document, coordinate) => {
    for (const isJoining of [false, true]) {
      const nest = answering(answer);
      for (let round = 1; round <= 2; round++) {
        expect((await nest.ask(document, { isJoining })).errors).toHaveLength(1);
        expect(nest.runs(coordinate)).toBe(round);
      }
    }
  });

  it('gives way to a value as soon as there is one', async () => {
    let isBroken = true;
    const nest = answering(() => {
      if (isBroken) throw new Error('broken');
      return 'fine';
    });
    expect((await nest.ask('{ text }')).errors).toHaveLength(1);
    isBroken = false;
    expect((await nest.ask('{ text }')).data.text).toBe('fine');
  });

  it('leaves other entries of the answer alone', async () => {
    const nest = answering(() => ({ id: '1', name: null }));
    for (let round = 0; round < 2; round++)
      expect((await nest.ask('{ postCount strict { name } }')).data).toEqual({ postCount: 0, strict: null });
    expect([nest.runs('Query.postCount'), nest.runs('Query.strict')]).toEqual([1, 2]);
  });

  it('is not kept when it comes in a later part of the answer', async () => {
    const nest = answering(() => ({ id: '1', name: 'fine' }));
    const contextValue = nest.contextFor(ada);
    contextValue.state.traces = new Map();
    await execute({ schema: nest.schema, document: parse('{ postCount strict { id } }'), contextValue });
    async function* inParts() {
      yield { data: { strict: { id: '1' } }, hasNext: true };
      yield { incremental: [{ path: ['strict'], errors: [{ path: ['strict', 'name'] }] }], hasNext: false };
    }
    const parts = afterExecution(nest.cache, contextValue, inParts() as never) as AsyncIterable<unknown>;
    const seen = [];
    for await (const part of parts) seen.push(part);
    expect(seen).toHaveLength(2);
    await nest.ask('{ postCount strict { id } }');
    expect([nest.runs('Query.postCount'), nest.runs('Query.strict')]).toEqual([1, 2]);
  });

  it('is gone from selections that did not meet it, too', async () => {
    let name: string | null = null;
    const nest = answering(() => ({ id: '1', name }));
    await nest.ask('{ strict { id } }');
    await nest.ask('{ strict { id name } }');
    name = 'fine';
    expect((await nest.ask('{ strict { id name } }')).data.strict.name).toBe('fine');
  });
});

describe('an error beneath a cached field', () => {
  /** An item whose fields are resolved beneath it, in each of the ways in which that can fail. */
  function failing(overrides: Record<string, () => unknown> = {}) {
    const fail = () => Promise.reject(new Error('broken'));
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query {
          item: Item @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
          items: [Item!] @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        }
        type Item {
          id: ID!
          name(length: Int! = 9): String
          count: Int @dependsOn(tags: ["Post"])
          must: Int! @dependsOn(tags: ["Post"])
          owner: Campaign
          mustOwner: Campaign!
          page(first: Int = 20): PostConnection @cache(category: MEDIA, scope: WORKSPACE, tags: ["Post"])
        }
      `,
      resolvers: {
        Query: {
          item: () => ({ id: 'item_1', name: 'fine' }),
          items: () => [{ id: 'item_1', name: 'fine' }],
        },
        Item: { count: fail, must: () => null, owner: fail, mustOwner: () => null, page: fail, ...overrides },
      },
    });
    return nest;
  }

  const unfit = { id: 'camp_1', name: null };
  it.each<[string, string, Record<string, () => unknown>?]>([
    ['thrown by a field that depends on tags', '{ item { count } }'],
    [
      'thrown at once',
      '{ item { count } }',
      {
        count: () => {
          throw new Error('broken');
        },
      },
    ],
    ['returned', '{ item { count } }', { count: () => new Error('broken') }],
    ['of a value that does not fit', '{ item { count } }', { count: () => 'many' }],
    ['of a null where none may be, which leaves nothing of its parent', '{ item { must } }'],
    ['thrown by an edge', '{ item { owner { name } } }'],
    ['of an edge that leads nowhere', '{ item { mustOwner { name } } }'],
    ['within the node that an edge leads to', '{ item { owner { name } } }', { owner: () => unfit }],
    ['in an item of a list', '{ items { owner { name } count } }'],
    ['thrown by a cached field', '{ item { page(first: -1) { nodes { id } } } }'],
    [
      'within the value of a cached field',
      '{ item { page { nodes { id text } } } }',
      { page: () => ({ nodes: [{ id: 'post_1' }] }) },
    ],
    ['of an argument', 'query ($length: Int) { item { name(length: $length) } }'],
  ])('forgets nothing that is healthy, and moves no clock: one %s', async (_, document, overrides) => {
    for (const isJoining of [false, true]) {
      const nest = failing(overrides);
      const field = document.includes('items') ? 'items' : 'item';
      await nest.ask(`{ ${field} { id } }`, { isJoining });
      const { stamp } = nest.cache;
      for (let round = 0; round < 3; round++)
        expect((await nest.ask(document, { isJoining, variables: { length: null } })).errors).not.toHaveLength(0);
      await nest.ask(`{ ${field} { id } }`, { isJoining });
      expect(nest.runs(`Query.${field}`)).toBe(1);
      expect(nest.cache.stamp).toBe(stamp);
    }
  });

  it.each([
    ['thrown by a field that depends on tags', '{ item { count } }', 'count'],
    ['thrown by an edge', '{ item { owner { name } } }', 'owner'],
    ['thrown by a cached field', '{ item { page { nodes { id } } } }', 'page'],
  ])('is told though it is an AggregateError of none: one %s', async (_, document, field) => {
    const nest = failing({ [field]: () => Promise.reject(new AggregateError([])) });
    for (const isJoining of [false, true]) {
      const contextValue = nest.contextFor(ada);
      const { data, errors } = isJoining
        ? await nest.ask(document, { isJoining })
        : ((await normalizedExecutor({
            schema: nest.schema,
            document: parse(document),
            contextValue,
          })) as ExecutionResult);
      expect(errors).toHaveLength(1);
      expect(data).toEqual({ item: { [field]: null } });
    }
  });

  it('forgets the value in which it is, and no other', async () => {
    let text: string | undefined;
    const nest = failing({ page: () => ({ nodes: [{ id: 'post_1', text }] }) });
    expect((await nest.ask('{ item { page { nodes { id text } } } }')).errors).toHaveLength(1);
    text = 'fine';
    expect((await nest.ask('{ item { page { nodes { id text } } } }')).errors).toBeUndefined();
    expect([nest.runs('Query.item'), nest.runs('Item.page')]).toEqual([1, 2]);
  });

  it('leaves what stands in for failed loads where it is', async () => {
    let isBroken = false;
    const answer = (value: unknown) => () => {
      if (isBroken) throw new Error('the database is down');
      return value;
    };
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query { item: Item @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) }
        type Item { id: ID! count: Int @dependsOn(tags: ["Post"]) }
      `,
      resolvers: { Query: { item: answer({ id: 'item_1' }) }, Item: { count: answer(1) } },
    });
    await nest.ask('{ item { id count } }');
    isBroken = true;
    nest.pass(31_000);
    for (let round = 0; round < 5; round++) {
      const { data, errors } = await nest.ask('{ item { id count } }');
      expect(data).toEqual({ item: { id: 'item_1', count: null } });
      expect(errors).toHaveLength(1);
      nest.pass(60_000);
    }
  });
});

describe('a hundred who ask at once', () => {
  it('share one load', async () => {
    const nest = createNest();
    nest.rows.addPost('post_1');
    const hold = nest.hold('Query.postCount');
    const all = Array.from({ length: 100 }, () => nest.ask('{ postCount }'));
    await hold.isReached;
    hold.open();
    expect(new Set((await Promise.all(all)).map(({ data }) => data.postCount))).toEqual(new Set([1]));
    expect(nest.runs('Query.postCount')).toBe(1);
    expect(nest.stats('POSTS')).toMatchObject({ misses: 100, loads: 1, coalesced: 99 });
  });

  it('share one failure, and nobody tries again by themselves', async () => {
    const nest = answering(() => Promise.reject(new Error('broken')));
    const all = await Promise.all(Array.from({ length: 100 }, () => nest.ask('{ text }')));
    expect(all.map(({ errors }) => errors?.map(({ message }) => message))).toEqual(all.map(() => ['broken']));
    expect(nest.runs('Query.text')).toBe(1);
  });

  it('stop waiting when the load takes too long', async () => {
    const nest = answering(() => new Promise(() => {}));
    const all = Array.from({ length: 100 }, () => nest.ask('{ text }'));
    await Promise.resolve();
    nest.pass(30_000);
    for (const { errors } of await Promise.all(all)) expect(errors).toHaveLength(1);
    expect(nest.runs('Query.text')).toBe(1);
  });
});

describe('an expired value', () => {
  it('stands in when its load fails, for ten minutes', async () => {
    let isBroken = false;
    const nest = answering(() => {
      if (isBroken) throw new Error('broken');
      return 'fine';
    });
    await nest.ask('{ text }');
    isBroken = true;
    nest.pass(31_000);
    expect((await nest.ask('{ text }')).data.text).toBe('fine');
    nest.pass(600_000);
    expect((await nest.ask('{ text }')).errors).toHaveLength(1);
  });

  it('does not stand in once it is untrue', async () => {
    let isBroken = false;
    const nest = answering(() => {
      if (isBroken) throw new Error('broken');
      return 'fine';
    });
    await nest.ask('{ text }');
    isBroken = true;
    nest.cache.invalidate(['ws_nest/Post']);
    expect((await nest.ask('{ text }')).errors).toHaveLength(1);
  });
});
