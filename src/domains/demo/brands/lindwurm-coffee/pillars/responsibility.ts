import type { Pillar } from '../../../brand.ts';

export const responsibility: Pillar = {
  name: 'Responsibility',
  weight: 0.5,
  hashtags: ['sustainability', 'transparenttrade', 'zerowaste', 'reuse'],
  templates: [],
  texts: [
    'Coffee sacks, {kilos} of them, became shopping bags at the workshop around the corner. You find them at {place}. All proceeds stay with the workshop.',
    'Our bags are recyclable since {month}. The valve is not, yet. We say so because nobody else does.',
    'What we paid for {coffee.name}: €9.80 a kilo at the port, twice the market price. What that means in {coffee.from}: read the report.',
    'We measured our roastery for a year. Two thirds of our emissions are the ship and the farm, one fifth is milk. So oat costs the same as cow.',
    'Bring back ten empty bags, get one full one: {coffee.name}, on the house.',
  ],
  closings: [
    'Numbers in the transparency report.',
    'Ask us anything, also the uncomfortable things.',
    'Better is a direction, not a place.',
  ],
  prompts: [
    'Explain what we paid for {coffee.name} and why',
    'Bag return scheme at {place}',
    'Oat milk without surcharge, matter-of-fact',
  ],
  pictures: [
    { name: 'upcycled-bags', shows: 'shopping bags sewn from coffee sacks' },
    { name: 'returned-bags', shows: 'a box with returned, empty coffee bags' },
    { name: 'cargo-bike', shows: 'a cargo bike with parcels in front of the roastery' },
  ],
  video: { name: 'cargo-bike-delivery', shows: 'the cargo bike on its delivery round through the 7th district' },
};
