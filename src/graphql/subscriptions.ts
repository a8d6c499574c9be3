import { Repeater } from '@repeaterjs/repeater';
import { GraphQLError } from 'graphql';
import { typeOfId } from '../domains/ids.ts';
import type { ConversationRecord } from '../domains/inbox/repository.ts';
import type { Viewer } from '../domains/scope.ts';
import { type ClientInvalidation, splitInvalidation } from './client-invalidation.ts';
import type { InvalidationFeed } from './invalidation-feed.ts';
import { visibleTags } from './reach.ts';
import type { RequestContext } from './request.ts';

interface SubscriptionSources {
  readonly feed: InvalidationFeed;
  readonly clientInvalidationOf: (tags: readonly string[]) => ClientInvalidation;
}

/**
 * The resolvers of subscriptions. A subscription follows the invalidations of its workspace that its viewer may see. It ends with
 * an error when its credential changes, or when it may have missed an invalidation.
 */
export function subscriptionResolvers({ feed, clientInvalidationOf }: SubscriptionSources) {
  return {
    Subscription: {
      cacheInvalidated: {
        subscribe: (_source: unknown, _args: unknown, context: RequestContext) =>
          follow(feed, context, async (tags, push) => {
            for (const cacheInvalidated of splitInvalidation(clientInvalidationOf(tags)))
              await push({ cacheInvalidated });
          }),
      },
      conversationUpdated: {
        subscribe: (_source: unknown, { id }: { id?: string | null }, context: RequestContext) =>
          follow(feed, context, async (tags, push) => {
            for (const changed of conversationsIn(tags)) {
              if (id != null && changed !== id) continue;
              const conversationUpdated: ConversationRecord | null =
                await context.loaders.inbox.conversation.load(changed);
              if (conversationUpdated) await push({ conversationUpdated });
            }
          }),
      },
    },
  };
}

type Push = (event: object) => PromiseLike<unknown>;

/** Most invalidations that wait for a slow client. Beyond it the subscription ends. */
const maxWaiting = 1_000;

/** Handles invalidations one after the other, each with a new clock reading and new loaders. */
function follow(
  feed: InvalidationFeed,
  context: RequestContext,
  handle: (tags: readonly string[], push: Push) => Promise<void>,
): Repeater<object> {
  const { viewer } = context;
  return new Repeater(async (push, stop) => {
    let handled: Promise<void> = Promise.resolve();
    let waiting = 0;
    const end = feed.listen(viewer.workspaceId, {
      invalidated(tags) {
        if (changesCredential(tags, viewer)) return stop(accessChanged());
        const visible = visibleTags(tags, viewer.accountIds);
        if (visible.length === 0) return;
        if (++waiting > maxWaiting) return stop(eventsMissed());
        handled = handled
          .then(() => {
            context.state.renew();
            return handle(visible, push);
          })
          .then(() => void waiting--)
          .catch(stop);
      },
      missed: () => stop(eventsMissed()),
    });
    try {
      await stop;
    } finally {
      end();
    }
  });
}

/**
 * Pushes what a source tells, whatever the workspace. Ends as `follow` does: when the credential changes, or may have changed, and
 * when more than `maxUnread` events wait.
 */
export function followSource<Event>(
  { feed, context, maxUnread }: { feed: InvalidationFeed; context: RequestContext; maxUnread: number },
  listen: (tell: (event: Event) => void) => () => void,
): Repeater<Event> {
  const { viewer } = context;
  return new Repeater(async (push, stop) => {
    let unread = 0;
    const ends = [
      feed.listen(viewer.workspaceId, {
        invalidated: (tags) => changesCredential(tags, viewer) && stop(accessChanged()),
        missed: () => stop(eventsMissed()),
      }),
      listen((event) => {
        if (++unread > maxUnread) return void stop(eventsMissed());
        Promise.resolve(push(event)).then(() => void unread--, stop);
      }),
    ];
    try {
      await stop;
    } finally {
      for (const end of ends) end();
    }
  });
}

/** The credential may still be valid; the edge checks it at the next request. */
function accessChanged() {
  return new GraphQLError('The permissions of your token have changed: subscribe again.', {
    extensions: { code: 'ACCESS_CHANGED' },
  });
}

function eventsMissed() {
  return new GraphQLError('Events may be missing: subscribe again, then refetch the displayed data.', {
    extensions: { code: 'EVENTS_MISSED' },
  });
}

function changesCredential(tags: readonly string[], { tokenId, userId, makerId }: Viewer): boolean {
  return tags.some((tag) => tag === `Token:${tokenId}` || tag === `Membership:${userId ?? makerId}`);
}

function conversationsIn(tags: readonly string[]): Set<string> {
  const ids = tags.map((tag) => tag.split(':')[1]).filter((id) => id !== undefined && typeOfId(id) === 'Conversation');
  return new Set(ids as string[]);
}
