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

/** The subscriptions that are open: each stands as long as its token gives the same viewer as when it began. */
export class Subscriptions {
  readonly #open = new Set<Subscription>();
  readonly #authenticate: Authenticate;
  readonly #max: number;

  constructor({ authenticate, maxSubscriptions }: { authenticate: Authenticate; maxSubscriptions: number }) {
    this.#authenticate = authenticate;
    this.#max = maxSubscriptions;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Throws when there are too many already. */
  add(
    events: AsyncIterable<ExecutionResult>,
    { token, viewer }: Pick<Subscription, 'token' | 'viewer'>,
  ): AsyncIterableIterator<ExecutionResult> {
    if (this.#open.size >= this.#max)
      throw refusal(`Expected at most ${this.#max} subscriptions at once; try again later.`, {
        status: 503,
        code: 'TOO_MANY_SUBSCRIPTIONS',
        headers: { 'Retry-After': '10' },
      });
    const { iterator, end } = endable(events, () => this.#open.delete(subscription));
    const subscription: Subscription = { token, viewer, end };
    this.#open.add(subscription);
    return iterator;
  }

  /** Call it when tokens, roles or memberships may have changed. Ends what no longer stands. */
  async recheck(): Promise<void> {
    await Promise.all([...this.#open].map((subscription) => this.#recheck(subscription)));
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
