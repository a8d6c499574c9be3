import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Viewer } from '../domains/scope.ts';
import { endable } from './endable.ts';
import { type PaceClock, paced, systemPace } from './event-pace.ts';
import { refusal } from './refusal.ts';
import type { Authenticate } from './use-authentication.ts';

/** The client of a subscription, and how to cut its transport. */
export interface Subscriber {
  readonly token: string | null;
  readonly viewer: Viewer | null;
  /** Whether it is sent events whatever happens, not only when something changes. */
  readonly isTimed?: boolean;
  /** Cuts the transport in a way that makes its client connect again. */
  breakOff?(): void;
}

interface Subscription extends Subscriber {
  end(rest: AsyncIterable<ExecutionResult>): void;
}

/** How many subscriptions may be open at once, over all transports together. */
export interface SubscriptionLimits {
  maxSubscriptions: number;
  maxSubscriptionsPerWorkspace: number;
  maxSubscriptionsPerToken: number;
}

export interface SubscriptionsOptions extends SubscriptionLimits {
  readonly authenticate: Authenticate;
  readonly clock?: PaceClock | undefined;
}

/**
 * Events that the subscriptions of a workspace send in a second together. Where there are more subscriptions, each sends one: a change
 * is told to all of them, so that a writer would cause many times the work of the write.
 */
const eventsPerSecond = 100;
/** Most subscriptions of a token that send events whatever happens: each is work every second, for as long as it is open. */
const maxTimedPerToken = 3;
/** Of the subscriptions of a workspace, so that nobody takes all of them with many sessions. */
const maxShareOfPerson = 0.5;
/** Time between a last event and the cut: clients discard what they have not read when a connection breaks. */
const readLastMs = 100;

/**
 * The open subscriptions of all transports. A subscription stays open as long as its token identifies the same viewer as when it
 * began. It completes when it has no more events, or when its token becomes invalid. It breaks off when its client is to subscribe
 * again: because the server stops, because the viewer's access changed, or because events may be missing.
 */
export class Subscriptions {
  readonly #open = new Set<Subscription>();
  readonly #authenticate: Authenticate;
  readonly #clock: PaceClock;
  readonly #limits: SubscriptionLimits;

  constructor({ authenticate, clock = systemPace, ...limits }: SubscriptionsOptions) {
    this.#authenticate = authenticate;
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Adds a subscription. Throws when a limit is reached. */
  add(events: AsyncIterable<ExecutionResult>, subscriber: Subscriber): AsyncIterableIterator<ExecutionResult> {
    this.#refuseTooMany(subscriber);
    const { iterator, end } = endable(this.#paced(events, subscriber), {
      onEnd: () => this.#open.delete(subscription),
      afterFailure: (error) => this.#afterFailure(subscriber, error as GraphQLError),
    });
    const subscription: Subscription = { ...subscriber, end };
    this.#open.add(subscription);
    return iterator;
  }

  /** Call it when tokens, roles or memberships may have changed. Ends the subscriptions whose viewer is no longer the same. */
  async recheck(): Promise<void> {
    await Promise.all([...this.#open].map((subscription) => this.#recheck(subscription)));
  }

  /** Breaks off all subscriptions, because the server stops: their clients connect again, to its successor. */
  breakOffAll(): void {
    for (const subscription of this.#open) subscription.end(broken(subscription));
  }

  /** Checks the narrowest limit first, so that the error names the client's own limit if that is reached. */
  #refuseTooMany({ viewer, isTimed }: Subscriber): void {
    const { maxSubscriptions, maxSubscriptionsPerWorkspace, maxSubscriptionsPerToken } = this.#limits;
    const { tokenId, workspaceId } = viewer ?? {};
    const timedOfToken = this.#count((other) => other.viewer?.tokenId === tokenId && other.isTimed === true);
    if (isTimed && timedOfToken >= maxTimedPerToken)
      throw tooMany(maxTimedPerToken, 'of a token that send events all the time', 429);
    const ofToken = this.#count((other) => other.viewer?.tokenId === tokenId);
    if (ofToken >= maxSubscriptionsPerToken) throw tooMany(maxSubscriptionsPerToken, 'of a token', 429);
    const maxOfPerson = Math.ceil(maxSubscriptionsPerWorkspace * maxShareOfPerson);
    const person = personOf(viewer);
    const ofPerson = this.#count(
      (other) => other.viewer?.workspaceId === workspaceId && personOf(other.viewer) === person,
    );
    if (person && ofPerson >= maxOfPerson) throw tooMany(maxOfPerson, 'of a person, with all their tokens,', 429);
    const ofWorkspace = this.#countOf(workspaceId);
    if (ofWorkspace >= maxSubscriptionsPerWorkspace) throw tooMany(maxSubscriptionsPerWorkspace, 'of a workspace', 429);
    if (this.#open.size >= maxSubscriptions) throw tooMany(maxSubscriptions, 'of all clients', 503);
  }

  #paced(events: AsyncIterable<ExecutionResult>, { viewer, isTimed }: Subscriber): AsyncIterable<ExecutionResult> {
    if (isTimed) return events;
    const intervalMs = () => Math.min(1_000, (1_000 * this.#countOf(viewer?.workspaceId)) / eventsPerSecond);
    return paced(events, { intervalMs, clock: this.#clock });
  }

  #countOf(workspaceId: string | undefined): number {
    return this.#count((other) => other.viewer?.workspaceId === workspaceId);
  }

  #count(isCounted: (other: Subscriber) => boolean): number {
    let count = 0;
    for (const other of this.#open) if (isCounted(other)) count += 1;
    return count;
  }

  async #recheck(subscription: Subscription): Promise<void> {
    const { token, viewer, end } = subscription;
    if (token === null) return;
    const now = await this.#authenticate(token);
    if (JSON.stringify(now) === JSON.stringify(viewer)) return;
    end(now ? broken(subscription, accessChanged()) : over(signedOut()));
  }

  /** The engine ends a subscription at once when its credential may have changed; the credential is checked only here. */
  async *#afterFailure(subscriber: Subscriber, error: GraphQLError): AsyncGenerator<ExecutionResult> {
    const code = error.extensions?.code;
    if (code === 'EVENTS_MISSED') yield* broken(subscriber, error);
    else if (code !== 'ACCESS_CHANGED' || subscriber.token === null) throw error;
    else if (await this.#isKnown(subscriber.token)) yield* broken(subscriber, error);
    else yield* over(signedOut());
  }

  /** Whether the token is valid. True when the check fails: the client finds out when it connects again. */
  async #isKnown(token: string): Promise<boolean> {
    try {
      return (await this.#authenticate(token)) !== null;
    } catch {
      return true;
    }
  }
}

/** The member whose token it is, or who made it. */
function personOf(viewer: Viewer | null): string | null {
  return viewer && (viewer.userId ?? viewer.makerId);
}

async function* over(reason: GraphQLError): AsyncGenerator<ExecutionResult> {
  yield { errors: [reason] };
}

async function* broken(
  { breakOff }: Pick<Subscriber, 'breakOff'>,
  reason?: GraphQLError,
): AsyncGenerator<ExecutionResult> {
  if (reason) {
    yield { errors: [reason] };
    await pause(readLastMs);
  }
  breakOff?.();
  throw new DOMException('The subscription was broken off by the server: subscribe again.', 'AbortError');
}

function accessChanged() {
  return refusal('The permissions of your token have changed: subscribe again.', {
    status: 401,
    code: 'ACCESS_CHANGED',
  });
}

function signedOut() {
  return refusal('Your token was revoked or has expired: sign in again.', { status: 401, code: 'UNAUTHENTICATED' });
}

function tooMany(max: number, whose: string, status: number) {
  return refusal(`Expected at most ${max} subscriptions ${whose} at once; end one, or try again later.`, {
    status,
    code: 'TOO_MANY_SUBSCRIPTIONS',
    headers: { 'Retry-After': '10' },
  });
}
