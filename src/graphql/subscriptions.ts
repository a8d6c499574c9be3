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
          follow(feed, context, {
            subjectsOf: (tags) => tags,
            async tell(waiting, push) {
              const tags = [...waiting];
              waiting.clear();
              for (const cacheInvalidated of splitInvalidation(clientInvalidationOf(tags)))
                await push({ cacheInvalidated });
            },
          }),
      },
      conversationUpdated: {
        subscribe: (_source: unknown, { id }: { id?: string | null }, context: RequestContext) =>
          follow(feed, context, {
            subjectsOf: (tags) => conversationsIn(tags).filter((changed) => id == null || changed === id),
            async tell(waiting, push) {
              const changed = waiting.values().next().value!;
              waiting.delete(changed);
              const conversationUpdated: ConversationRecord | null =
                await context.loaders.inbox.conversation.load(changed);
              if (conversationUpdated) await push({ conversationUpdated });
            },
          }),
      },
    },
  };
}

type Push = (event: object) => PromiseLike<unknown>;

interface Telling {
  /** What an invalidation gives to tell: tags or ids. */
  subjectsOf(tags: readonly string[]): readonly string[];
  /** Removes some or all of what waits, and pushes its present state. */
  tell(waiting: Set<string>, push: Push): Promise<void>;
}

/** Most that waits for a slow client before an invalidation that adds to it. Beyond it the subscription ends. */
const maxWaiting = 1_000;

/**
 * Tells of invalidations, with a new clock reading and new loaders each time. What is invalidated while the client has not read the
 * event before waits, each subject once.
 */
function follow(feed: InvalidationFeed, context: RequestContext, { subjectsOf, tell }: Telling): Repeater<object> {
  const { viewer } = context;
  return new Repeater(async (push, stop) => {
    const waiting = new Set<string>();
    let isTelling = false;
    const tellAll = async () => {
      isTelling = true;
      while (waiting.size > 0) {
        context.state.renew();
        await tell(waiting, push);
      }
      isTelling = false;
    };
    const end = feed.listen(viewer.workspaceId, {
      invalidated(tags) {
        if (changesCredential(tags, viewer)) return stop(accessChanged());
        const subjects = subjectsOf(visibleTags(tags, viewer.accountIds));
        if (subjects.length === 0) return;
        if (waiting.size >= maxWaiting) return stop(eventsMissed());
        for (const subject of subjects) waiting.add(subject);
        if (!isTelling) tellAll().catch(stop);
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

function conversationsIn(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => {
    const id = tag.split(':')[1];
    return id !== undefined && typeOfId(id) === 'Conversation' ? id : [];
  });
}
