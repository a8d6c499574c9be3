import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { NetworkName } from '../../generated/schema.ts';
import { networkManners } from './networks.ts';
import { dayMs, iso, type Stage, seededId } from './stage.ts';

export type AccountRow = Insertable<Tables['accounts']> & { followerCount: number };

/** Shares over the accounts of all workspaces, as one workspace has too few accounts for each status. */
export const accountStatusShares = { CONNECTED: 80, EXPIRING: 8, RECONNECT_REQUIRED: 6, PAUSED: 6 } as const;
export type AccountStatus = keyof typeof accountStatusShares;

/** Creates one account for each network of the brand, with its follower count of today. */
export function makeAccounts(
  { brand, workspaceId, random, nowMs }: Stage,
  statusOf: () => AccountStatus,
): AccountRow[] {
  const typicalFollowers = random.lognormal(9_500, 0.5);
  return brand.networks.map((network, index) => {
    const connectedMs = nowMs - (415 - index * 2) * dayMs - random.integer(0, dayMs);
    return {
      ...{ id: seededId(random, 'Account', connectedMs), workspaceId, network },
      ...{ displayName: displayName(brand.name, network), handle: brand.handle, status: statusOf() },
      followerCount: Math.round(random.lognormal(typicalFollowers * networkManners[network].size, 0.25)),
      connectedAt: iso(connectedMs),
    };
  });
}

function displayName(brandName: string, network: NetworkName): string {
  if (network === 'YOUTUBE') return `${brandName} TV`;
  if (network === 'LINKEDIN') return `${brandName}, the company`;
  return brandName;
}
