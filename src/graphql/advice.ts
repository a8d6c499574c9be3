import type { CategorySnapshot, Counts } from '@magpie/cache';

export interface Sizing {
  readonly maxEntries: number;
  readonly hitRatio: number;
}

/** Fewer lookups than this are too small a sample. */
const minLookups = 200;
const minReloads = 20;
const worthwhileGain = 0.05;
const mostlyUnchanged = 0.9;

interface Evidence {
  readonly sizing: readonly Sizing[];
  /** Counts under the present policy: what was counted under an earlier one says nothing of it. */
  readonly counts: Counts;
  readonly isTried: boolean;
}

/** A category as it is now. */
type Present = Pick<CategorySnapshot, 'category' | 'policy' | 'entries' | 'bytes'>;

/**
 * Advice for an operator on the policy of a category, in sentences. None on its lifetime while an experiment gives its entries
 * others.
 */
export function adviceFor(present: Present, { sizing, counts, isTried }: Evidence): string[] {
  return [
    ...(areBytesShort(present) ? byteAdvice(present, counts) : sizeAdvice(present, counts, sizing)),
    ...(isTried ? [] : lifetimeAdvice(present, counts)),
    ...rejectionAdvice(present, counts),
  ];
}

/** Whether the limit of bytes is nearer than that of entries, so that it is what evicts. */
function areBytesShort({ policy, entries, bytes }: Present): boolean {
  return bytes / policy.maxBytes > entries / policy.maxEntries;
}

function byteAdvice({ category, policy, entries }: Present, { lookups, missesBy }: Counts): string[] {
  const share = missesBy.evicted / lookups;
  if (lookups < minLookups || share < worthwhileGain) return [];
  const found = `${Math.floor(share * 100)} % of lookups missed an entry that had to leave for want of bytes, of which ${entries} of ${policy.maxEntries} entries take ${policy.maxBytes}`;
  return [follow(category, found, ['maxBytes', 2 * policy.maxBytes])];
}

/** Recommends the smallest size that has at least 80 % of the best gain in hit ratio, if there are evictions. */
function sizeAdvice(
  { category, policy }: Present,
  { lookups, evictions }: Counts,
  sizing: readonly Sizing[],
): string[] {
  const current = sizing.find(({ maxEntries }) => maxEntries === policy.maxEntries);
  if (!current || lookups < minLookups || evictions === 0) return [];
  const best = Math.max(...sizing.map(({ hitRatio }) => hitRatio));
  const larger = sizing.find(
    ({ maxEntries, hitRatio }) =>
      maxEntries > policy.maxEntries &&
      hitRatio - current.hitRatio >= worthwhileGain &&
      hitRatio - current.hitRatio >= (best - current.hitRatio) * 0.8,
  );
  if (!larger) return [];
  const [now, then] = [current, larger].map(({ hitRatio }) => hitRatio.toFixed(2));
  const gain = `${larger.maxEntries} entries would raise the hit ratio from ${now} to ${then}`;
  return [follow(category, gain, ['maxEntries', larger.maxEntries])];
}

function lifetimeAdvice({ category, policy }: Present, { expiredReloads, unchangedReloads }: Counts): string[] {
  const share = unchangedReloads / expiredReloads;
  if (expiredReloads < minReloads || share < mostlyUnchanged) return [];
  const found = `${Math.floor(share * 100)} % of reloads after expiry found nothing new; a longer TTL costs nothing`;
  return [follow(category, found, ['ttlSeconds', Math.round((2 * policy.ttlMs) / 1_000)])];
}

function rejectionAdvice({ category, policy }: Present, { rejected }: Counts): string[] {
  if (rejected === 0) return [];
  const found = `${rejected} values were larger than an eighth of ${policy.maxBytes} bytes and were not kept; allow more bytes, or request smaller pages`;
  return [follow(category, found, ['maxBytes', 2 * policy.maxBytes])];
}

/** Ends advice with the mutation that follows it, unless its value is above what the mutation takes. */
function follow(category: string, advice: string, [cell, value]: readonly [keyof typeof mostTaken, number]): string {
  if (value > mostTaken[cell]) return `${category}: ${advice}.`;
  return `${category}: ${advice}: setCachePolicy(input: { category: ${category}, ${cell}: ${value} }).`;
}

/** As `SetCachePolicyInput` has it. */
const mostTaken = { maxEntries: 20_000, ttlSeconds: 86_400, maxBytes: 67_108_864 };
