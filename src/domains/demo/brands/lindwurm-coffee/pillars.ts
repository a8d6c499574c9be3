import type { Pillar } from '../../brand.ts';
import { behindTheRoast } from './pillars/behind-the-roast.ts';
import { brewing } from './pillars/brewing.ts';
import { classes } from './pillars/classes.ts';
import { guests } from './pillars/guests.ts';
import { newCoffees } from './pillars/new-coffees.ts';
import { origins } from './pillars/origins.ts';
import { ourCafes } from './pillars/our-cafes.ts';
import { responsibility } from './pillars/responsibility.ts';
import { subscriptions } from './pillars/subscriptions.ts';

export const pillars: readonly Pillar[] = [
  newCoffees,
  brewing,
  origins,
  behindTheRoast,
  ourCafes,
  classes,
  subscriptions,
  guests,
  responsibility,
];
