import { type Figures, joined, type Step } from './figures.ts';

/** What happened in one stretch of a chart; without figures if nothing is known of it. */
export interface Bucket {
  /** Its end. */
  readonly atMs: number;
  /** How much of it is known. */
  readonly seconds: number;
  readonly figures: Figures | undefined;
}

/** The steps of a stretch of time that ends now, in equal buckets. */
export function bucketsOf(
  steps: readonly Step[],
  { spanMs, bucketMs, nowMs }: { spanMs: number; bucketMs: number; nowMs: number },
): Bucket[] {
  const startMs = Math.ceil(nowMs / bucketMs) * bucketMs - spanMs;
  const buckets: { atMs: number; seconds: number; figures: Figures | undefined }[] = Array.from(
    { length: Math.round(spanMs / bucketMs) },
    (_, index) => ({ atMs: startMs + (index + 1) * bucketMs, seconds: 0, figures: undefined }),
  );
  for (const { atMs, seconds, figures } of steps) {
    const bucket = buckets[Math.ceil((atMs - startMs) / bucketMs) - 1];
    if (!bucket) continue;
    bucket.figures = bucket.figures ? joined(bucket.figures, figures) : figures;
    bucket.seconds += seconds;
  }
  return buckets;
}

/** All that is known of some steps as one; undefined if it is nothing. */
export function overall(steps: readonly (Step | Bucket)[]): Step | undefined {
  let sum: Step | undefined;
  for (const { atMs, seconds, figures } of steps) {
    if (!figures) continue;
    sum = sum
      ? { atMs, seconds: sum.seconds + seconds, figures: joined(sum.figures, figures) }
      : { atMs, seconds, figures };
  }
  return sum;
}
