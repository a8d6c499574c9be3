/** Random numbers that depend on the seed alone. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** An integer, inclusive of both ends. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Weights need not add up to 1. */
  pickWeighted<T>(items: readonly T[], weightOf: (item: T, index: number) => number): T;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** Standard normal. */
  normal(): number;
  /** Around `median`; `sigma` is the standard deviation of the logarithm. */
  lognormal(median: number, sigma: number): number;
  exponential(mean: number): number;
}

/** mulberry32 by Tommy Ettinger, with 32 bits of state. Only for demo content. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  // Box–Muller; 1 - x keeps the logarithm finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  return {
    next,
    integer,
    normal,
    chance: (probability) => next() < probability,
    pick: (items) => items[integer(0, items.length - 1)]!,
    pickWeighted(items, weightOf) {
      const weights = items.map(weightOf);
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0);
      for (const [index, item] of items.entries()) {
        left -= weights[index]!;
        if (left < 0) return item;
      }
      return items.at(-1)!;
    },
    shuffle(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = integer(0, last);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
    lognormal: (median, sigma) => median * Math.exp(sigma * normal()),
    exponential: (mean) => -mean * Math.log(1 - next()),
  };
}

/** `count` items with these shares, shuffled. Rounded by largest remainder, so that small samples keep the distribution. */
export function deal<T extends string>(random: Random, count: number, shares: Readonly<Record<T, number>>): T[] {
  const names = Object.keys(shares) as T[];
  const whole = names.reduce((sum, name) => sum + shares[name], 0);
  const exact = names.map((name) => ({ name, amount: (shares[name] / whole) * count }));
  const dealt = exact.flatMap(({ name, amount }) => Array<T>(Math.floor(amount)).fill(name));
  const byRemainder = [...exact].sort((a, b) => (b.amount % 1) - (a.amount % 1));
  for (const { name } of byRemainder.slice(0, count - dealt.length)) dealt.push(name);
  return random.shuffle(dealt);
}

/** Draws without replacement, and shuffles again when no card is left, so that a card is repeated only after all others. */
export function createDeck<T>(random: Random, cards: readonly T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = random.shuffle(cards);
    return left.pop()!;
  };
}
