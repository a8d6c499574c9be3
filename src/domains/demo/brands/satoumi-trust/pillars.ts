import type { Pillar } from '../../brand.ts';
import { cleanUps } from './pillars/clean-ups.ts';
import { fishers } from './pillars/fishers.ts';
import { giving } from './pillars/giving.ts';
import { habitats } from './pillars/habitats.ts';
import { results } from './pillars/results.ts';
import { schools } from './pillars/schools.ts';
import { scienceAndPolicy } from './pillars/science-and-policy.ts';
import { volunteers } from './pillars/volunteers.ts';

export const pillars: readonly Pillar[] = [
  cleanUps,
  results,
  habitats,
  volunteers,
  fishers,
  schools,
  giving,
  scienceAndPolicy,
];
