const BUCKETS_PER_OCTAVE = 8;
const LEAST_MS = 2 ** -20; // one nanosecond
const BUCKETS = 48 * BUCKETS_PER_OCTAVE; // up to 2^28 ms, three days

export interface Latency {
  readonly minMs: number | null;
  readonly avgMs: number | null;
  readonly maxMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** The contents of a histogram that is not empty, as plain numbers. */
export interface HistogramParts {
  readonly sumMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Number of a bucket, and how many durations it has; without those that have none. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

/** A histogram of durations in milliseconds with buckets of equal ratio. Percentiles are accurate to within 5 %. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #sumMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = 0;

  record(durationMs: number): void {
    const ms = durationMs > 0 ? durationMs : 0;
    const bucket = Math.floor(Math.log2(ms / LEAST_MS) * BUCKETS_PER_OCTAVE);
    this.#buckets[Math.min(BUCKETS - 1, Math.max(0, bucket))]!++;
    this.#count++;
    this.#sumMs += ms;
    if (ms < this.#minMs) this.#minMs = ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  add(other: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.#buckets[bucket]! += other.#buckets[bucket]!;
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#minMs = Math.min(this.#minMs, other.#minMs);
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  /**
   * Returns the durations recorded since `earlier`, an older state of this histogram. Minimum and maximum are as exact as
   * percentiles.
   */
  since(earlier: Histogram): Histogram {
    const recent = new Histogram();
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#buckets[bucket]! - earlier.#buckets[bucket]!;
      if (count === 0) continue;
      recent.#buckets[bucket] = count;
      recent.#count += count;
      recent.#minMs = Math.min(recent.#minMs, this.#within(lowerBoundMs(bucket)));
      recent.#maxMs = this.#within(lowerBoundMs(bucket + 1));
    }
    recent.#sumMs = this.#sumMs - earlier.#sumMs;
    return recent;
  }

  /** Undefined without any duration. */
  parts(): HistogramParts | undefined {
    if (this.#count === 0) return undefined;
    const buckets = [...this.#buckets.entries()].filter(([, count]) => count > 0);
    return { sumMs: this.#sumMs, minMs: this.#minMs, maxMs: this.#maxMs, buckets };
  }

  /** The opposite of `parts`. Throws a `RangeError` for a bucket that there is not. */
  static of({ sumMs, minMs, maxMs, buckets }: HistogramParts): Histogram {
    const histogram = new Histogram();
    for (const [bucket, count] of buckets) {
      if (bucket >= BUCKETS) throw new RangeError(`expected a bucket below ${BUCKETS}, but got ${bucket}`);
      histogram.#buckets[bucket] = count;
      histogram.#count += count;
    }
    histogram.#sumMs = sumMs;
    histogram.#minMs = minMs;
    histogram.#maxMs = maxMs;
    return histogram;
  }

  /** How many durations are at most so long, to within 5 % of it; of all: their number and sum. */
  cumulative(boundsMs: readonly number[]): { within: number[]; count: number; sumMs: number } {
    const within = boundsMs.map((boundMs) => {
      let count = 0;
      for (let bucket = 0; bucket < BUCKETS && lowerBoundMs(bucket + 0.5) <= boundMs; bucket++)
        count += this.#buckets[bucket]!;
      return count;
    });
    return { within, count: this.#count, sumMs: this.#sumMs };
  }

  latency(): Latency {
    if (this.#count === 0) return { minMs: null, avgMs: null, maxMs: null, p50Ms: null, p95Ms: null, p99Ms: null };
    return {
      minMs: this.#minMs,
      avgMs: this.#within(this.#sumMs / this.#count), // rounding must not move it past minimum or maximum
      maxMs: this.#maxMs,
      p50Ms: this.#percentile(0.5),
      p95Ms: this.#percentile(0.95),
      p99Ms: this.#percentile(0.99),
    };
  }

  #percentile(share: number): number {
    const rank = Math.ceil(share * this.#count);
    let bucket = 0;
    for (let passed = this.#buckets[0]!; passed < rank; passed += this.#buckets[bucket]!) bucket++;
    return this.#within(lowerBoundMs(bucket + 0.5));
  }

  #within(ms: number): number {
    return Math.min(this.#maxMs, Math.max(this.#minMs, ms));
  }
}

/** The shortest duration in a bucket. */
function lowerBoundMs(bucket: number): number {
  return LEAST_MS * 2 ** (bucket / BUCKETS_PER_OCTAVE);
}
