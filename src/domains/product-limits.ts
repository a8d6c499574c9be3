import type { SessionLimits, SignInLimits } from '../limits/limits.ts';
import type { CounterStore } from '../limits/rate-limiter.ts';
import { SignInGuard } from './viewer/sign-in-guard.ts';

/** What the operator allows. */
export interface ProductLimits {
  readonly signIns: SignInGuard;
  readonly sessions: SessionLimits;
}

/** With a store, failures are counted together with all processes that use it. */
export function createProductLimits(
  { signIns, sessions }: { signIns: SignInLimits; sessions: SessionLimits },
  store?: CounterStore,
): ProductLimits {
  return { signIns: new SignInGuard(signIns, store), sessions };
}
