import { describe, expect, it } from 'vitest';
import { mayAs } from '../../src/domains/viewer/authority.ts';
import { systemViewer } from '../../src/domains/viewer/credentials.ts';
import type { RequestContext } from '../../src/graphql/request.ts';
import { ada, bob, createNest, reader, robot } from './nest.ts';

const guarded = {
  typeDefs: /* GraphQL */ `
    extend type Query {
      budget: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: ADMIN)
      rates: [Int!] @cache(category: ACCOUNTS, scope: PUBLIC) @access(role: READER, audience: ANYONE)
      journal: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: READER, audience: SYSTEM)
    }
    extend type Mutation {
      prune: Boolean! @access(role: READER, audience: SYSTEM) @invalidates(tags: ["Post"])
    }
  `,
  resolvers: {
    Query: { budget: () => 900, rates: () => [1, 2], journal: () => 7 },
    Mutation: { prune: () => true },
  },
};
const system = systemViewer(ada.workspaceId, ada);
const codeOf = ({ errors }: { errors?: readonly { extensions?: Record<string, unknown> }[] | undefined }) =>
  errors?.[0]?.extensions?.code;

describe.each([
  ['executed', false],
  ['joined', true],
])('an answer from the cache, %s', (_, isJoining) => {
  it('is refused to a role that may not', async () => {
    const nest = createNest(guarded);
    for (let round = 0; round < 2; round++)
      expect((await nest.ask('{ budget }', { as: ada, isJoining })).data.budget).toBe(900);
    const refused = await nest.ask('{ budget }', { as: bob, isJoining });
    expect(refused.data).toEqual({ budget: null });
    expect(codeOf(refused)).toBe('FORBIDDEN');
    expect(refused.errors![0]!.message).toBe('Query.budget requires the role ADMIN, but yours is EDITOR.');
    expect(nest.runs('Query.budget')).toBe(1);
  });

  it('is refused to the same person in a lower role', async () => {
    const nest = createNest(guarded);
    for (let round = 0; round < 2; round++) await nest.ask('{ budget }', { isJoining });
    expect(codeOf(await nest.ask('{ budget }', { as: { ...ada, role: 'EDITOR' }, isJoining }))).toBe('FORBIDDEN');
  });

  it('is refused to who is confined to some accounts, unless it says what it is for them', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query {
          whole: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: READER, confinement: REFUSED)
          silent: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: READER)
          part: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: READER, confinement: WITHIN)
          same: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) @access(role: READER, confinement: SHARED)
        }
      `,
      resolvers: { Query: { whole: () => 1, silent: () => 1, part: () => 1, same: () => 1 } },
    });
    const query = '{ whole silent part same }';
    const confined = { ...ada, accountIds: ['acc_1'] };
    for (const as of [confined, ada, confined, ada]) {
      const { data, errors } = await nest.ask(query, { as, isJoining });
      if (as === ada) expect(data).toEqual({ whole: 1, silent: 1, part: 1, same: 1 });
      else {
        expect(data).toEqual({ whole: null, silent: null, part: 1, same: 1 });
        expect(errors!.map(({ message }) => message)).toEqual(
          ['whole', 'silent'].map(
            (field) => `Query.${field} requires access to all accounts, but you are confined to some.`,
          ),
        );
      }
    }
  });

  it('is refused to who has not signed in', async () => {
    const nest = createNest(guarded);
    for (let round = 0; round < 2; round++) await nest.ask('{ budget networks { id } }', { isJoining });
    const refused = await nest.ask('{ budget networks { id } }', { as: null, isJoining });
    expect(refused.data).toEqual({ budget: null, networks: null });
    expect(refused.errors!.map((error) => error.extensions?.code)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  it("of background work is refused to the workspace's owner", async () => {
    const nest = createNest(guarded);
    for (let round = 0; round < 2; round++)
      expect((await nest.ask('{ journal }', { as: system, isJoining })).data).toEqual({ journal: 7 });
    expect(codeOf(await nest.ask('{ journal }', { isJoining }))).toBe('FORBIDDEN');
  });

  it('that is for anyone, but leads to what is not, asks to sign in there', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query { shop: Shop @cache(category: ACCOUNTS, scope: PUBLIC) @access(role: READER, audience: ANYONE) }
        type Shop { id: ID! orders: Int @dependsOn(tags: ["Post"]) }
      `,
      resolvers: {
        Query: { shop: () => ({ id: 'shop' }) },
        Shop: { orders: (_: unknown, __: unknown, { viewer }: RequestContext) => viewer.workspaceId.length },
      },
    });
    for (const as of [ada, null]) expect((await nest.ask('{ shop { id } }', { as, isJoining })).errors).toBeUndefined();
    expect((await nest.ask('{ shop { orders } }', { isJoining })).data.shop.orders).toBe(7);
    expect(codeOf(await nest.ask('{ shop { orders } }', { as: null, isJoining }))).toBe('UNAUTHENTICATED');
  });

  it('that is for anyone is given to who has not signed in', async () => {
    const nest = createNest(guarded);
    for (const as of [ada, null, null])
      expect((await nest.ask('{ rates }', { as, isJoining })).data.rates).toEqual([1, 2]);
    expect(nest.runs('Query.rates')).toBe(1);
  });
});

describe('a mutation', () => {
  it('does not run for a role that may not', async () => {
    const nest = createNest();
    const refused = await nest.ask('mutation { renamePost(input: { id: "post_1", name: "x" }) { post { id } } }', {
      as: reader,
    });
    expect(codeOf(refused)).toBe('FORBIDDEN');
    expect(nest.runs('Mutation.renamePost')).toBe(0);
  });

  it('of background work does not run for anybody else', async () => {
    const nest = createNest(guarded);
    for (const as of [ada, robot]) expect(codeOf(await nest.ask('mutation { prune }', { as }))).toBe('FORBIDDEN');
    expect((await nest.ask('mutation { prune }', { as: system })).data).toEqual({ prune: true });
    expect(nest.runs('Mutation.prune')).toBe(1);
  });
});

describe('a root field that says nothing of access', () => {
  it('asks for a member', async () => {
    const nest = createNest();
    expect(codeOf(await nest.ask('{ uptime }', { as: null }))).toBe('UNAUTHENTICATED');
    expect((await nest.ask('{ uptime }', { as: reader })).data).toEqual({ uptime: 1 });
  });
});

describe('a role', () => {
  const roles = ['READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER'] as const;

  it('may what each lower one may, and nothing more', () => {
    for (const [rank, role] of roles.entries())
      expect(roles.filter((required) => mayAs(role, required))).toEqual(roles.slice(0, rank + 1));
  });
});
