import { idsIn, NodeTags } from '@magpie/graphql-cache/parts';
import { describe, expect, it } from 'vitest';
import { cachePorts } from '../../src/graphql/cache-ports.ts';
import { createNest, namingNodesAlone } from './nest.ts';

const ids = ['post_1', 'post_2', 'camp_1', 'tpl_1', 'user_1', 'unknown', 'odd_1'];

function tagsOf(invalidates: Readonly<Record<string, readonly string[]>>, held: readonly string[]): string[] {
  const typeDefs = Object.entries(invalidates).map(
    ([name, tags]) => `extend type Mutation {
      ${name}(id: ID!): Boolean! @access(role: EDITOR) @invalidates(tags: ${JSON.stringify(tags)})
    }`,
  );
  const Mutation = Object.fromEntries(Object.keys(invalidates).map((name) => [name, () => true]));
  const { plans } = createNest({ typeDefs: typeDefs.join('\n'), resolvers: { Mutation } });
  return [...new NodeTags(plans, cachePorts.nodes).of(ids, { namespace: 'ws', held })];
}

describe('what is held for nodes', () => {
  it('is the tag of each that a mutation may name', () => {
    expect(tagsOf({}, [])).toEqual(['ws/Post:post_1', 'ws/Post:post_2', 'ws/Campaign:camp_1', 'ws/Template:tpl_1']);
  });

  it('is the tag of the type where that is held and moves with each of them', () => {
    expect(tagsOf({}, ['ws/Post', 'ws/Campaign'])).toEqual(['ws/Post', 'ws/Campaign', 'ws/Template:tpl_1']);
  });

  it('is not the tag of a type that some mutation leaves alone when it names a node', () => {
    expect(tagsOf({}, ['ws/Template'])).toContain('ws/Template:tpl_1');
    expect(tagsOf({ touch: ['Post:{id}'] }, ['ws/Post'])).toContain('ws/Post:post_1');
    expect(tagsOf({ touch: ['Post:{id}', 'Post:all', 'Posts', 'Campaign'] }, ['ws/Post'])).toContain('ws/Post:post_1');
  });

  it('heeds mutations that may name any node', () => {
    expect(tagsOf({ touch: ['{id}:{id}'] }, ['ws/Post'])).toEqual(
      expect.arrayContaining(['ws/User:user_1', 'ws/Post:post_1']),
    );
  });

  it('does not change for tags of what hangs on a node', () => {
    expect(tagsOf({ touch: ['Post:{id}:metrics'] }, ['ws/Post'])).toContain('ws/Post');
  });

  it('is not the tag of the same type in another workspace', () => {
    expect(tagsOf({}, ['other/Post', 'Post'])).toContain('ws/Post:post_1');
  });
});

describe('ids in a value', () => {
  it('are all that stand under `id`, at whatever depth', () => {
    const value = { id: 'a', list: [{ id: 'b' }, [{ deep: { id: 'c' } }], null, 'd'], other: 'e', none: { id: 7 } };
    expect([...idsIn(value)]).toEqual(['a', 'b', 'c']);
    expect([...idsIn('a')]).toEqual([]);
  });
});

describe('an entry', () => {
  const tags = async (options: Parameters<typeof createNest>[0]) => {
    const nest = createNest(options);
    for (const n of [1, 2, 3]) nest.rows.addCampaign(`camp_${n}`);
    await nest.ask('{ campaigns { name } }', { isJoining: true });
    return nest.cache.indexes().tags;
  };

  it('of a list holds no tag for each of its nodes when the list moves with them', async () => {
    expect((await tags(namingNodesAlone)) - (await tags({}))).toBe(3);
  });
});
