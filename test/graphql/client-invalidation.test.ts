import { describe, expect, it } from 'vitest';
import { createClientInvalidation } from '../../src/graphql/client-invalidation.ts';
import { InvalidationFeed } from '../../src/graphql/invalidation-feed.ts';
import { createNest } from './nest.ts';

const forget = createClientInvalidation(createNest().plans);

describe('what a client must forget', () => {
  it.each([
    ['of a node: the node', ['Post:post_1'], [], ['post_1']],
    ['of what hangs on a node: the node', ['Campaign:camp_1:posts'], [], ['camp_1']],
    [
      'of a type: its name, and those of the types that show lists, counts and aggregates of it',
      ['Post'],
      ['FeedItem', 'Int', 'Node', 'Post', 'PostConnection', 'Report'],
      [],
    ],
    ['of a type that fewer fields depend on: fewer', ['Campaign'], ['Campaign', 'FeedItem', 'Node'], []],
    ['of a facet: its type, and those of the fields that depend on it', ['Calendar:2026-11'], ['Calendar'], []],
    [
      'of a mutation: each once, in order',
      ['Post:post_2', 'Campaign', 'Post:post_1', 'Post:post_2'],
      ['Campaign', 'FeedItem', 'Node'],
      ['post_1', 'post_2'],
    ],
    ['of what an argument put into a tag: its type', ['Post:{id} of mine'], ['Post'], []],
    ['of nothing: nothing', [], [], []],
  ])('%s', (_, tags, typeNames, nodeIds) => {
    expect(forget(tags)).toEqual({ typeNames, nodeIds });
  });

  it('names no type that everybody shares', () => {
    const shared = createClientInvalidation(
      createNest({
        typeDefs:
          'type Gallery { id: ID! } extend type Query { gallery: Gallery @cache(category: MEDIA, scope: PUBLIC, tags: ["Post"]) }',
      }).plans,
    );
    expect(shared(['Post']).typeNames).not.toContain('Gallery');
  });
});

describe('the feed of invalidations', () => {
  it('tells each workspace of its own, without their namespace, and nobody of the engine', () => {
    const feed = new InvalidationFeed();
    const heard: string[] = [];
    feed.listen('ws_1', { invalidated: (tags) => heard.push(`1 ${tags}`), missed: () => heard.push('1 missed') });
    feed.listen('ws_2', { invalidated: (tags) => heard.push(`2 ${tags}`), missed: () => heard.push('2 missed') });
    feed.publish([
      'ws_1/Post',
      'ws_2/Post:post_1',
      'ws_1/Post:post_2',
      '*key POSTS ws_1 Europe/Berlin Query.posts',
      '*namespace ws_1',
      'public/Network',
    ]);
    feed.publish(['ws_2/Campaign']);
    feed.miss();
    expect(heard).toEqual(['1 Post,Post:post_2', '2 Post:post_1', '2 Campaign', '1 missed', '2 missed']);
  });

  it('tells nobody who has stopped listening', () => {
    const feed = new InvalidationFeed();
    const heard: string[] = [];
    const end = feed.listen('ws_1', { invalidated: (tags) => heard.push(...tags), missed: () => heard.push('missed') });
    feed.publish(['ws_1/Post']);
    end();
    feed.publish(['ws_1/Campaign']);
    feed.miss();
    expect(heard).toEqual(['Post']);
  });
});
