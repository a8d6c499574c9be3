import { describe, expect, it } from 'vitest';
import { type Bank, createRates, type Rate } from '../../examples/functions/rates.ts';
import { createGate } from '../setup/gates.ts';

/** A bank in memory, which counts how often it is read. */
function createBank() {
  const rates = new Map<string, Rate>([['EUR-USD', { pair: 'EUR-USD', rate: 1.1 }]]);
  let reads = 0;
  const bank: Bank = {
    async readRate(pair) {
      reads++;
      return rates.get(pair) ?? null;
    },
    async saveRate(rate) {
      rates.set(rate.pair, rate);
    },
  };
  return { bank, reads: () => reads };
}

describe('the example of plain functions', () => {
  it('reads a rate once', async () => {
    const { bank, reads } = createBank();
    const { rateOf } = createRates(bank);
    expect(await Promise.all([rateOf('EUR-USD'), rateOf('EUR-USD')])).toEqual(
      Array(2).fill({ pair: 'EUR-USD', rate: 1.1 }),
    );
    expect(await rateOf('GBP-USD')).toBeNull();
    expect(await rateOf('GBP-USD')).toBeNull();
    expect(reads()).toBe(2);
  });

  it('answers with a saved rate from the moment on that it is saved, whatever is being read', async () => {
    const { bank } = createBank();
    const gate = createGate<Rate>();
    const { rateOf, saveRate } = createRates({ ...bank, readRate: gate.load });
    const early = rateOf('EUR-USD');
    await saveRate({ pair: 'EUR-USD', rate: 1.2 });
    const later = rateOf('EUR-USD');
    gate.open({ pair: 'EUR-USD', rate: 1.1 });
    await Promise.all([early, later]);
    expect(gate.loads).toBe(2);
  });
});
