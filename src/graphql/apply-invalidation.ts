import { isEngineTag } from '@magpie/cache';
import { categoryTag, namespaceTag } from '@magpie/cache/entries';
import { namespaced } from '@magpie/graphql-cache/parts';
import { everyTag, type Invalidation } from '../database/invalidation-log.ts';
import type { InvalidationFeed } from './invalidation-feed.ts';
import type { EngineCache } from './principals.ts';
import { isReachTag } from './reach.ts';

/** Whether an invalidation says what it changed, and does not stand for everything. */
export function namesTags({ workspaceId, tags }: Invalidation): boolean {
  return workspaceId !== null && !tags.includes(everyTag);
}

/**
 * Applies a row of the log. Where it names no tags, subscribers cannot be told what changed, and are told that events are missing.
 */
export function applyInvalidation(
  { workspaceId, tags, cause }: Invalidation,
  { cache, feed }: { cache: EngineCache; feed: InvalidationFeed },
): void {
  const by = cause ?? undefined;
  if (workspaceId === null) {
    cache.clear({}, by);
    feed.miss();
  } else if (tags.includes(everyTag)) {
    cache.clear({ namespace: workspaceId }, by);
    cache.clear({ categories: ['PRINCIPALS'] }, by); // principals have no namespace
    feed.miss(workspaceId);
  } else {
    const own = tags.filter((tag) => !isEngineTag(tag));
    cache.invalidate(
      own.map((tag) => namespaced(workspaceId, tag)),
      by,
    );
    cache.apply(tags.filter(isEngineTag), by);
  }
}

/**
 * The tags, as entries have them, that `applyInvalidation` invalidates: for values that other processes keep. No entry has a tag of
 * reach.
 */
export function entryTagsOf({ workspaceId, tags }: Invalidation, categories: readonly string[]): readonly string[] {
  if (workspaceId === null) return categories.map(categoryTag);
  if (tags.includes(everyTag)) return [namespaceTag(workspaceId)];
  return tags.filter((tag) => !isReachTag(tag)).map((tag) => (isEngineTag(tag) ? tag : namespaced(workspaceId, tag)));
}
