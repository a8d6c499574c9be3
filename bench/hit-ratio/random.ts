/** A small seeded generator of numbers in [0, 1): mulberry32 (Tommy Ettinger, public domain). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Draws ranks from 0 to `ranks` − 1, rank r with a probability proportional to 1 / (r + 1)^exponent. */
export function createZipf(ranks: number, exponent: number): (random: () => number) => number {
  const cumulative = new Float64Array(ranks);
  let total = 0;
  for (let rank = 0; rank < ranks; rank++) {
    total += (rank + 1) ** -exponent;
    cumulative[rank] = total;
  }
  for (let rank = 0; rank < ranks; rank++) cumulative[rank]! /= total;
  return (random) => {
    const drawn = random();
    let low = 0;
    let high = ranks - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
