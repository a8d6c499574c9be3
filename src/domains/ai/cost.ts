const million = 1_000_000n;

interface Prices {
  readonly inputUsdPerMillion: string;
  readonly outputUsdPerMillion: string;
}

/** What tokens cost in US dollars, six decimals, rounded half up. Exact: money is not for floating point. */
export function costUsd(tokens: { inputTokens: number; outputTokens: number }, prices: Prices): string {
  const perMillion =
    BigInt(tokens.inputTokens) * microsOf(prices.inputUsdPerMillion) +
    BigInt(tokens.outputTokens) * microsOf(prices.outputUsdPerMillion);
  const micros = (perMillion + million / 2n) / million;
  return `${micros / million}.${String(micros % million).padStart(6, '0')}`;
}

/** Millionths of a dollar; a price has six decimals at most. */
function microsOf(price: string): bigint {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,6})0*)?$/.exec(price) ?? [];
  if (whole === undefined) throw new TypeError(`expected a price with at most six decimals, but got ${price}`);
  return BigInt(whole) * million + BigInt(fraction.padEnd(6, '0'));
}
