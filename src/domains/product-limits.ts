import type { ProductLimitSettings } from '../limits/limits.ts';
import { type CounterStore, createRateLimiter, type RateLimiter } from '../limits/rate-limiter.ts';
import { SignInGuard } from './viewer/sign-in-guard.ts';

/** Changes of what all workspaces share, a minute. Each is read by all processes, and may clear a category. */
const maxOperatorChanges = 10;

/** The limits that the operator sets, with the counters of sign-ins and of changes by operators. */
export interface ProductLimits extends Omit<ProductLimitSettings, 'signIns'> {
  readonly signIns: SignInGuard;
  /** Of all workspaces together. */
  readonly operatorChanges: RateLimiter;
}

/** All processes that use the same `store` count together; without a store, a process counts alone. */
export function createProductLimits({ signIns, ...others }: ProductLimitSettings, store?: CounterStore): ProductLimits {
  const operatorChanges = createRateLimiter('operator', { points: maxOperatorChanges, seconds: 60 }, store);
  return { signIns: new SignInGuard(signIns, store), operatorChanges, ...others };
}
