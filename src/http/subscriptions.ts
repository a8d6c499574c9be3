import type { ExecutionResult } from 'graphql';
import type { Viewer } from '../domains/context.ts';
import { endable } from './endable.ts';
import { refusal } from './refusal.ts';
import type { Authenticate } from './use-authentication.ts';

interface Subscription {
  readonly token: string | null;
  readonly viewer: Viewer | null;
  /** The last event says why, if there is a reason that the client should know. */
  end(lastEvent?: ExecutionResult): void;
}

/** How many may be open at once, over whatever transport. */
export interface SubscriptionLimits {
  maxSubscriptions: number;
  maxSubscriptionsPerWorkspace: number;
  maxSubscriptionsPerToken: number;
}

/** The subscriptions that are open: each stands as long as its token gives the same viewer as when it began. */
export class Subscriptions {
  readonly #open = new Set<Subscription>();
  readonly #authenticate: Authenticate;
  readonly #limits: SubscriptionLimits;

  constructor({ authenticate, ...limits }: SubscriptionLimits & { authenticate: Authenticate }) {
    this.#authenticate = authenticate;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Throws when there are too many already. */
  add(
    events: AsyncIterable<ExecutionResult>,
    { token, viewer }: Pick<Subscription, 'token' | 'viewer'>,
  ): AsyncIterableIterator<ExecutionResult> {
    this.#refuseTooMany(viewer);
    const { iterator, end } = endable(events, () => this.#open.delete(subscription));
    const subscription: Subscription = { token, viewer, end };
    this.#open.add(subscription);
    return iterator;
  }

  /** Call it when tokens, roles or memberships may have changed. Ends what no longer stands. */
  async recheck(): Promise<void> {
    await Promise.all([...this.#open].map((subscription) => this.#recheck(subscription)));
  }

  /** The narrowest limit first: who has reached their own learns that it is theirs. */
  #refuseTooMany(viewer: Viewer | null): void {
    const { maxSubscriptions, maxSubscriptionsPerWorkspace, maxSubscriptionsPerToken } = this.#limits;
    const { tokenId, workspaceId } = viewer ?? {};
    const ofToken = this.#count((other) => other?.tokenId === tokenId);
    if (ofToken >= maxSubscriptionsPerToken) throw tooMany(maxSubscriptionsPerToken, 'of a token', 429);
    const ofWorkspace = this.#count((other) => other?.workspaceId === workspaceId);
    if (ofWorkspace >= maxSubscriptionsPerWorkspace) throw tooMany(maxSubscriptionsPerWorkspace, 'of a workspace', 429);
    if (this.#open.size >= maxSubscriptions) throw tooMany(maxSubscriptions, 'of all clients', 503);
  }

  #count(isCounted: (viewer: Viewer | null) => boolean): number {
    let count = 0;
    for (const { viewer } of this.#open) if (isCounted(viewer)) count += 1;
    return count;
  }

  endAll(): void {
    for (const subscription of this.#open) subscription.end();
  }

  async #recheck({ token, viewer, end }: Subscription): Promise<void> {
    if (token === null) return;
    const now = await this.#authenticate(token);
    if (JSON.stringify(now) === JSON.stringify(viewer)) return;
    end({
      errors: [
        refusal('What your token may has changed: subscribe again.', {
          status: 401,
          code: now ? 'ACCESS_CHANGED' : 'UNAUTHENTICATED',
        }),
      ],
    });
  }
}

function tooMany(max: number, whose: string, status: number) {
  return refusal(`Expected at most ${max} subscriptions ${whose} at once; end one, or try again later.`, {
    status,
    code: 'TOO_MANY_SUBSCRIPTIONS',
    headers: { 'Retry-After': '10' },
  });
}
