import type { Pillar } from '../../brand.ts';
import { gear } from './pillars/gear.ts';
import { guides } from './pillars/guides.ts';
import { lastPlaces } from './pillars/last-places.ts';
import { leaveNoTrace } from './pillars/leave-no-trace.ts';
import { skills } from './pillars/skills.ts';
import { stories } from './pillars/stories.ts';
import { trailReports } from './pillars/trail-reports.ts';
import { trips } from './pillars/trips.ts';

export const pillars: readonly Pillar[] = [
  trips,
  trailReports,
  gear,
  guides,
  stories,
  skills,
  leaveNoTrace,
  lastPlaces,
];
