import { createHash } from 'node:crypto';
import type { SignInLimits } from '../../limits/limits.ts';
import { type CounterStore, createRateLimiter, type RateLimiter } from '../../limits/rate-limiter.ts';
import { rateLimited } from '../errors.ts';
import { LineFullError, WaitingLine } from './waiting-line.ts';

/** An attempt to sign in. */
export interface Attempt {
  readonly client: string;
  readonly email: string;
}

/** Concurrent checks of passwords. Each uses a thread of the pool that file operations and DNS lookups share. */
const atOnce = 2;
/** The approximate time in which a full line empties. */
const fullLineMs = 5_000;

/**
 * Limits the checks of passwords. An attempt counts as failed from its beginning until it has succeeded, so that concurrent
 * attempts cannot exceed the limits. Attempts of clients and for addresses with fewer failures are checked first.
 */
export class SignInGuard {
  /** In the order in which an attempt is counted. */
  readonly #limiters: readonly { readonly limiter: RateLimiter; keyOf(attempt: Attempt): string }[];
  readonly #line: WaitingLine;

  constructor(limits: SignInLimits, store?: CounterStore) {
    const limiter = (name: string, points: number) =>
      createRateLimiter(name, { points, seconds: limits.windowSeconds }, store);
    this.#limiters = [
      { limiter: limiter('sign-in-client', limits.maxFailuresPerClient), keyOf: ({ client }) => client },
      { limiter: limiter('sign-in', limits.maxFailures), keyOf: ({ client, email }) => digest(`${client} ${email}`) },
      { limiter: limiter('sign-in-email', limits.maxFailuresPerEmail), keyOf: ({ email }) => digest(email) },
    ];
    this.#line = new WaitingLine({ atOnce, maxWaiting: limits.maxWaiting });
  }

  /** Resolves with the result of `check`. Throws RATE_LIMITED, without calling it, if too many attempts have failed. */
  async attempt(attempt: Attempt, check: () => Promise<boolean>): Promise<boolean> {
    await this.#refuseWhereFull(attempt);
    const failures = await this.#count(attempt);
    try {
      const fits = await this.#line.run(failures, check);
      if (fits) await this.#giveBack(attempt);
      return fits;
    } catch (error) {
      await this.#giveBack(attempt); // no password was checked
      throw error instanceof LineFullError ? lineIsFull() : error;
    }
  }

  /** Counts an attempt. Returns the highest count of the limiters. */
  async #count(attempt: Attempt): Promise<number> {
    let most = 0;
    for (const [place, { limiter, keyOf }] of this.#limiters.entries()) {
      const taken = await limiter.take(keyOf(attempt));
      if ('retryAfterMs' in taken) {
        await this.#giveBack(attempt, place);
        throw rateLimited('Too many attempts to sign in have failed', taken.retryAfterMs);
      }
      most = Math.max(most, taken.used);
    }
    return most;
  }

  async #giveBack(attempt: Attempt, before = this.#limiters.length): Promise<void> {
    for (const { limiter, keyOf } of this.#limiters.slice(0, before)) await limiter.giveBack(keyOf(attempt));
  }

  /** Runs before the attempt is counted, so that a flood of attempts from many clients stores no counters. */
  async #refuseWhereFull(attempt: Attempt): Promise<void> {
    if (!this.#line.isFull) return;
    const used = await Promise.all(this.#limiters.map(({ limiter, keyOf }) => limiter.usedBy(keyOf(attempt))));
    if (this.#line.isClosedTo(Math.max(...used) + 1)) throw lineIsFull();
  }
}

function lineIsFull() {
  return rateLimited('Too many people are signing in', fullLineMs);
}

/** A short key that does not reveal the e-mail address. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
