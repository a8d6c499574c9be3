import type { Pillar } from '../../../brand.ts';

export const origins: Pillar = {
  name: 'Origins',
  weight: 1,
  hashtags: ['directtrade', 'coffeefarmers', 'origin', 'coffeeharvest'],
  templates: [
    {
      title: 'Producer portrait',
      text: 'Who grew your {coffee.name}? A family in {coffee.from} who pick by hand, three passes a harvest, only the red cherries. We have bought their coffee for five years.',
    },
    {
      title: 'Harvest report',
      text: 'Harvest report from {coffee.from}: rain came late, picking started late, and the cherries for {coffee.name} are smaller and sweeter than last year. First samples arrive in two weeks.',
    },
    {
      title: 'Processing, explained',
      text: '"{coffee.process}" on the bag of {coffee.name} says what happened between the cherry and the sack. It is why you taste {coffee.notes}.',
    },
  ],
  texts: [
    'Two flights, one bus and a pick-up with opinions of its own: {barista} is in {coffee.from} to see where {coffee.name} grows.',
    'A coffee tree gives about 500 g of roasted coffee a year. Your weekend bag of {coffee.name} is half a tree. We think of that when we pour.',
    'We pay for {coffee.name} before it leaves {coffee.from}, not ninety days after. A small line in a contract, a large one in a household.',
    'While it is {season} in Vienna, {coffee.from} smells of fermenting fruit, diesel and warm rain. A letter from the washing station of {coffee.name}.',
    'From cherry to your cup in Vienna: {coffee.name} takes about five months. Most of that is waiting for a ship.',
  ],
  closings: [
    'The full price list is in our transparency report.',
    'More about the farm on the bag.',
    'We publish what we paid, for every lot.',
    'Photos by the people who were there.',
  ],
  prompts: [
    'Portrait of the people behind {coffee.name} in {coffee.from}, 80 words',
    'Explain {coffee.process} processing to somebody who drinks cappuccino',
    'Harvest news from {coffee.from}, honest about delays',
  ],
  pictures: [
    { name: 'drying-beds', shows: 'raised drying beds with coffee on a green hillside' },
    { name: 'coffee-cherries', shows: 'ripe red coffee cherries in two hands' },
    { name: 'washing-station', shows: 'a washing station in the morning mist' },
  ],
  video: { name: 'harvest-diary', shows: 'pickers walk between coffee trees and laugh' },
};
