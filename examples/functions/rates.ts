/** Wraps plain functions: the rates of a bank, read from its server once a minute at most. */
import { Cache } from '@magpie/cache';

export interface Rate {
  readonly pair: string;
  readonly rate: number;
}

/** Where rates come from. `null` for a pair that the bank does not have. */
export interface Bank {
  readRate(pair: string): Promise<Rate | null>;
  saveRate(rate: Rate): Promise<void>;
}

export function createRates(bank: Bank) {
  // #region cache
  const cache = new Cache({ policies: { rates: { ttlMs: 60_000, staleIfErrorMs: 600_000, nullTtlMs: 5_000 } } });

  const rateOf = cache.cached('rates', (pair: string) => bank.readRate(pair), {
    name: 'rateOf',
    tags: (pair) => [`Rate:${pair}`],
  });

  async function saveRate(rate: Rate): Promise<void> {
    await bank.saveRate(rate);
    cache.invalidate([`Rate:${rate.pair}`], 'saveRate'); // once it is saved
  }
  // #endregion

  return { rateOf, saveRate, cache };
}
