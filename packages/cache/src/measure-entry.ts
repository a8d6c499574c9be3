import type { Entry } from './entry.ts';
import type { HookCalls } from './hooks.ts';
import { measureAndFreeze, type ValueMeasure } from './measure.ts';
import type { SizeOf } from './request.ts';

interface MeasureOptions {
  readonly maxBytes: number;
  readonly sizeOf: SizeOf | undefined;
  /** Receives what `sizeOf` throws. The value then is not kept. */
  readonly hookCalls: HookCalls;
}

/**
 * As `measureAndFreeze`, for an entry's value. The caller's `sizeOf` replaces the measured size of a value that can be measured.
 */
export function measureEntry({ value, key, category }: Entry, options: MeasureOptions): ValueMeasure {
  const { maxBytes, sizeOf, hookCalls } = options;
  if (sizeOf === undefined) return measureAndFreeze(value, maxBytes);
  const measured = measureAndFreeze(value, Number.MAX_SAFE_INTEGER);
  if (measured.bytes === Number.POSITIVE_INFINITY) return measured;
  try {
    return { bytes: checkedBytes(sizeOf(value, { category, key })), digest: measured.digest };
  } catch (error) {
    hookCalls.report('sizeOf', error);
    return { bytes: Number.POSITIVE_INFINITY, digest: measured.digest };
  }
}

function checkedBytes(bytes: unknown): number {
  if (typeof bytes === 'number' && bytes >= 0) return bytes;
  throw new RangeError(`sizeOf: expected a number of bytes, 0 or more, but got ${String(bytes)}`);
}
