import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import { addDays } from '../date-range.ts';
import type { CampaignIdea } from './brand.ts';
import { cycle, dayMs, iso, type Stage, seededId } from './stage.ts';

export type CampaignRow = Insertable<Tables['campaigns']>;

export interface DemoCampaign {
  readonly row: CampaignRow;
  readonly pillars: readonly string[];
}

const archivedAfterDays = 250;

export function makeCampaigns(
  { brand, workspaceId, size, random, nowMs, days }: Stage,
  owners: readonly string[],
): DemoCampaign[] {
  const today = days.at(-1)!;
  return cycle(brand.campaigns, size.campaigns, (idea, round) => {
    const createdMs = Math.min(nowMs + (idea.from - 21) * dayMs, nowMs - random.integer(1, 6 * dayMs));
    const row: CampaignRow = {
      ...{ id: seededId(random, 'Campaign', createdMs), workspaceId },
      ...{
        name: round === 0 ? idea.name : `${idea.name}, wave ${round + 1}`,
        brief: idea.brief,
        status: statusOf(idea),
      },
      ...{ startsOn: addDays(today, idea.from), endsOn: addDays(today, idea.to), ownerId: random.pick(owners) },
      ...{ revision: random.integer(1, 6), createdAt: iso(createdMs) },
      updatedAt: iso(Math.max(createdMs, Math.min(nowMs, nowMs + idea.from * dayMs))),
    };
    return { row, pillars: idea.pillars };
  });
}

function statusOf({ from, to }: CampaignIdea): CampaignRow['status'] {
  if (to < -archivedAfterDays) return 'ARCHIVED';
  if (to < 0) return 'COMPLETED';
  return from > 0 ? 'PLANNED' : 'ACTIVE';
}
