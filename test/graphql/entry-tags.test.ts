import { EntryCache } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import type { Invalidation } from '../../src/database/invalidation-log.ts';
import { applyInvalidation, entryTagsOf } from '../../src/graphql/apply-invalidation.ts';
import { InvalidationFeed } from '../../src/graphql/invalidation-feed.ts';
import { type EngineCache, principalPolicy } from '../../src/graphql/principals.ts';

describe('the tags of a row of the log', () => {
  it.each<[string, Invalidation]>([
    ['everything', { workspaceId: null, tags: [], cause: null }],
    ['a workspace', { workspaceId: 'ws_1', tags: ['*'], cause: null }],
    ['some data', { workspaceId: 'ws_1', tags: ['Post', 'Post:1'], cause: 'updatePost' }],
    ['a category of a workspace', { workspaceId: 'ws_1', tags: ['*category POSTS in ws_1'], cause: 'clearCache' }],
  ])('are those that are invalidated in memory by it: %s', (_, row) => {
    const policies = { POSTS: principalPolicy, MEDIA: principalPolicy, PRINCIPALS: principalPolicy };
    const cache = new EntryCache({ policies }) as unknown as EngineCache;
    const invalidated: string[] = [];
    cache.onInvalidate((tags) => invalidated.push(...tags));
    applyInvalidation(row, { cache, feed: new InvalidationFeed() });
    const ofPrincipals = '*category PRINCIPALS'; // they are not shared
    expect(entryTagsOf(row, ['POSTS', 'MEDIA'])).toEqual(invalidated.filter((tag) => tag !== ofPrincipals));
  });

  it('are not those of reach, on which no entry depends', () => {
    const row = { workspaceId: 'ws_1', tags: ['Post', 'Reach:post_1:acc_1'], cause: null };
    expect(entryTagsOf(row, [])).toEqual(['ws_1/Post']);
  });
});
