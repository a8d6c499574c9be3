import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import type { RequestContext } from '../../src/graphql/request.ts';
import { ada, createNest } from './nest.ts';

const notPersonal =
  'a field that a workspace shares: expected it to read the scope only, but got a read of a personal property of the viewer';
const notOfAnybody = 'a PUBLIC field: expected the same value for every viewer, but got a read of the viewer';

/** Fields that read one thing of who asks: on the top, beneath, and beneath through an edge and a cached field. */
function peeking(read: (context: RequestContext) => unknown) {
  const peek = (_: unknown, __: unknown, context: RequestContext) => String(read(context));
  return createNest({
    typeDefs: /* GraphQL */ `
      extend type Query {
        shared: String @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
        everybodys: String @cache(category: POSTS, scope: PUBLIC)
        mine: String @cache(category: POSTS, scope: VIEWER, tags: ["Post"])
        uncached: String
      }
      extend type Campaign {
        dependent: String @dependsOn(tags: ["Campaign"])
        cached: String @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
      }
      extend type Post { edge: Campaign }
    `,
    resolvers: {
      Query: { shared: peek, everybodys: peek, mine: peek, uncached: peek },
      Campaign: { dependent: peek, cached: peek },
      Post: {
        edge(_: unknown, __: unknown, context: RequestContext) {
          peek(_, __, context);
          return null;
        },
      },
    },
  });
}

const personal = ['role', 'userId', 'makerId', 'tokenId', 'kind'] as const satisfies (keyof Viewer)[];
const scope = ['workspaceId', 'accountIds', 'timeZone', 'weekStartsOn'] as const satisfies (keyof Viewer)[];

describe.each(personal)('a field that a workspace shares and that reads the %s', (part) => {
  it('throws, and is not kept', async () => {
    const nest = peeking(({ viewer }) => viewer[part]);
    const { data, errors } = await nest.ask('{ shared }');
    expect(data).toEqual({ shared: null });
    expect(errors![0]!.message).toBe(notPersonal);
    expect(nest.cache.indexes().entries).toBe(0);
  });

  it.each([
    'campaigns { dependent }',
    'campaigns { cached }',
    'posts { nodes { edge { id } } }',
    'feed { ... on Campaign { dependent } }',
  ])('throws beneath one too: %s', async (selection) => {
    const nest = peeking(({ viewer }) => viewer[part]);
    nest.rows.addCampaign('camp_1');
    nest.rows.addPost('post_1');
    expect((await nest.ask(`{ ${selection} }`)).errors?.[0]?.message).toBe(notPersonal);
  });

  it('throws as well with the cache off', async () => {
    const nest = createNest({
      isCaching: false,
      typeDefs: 'extend type Campaign { dependent: String @dependsOn(tags: ["Campaign"]) }',
      resolvers: { Campaign: { dependent: (_: unknown, __: unknown, { viewer }: RequestContext) => viewer[part] } },
    });
    nest.rows.addCampaign('camp_1');
    expect((await nest.ask('{ campaigns { dependent } }')).errors?.[0]?.message).toBe(notPersonal);
  });
});

describe.each(scope)('a field that a workspace shares and that reads the %s', (part) => {
  it('may: its entry is apart for each', async () => {
    const nest = peeking(({ viewer }) => viewer[part]);
    const as = { ...ada, accountIds: ['acc_1'] };
    expect((await nest.ask('{ shared }', { as })).data).toEqual({ shared: String(as[part]) });
  });
});

describe('a field that everybody shares', () => {
  it.each([
    ['viewer', ({ viewer }: RequestContext) => viewer],
    ['workspace', ({ viewer }: RequestContext) => viewer.workspaceId],
    ['loaders, which read as the viewer may', ({ loaders }: RequestContext) => loaders.viewer],
  ] as const)('throws when it reads the %s, and is not kept', async (_, read) => {
    const nest = peeking(read);
    const { data, errors } = await nest.ask('{ everybodys }');
    expect(data).toEqual({ everybodys: null });
    expect(errors![0]!.message).toBe(notOfAnybody);
    expect(nest.cache.indexes().entries).toBe(0);
  });

  it('may read the database and the time', async () => {
    const nest = peeking(({ queries, now }) => `${typeof queries} ${now.toISOString()}`);
    expect((await nest.ask('{ everybodys }')).data).toEqual({ everybodys: 'object 2026-11-22T12:00:00.000Z' });
  });
});

describe("a member's own field, and one that nobody keeps", () => {
  it('may read all of who asks', async () => {
    const nest = peeking(({ viewer }) => `${viewer.role} ${viewer.userId} ${viewer.kind}`);
    expect((await nest.ask('{ mine uncached }')).data).toEqual({
      mine: 'OWNER user_ada MEMBER',
      uncached: 'OWNER user_ada MEMBER',
    });
  });
});
