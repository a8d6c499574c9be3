import type { CategorySnapshot } from '../cache/snapshot.ts';

export interface Sizing {
  readonly maxEntries: number;
  readonly hitRatio: number;
}

/** Fewer lookups than this are too small a sample. */
const minLookups = 200;
const minReloads = 20;
const worthwhileGain = 0.05;
const mostlyUnchanged = 0.9;

/** Advice for an operator on the policy of a category, in sentences. */
export function adviceFor(stats: CategorySnapshot, sizing: readonly Sizing[]): string[] {
  return [...sizeAdvice(stats, sizing), ...lifetimeAdvice(stats), ...rejectionAdvice(stats)];
}

/** Recommends the smallest size that has at least 80 % of the best gain in hit ratio, if there are evictions. */
function sizeAdvice({ category, policy, lookups, evictions }: CategorySnapshot, sizing: readonly Sizing[]): string[] {
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
  return [`${category}: ${larger.maxEntries} entries would raise the hit ratio from ${now} to ${then}.`];
}

function lifetimeAdvice({ category, expiredReloads, unchangedReloads }: CategorySnapshot): string[] {
  const share = unchangedReloads / expiredReloads;
  if (expiredReloads < minReloads || share < mostlyUnchanged) return [];
  return [
    `${category}: ${Math.floor(share * 100)} % of reloads after expiry found nothing new; a longer TTL costs nothing.`,
  ];
}

function rejectionAdvice({ category, rejected, policy }: CategorySnapshot): string[] {
  if (rejected === 0) return [];
  return [
    `${category}: ${rejected} values were larger than an eighth of ${policy.maxBytes} bytes and were not kept; allow more bytes, or ask for smaller pages.`,
  ];
}
