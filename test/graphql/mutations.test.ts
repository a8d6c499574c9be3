import { normalizedExecutor } from '@graphql-tools/executor';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { RequestContext } from '../../src/graphql/request.ts';
import { ada, createNest } from './nest.ts';

const rename =
  'mutation { renamePost(input: { id: "post_1", name: "renamed" }) { post { text } userErrors { message } } }';
const refusal = { __typename: 'InvalidInputError', code: 'INVALID', message: 'Not like that.', path: null };

type Rename = (input: { id: string; name: string }, context: RequestContext) => unknown;

/** A mutation of one's own in the place of `renamePost`, which declares `Post` and `Post:{input.id}`. */
function withRename(run: Rename) {
  const nest = createNest({
    resolvers: {
      Mutation: {
        renamePost: (_: unknown, { input }: { input: { id: string; name: string } }, context: RequestContext) =>
          run(input, context),
      },
    },
  });
  nest.rows.addPost('post_1', { text: 'first' });
  return nest;
}

/** Whether a read after the mutation is loaded anew. */
async function invalidates(run: Rename): Promise<boolean> {
  const nest = withRename(run);
  await nest.ask('{ post(id: "post_1") { text } }');
  await nest.ask(rename);
  await nest.ask('{ post(id: "post_1") { text } }');
  return nest.runs('Query.post') === 2;
}

describe('a mutation that changed nothing', () => {
  it.each<[string, Rename]>([
    ['that was refused before it ran', () => ({ userErrors: [refusal] })],
    [
      'that was refused and rolled back',
      (_, { changes }) => {
        changes.settle('rolledBack');
        return { userErrors: [refusal] };
      },
    ],
    [
      'that threw and rolled back',
      (_, { changes }) => {
        changes.settle('rolledBack');
        throw new Error('a constraint');
      },
    ],
    [
      'that rolled back after it reported',
      (_, { changes }) => {
        changes.add('Post', 'post_1');
        changes.settle('rolledBack');
        return { userErrors: [refusal] };
      },
    ],
  ])('leaves the cache as it is: one %s', async (_, run) => {
    expect(await invalidates(run)).toBe(false);
  });

  it('leaves it as it is: one that access refused', async () => {
    const nest = withRename(() => ({ userErrors: [] }));
    const { stamp } = nest.cache;
    await nest.ask(rename, { as: null });
    expect(nest.cache.stamp).toBe(stamp);
  });
});

describe('a mutation that may have changed something', () => {
  it.each<[string, Rename]>([
    [
      'that committed',
      (_, { changes }) => {
        changes.settle('committed');
        return { userErrors: [] };
      },
    ],
    [
      'that committed one step, and was refused in the next',
      (_, { changes }) => {
        changes.settle('committed');
        changes.settle('rolledBack');
        return { userErrors: [refusal] };
      },
    ],
    [
      'that threw after it committed',
      (_, { changes }) => {
        changes.settle('committed');
        throw new Error('too late');
      },
    ],
    [
      'of whose commit nobody knows',
      (_, { changes }) => {
        changes.settle('unknown');
        throw new Error('the connection was lost');
      },
    ],
    [
      'that threw without a word',
      () => {
        throw new Error('half way');
      },
    ],
    ['that says nothing of an outcome', () => ({ userErrors: [] })],
    [
      'that is repeated and finds its work done',
      (_, { changes }) => {
        changes.settle('committed');
        return { userErrors: [] };
      },
    ],
  ])('invalidates: one %s', async (_, run) => {
    expect(await invalidates(run)).toBe(true);
  });

  it('tells of an error that has no parts to be told', async () => {
    const nest = withRename(() => Promise.reject(new AggregateError([])));
    const document = parse(rename);
    const result = await normalizedExecutor({ schema: nest.schema, document, contextValue: nest.contextFor(ada) });
    expect(result).toMatchObject({ errors: [{ message: 'an AggregateError without errors' }] });
  });

  it('answers with its own error, not with that of the cache', async () => {
    const nest = withRename(() => {
      throw new Error('half way');
    });
    expect((await nest.ask(rename)).errors?.map(({ message }) => message)).toEqual(['half way']);
  });
});

describe("a mutation's answer", () => {
  it('shows its own effect', async () => {
    const nest = createNest();
    nest.rows.addPost('post_1', { text: 'first' });
    await nest.ask('{ posts { nodes { text } } }');
    const { data } = await nest.ask(rename);
    expect(data.renamePost).toEqual({ post: { text: 'renamed' }, userErrors: [] });
  });

  it('is given after its invalidation is in force', async () => {
    const nest = createNest();
    nest.rows.addPost('post_1', { text: 'first', campaignId: 'camp_1' });
    nest.rows.addCampaign('camp_1');
    const counts = '{ campaign(id: "camp_1") { postCount posts(first: 9) { nodes { id } } } }';
    await nest.ask(counts);
    const { data } = await nest.ask(
      'mutation { createPost(input: { text: "new", campaignId: "camp_1" }) { post { campaign { postCount posts(first: 9) { nodes { id } } } } } }',
    );
    expect(data.createPost.post.campaign).toEqual({
      postCount: 2,
      posts: { nodes: [{ id: 'post_1' }, { id: 'post_2' }] },
    });
  });

  it('reads with fresh loaders what the mutation had read before it wrote', async () => {
    const nest = createNest();
    nest.rows.templates.set('tpl_1', 'old');
    const { data } = await nest.ask(
      'mutation { renameTemplate(input: { id: "tpl_1", name: "new" }) { template { title } } }',
    );
    expect(data.renameTemplate.template).toEqual({ title: 'new' });
  });

  it('reads with fresh loaders also when the mutation was refused', async () => {
    const nest = createNest({
      resolvers: {
        Mutation: {
          async renameTemplate(_: unknown, { input }: { input: { id: string } }, { loaders, changes }: RequestContext) {
            await loaders.templates.template.load(input.id);
            nest.rows.templates.set(input.id, 'of a colleague');
            changes.settle('rolledBack');
            return { template: input, userErrors: [refusal] };
          },
        },
      },
    });
    nest.rows.templates.set('tpl_1', 'old');
    const { data } = await nest.ask(
      'mutation { renameTemplate(input: { id: "tpl_1", name: "new" }) { template { title } } }',
    );
    expect(data.renameTemplate.template).toEqual({ title: 'of a colleague' });
  });
});

describe('two mutations in one operation', () => {
  it('run one after the other, and the second sees what the first did', async () => {
    const nest = createNest();
    nest.rows.addCampaign('camp_1');
    const { data } = await nest.ask(/* GraphQL */ `
      mutation {
        one: createPost(input: { text: "a", campaignId: "camp_1" }) { post { campaign { postCount posts { nodes { id } } } } }
        two: createPost(input: { text: "b", campaignId: "camp_1" }) { post { campaign { postCount posts { nodes { id } } } } }
      }
    `);
    expect([data.one, data.two].map(({ post }) => [post.campaign.postCount, post.campaign.posts.nodes.length])).toEqual(
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  it('report their changes apart', async () => {
    const nest = createNest();
    nest.rows.addPost('post_1');
    const heard: unknown[] = [];
    nest.cache.onInvalidate((tags, cause) => heard.push([cause, ...tags]));
    await nest.ask('mutation { one: deletePosts two: deletePosts }');
    expect(heard).toEqual([
      ['deletePosts', 'ws_nest/Post', 'ws_nest/Post:post_1'],
      ['deletePosts', 'ws_nest/Post'],
    ]);
  });

  it('read with loaders of their own', async () => {
    const nest = createNest();
    nest.rows.templates.set('tpl_1', 'old');
    const { data } = await nest.ask(/* GraphQL */ `
      mutation {
        one: renameTemplate(input: { id: "tpl_1", name: "first" }) { template { title } }
        two: renameTemplate(input: { id: "tpl_1", name: "second" }) { template { title } }
      }
    `);
    expect([data.one.template.title, data.two.template.title]).toEqual(['first', 'second']);
  });
});

describe('loaders', () => {
  it('are the same within a request while nothing is invalidated', () => {
    const context = createNest().contextFor(ada);
    expect(context.loaders).toBe(context.loaders);
  });

  it('are fresh whenever anything was invalidated since', async () => {
    const nest = createNest();
    nest.rows.templates.set('tpl_1', 'old');
    const context = nest.contextFor(ada);
    expect(await context.loaders.templates.template.load('tpl_1')).toMatchObject({ title: 'old' });
    nest.rows.templates.set('tpl_1', 'new');
    nest.cache.invalidate(['ws_nest/Template:tpl_1']);
    expect(await context.loaders.templates.template.load('tpl_1')).toMatchObject({ title: 'new' });
  });

  it('do not carry an old row under a new stamp', async () => {
    const nest = createNest({
      typeDefs: /* GraphQL */ `
        extend type Query { slow: Slow }
        type Slow {
          id: ID!
          template: Template @cache(category: TEMPLATES, scope: WORKSPACE, tags: ["Template:tpl_1"])
        }
      `,
      resolvers: {
        Query: {
          slow: (_: unknown, __: unknown, { loaders }: RequestContext) => loaders.templates.template.load('tpl_1'),
        },
        Slow: {
          template: (_: unknown, __: unknown, { loaders }: RequestContext) => loaders.templates.template.load('tpl_1'),
        },
      },
    });
    nest.rows.templates.set('tpl_1', 'old');
    const hold = nest.hold('Query.slow');
    const slow = nest.ask('{ slow { template { title } } }');
    await hold.isReached;
    await nest.ask('mutation { renameTemplate(input: { id: "tpl_1", name: "new" }) { userErrors { message } } }');
    hold.open();
    await slow;
    expect((await nest.ask('{ slow { template { title } } }')).data.slow.template.title).toBe('new');
    expect(nest.runs('Slow.template')).toBe(1);
  });

  it('read nothing for who has not signed in', async () => {
    const { loaders } = createNest().contextFor(null);
    expect(() => loaders.templates).toThrow('Sign in first');
  });
});
