import type { ProductLimitSettings } from '../limits/limits.ts';
import type { CounterStore } from '../limits/rate-limiter.ts';
import { SignInGuard } from './viewer/sign-in-guard.ts';

/** What the operator allows, and what counts it. */
export interface ProductLimits extends Omit<ProductLimitSettings, 'signIns'> {
  readonly signIns: SignInGuard;
}

/** With a store, what is counted is counted together with all processes that use it. */
export function createProductLimits({ signIns, ...others }: ProductLimitSettings, store?: CounterStore): ProductLimits {
  return { signIns: new SignInGuard(signIns, store), ...others };
}
