const million = 1_000_000n;

interface Prices {
  readonly inputUsdPerMillion: string;
  readonly outputUsdPerMillion: string;
}

/** The cost of tokens in US dollars with six decimals, rounded half up. In integers, as floating point is not exact. */
export function costUsd(tokens: { inputTokens: number; outputTokens: number }, prices: Prices): string {
  const perMillion =
    BigInt(tokens.inputTokens) * microsOf(prices.inputUsdPerMillion) +
    BigInt(tokens.outputTokens) * microsOf(prices.outputUsdPerMillion);
  const micros = (perMillion + million / 2n) / million;
  return `${micros / million}.${String(micros % million).padStart(6, '0')}`;
}

/** A price in millionths of a dollar. */
function microsOf(price: string): bigint {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,6})0*)?$/.exec(price) ?? [];
  if (whole === undefined) throw new TypeError(`expected a price with at most six decimals, but got ${price}`);
  return BigInt(whole) * million + BigInt(fraction.padEnd(6, '0'));
}
