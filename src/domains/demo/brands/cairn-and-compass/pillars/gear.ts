import type { Pillar } from '../../../brand.ts';

export const gear: Pillar = {
  name: 'Gear',
  weight: 1,
  hashtags: ['hikinggear', 'packinglist', 'backpackinggear', 'ultralightish'],
  templates: [
    {
      title: 'One piece of gear',
      text: 'One piece of gear: the {gear.name}. {gear.weight}. Why we carry it: {gear.why}. You can borrow ours on every trip.',
    },
    {
      title: 'Packing list',
      text: 'Packing for {trip.name}: the {gear.name} comes along ({gear.weight}), the second pair of jeans does not. A full pack is {pounds} pounds, water included.',
    },
    {
      title: 'Repair',
      text: 'Do not buy a new {gear.name} yet. Bring the old one to our repair night on {weekday}: {guide} has needle, tape and opinions.',
    },
  ],
  texts: [
    'Most people pack their fears. {guide} went through a {pounds}-pound pack with a guest last week and took out a third of it. The {gear.name} stayed.',
    'The {gear.name}: {gear.why}. That is the review.',
    'You do not need new gear for your first trip. You need a {gear.name} that fits, dry socks, and somebody who knows where the water is.',
    'Expensive {gear.name} or cheap {gear.name}? We tested both on {trip.name}. The expensive one is lighter. The cheap one is also fine.',
    'What is in the first-aid kit of {guide}? Mostly tape. And a small bag of candy, which is also first aid.',
  ],
  closings: [
    'No affiliate links, we rent and repair.',
    'The full packing list is on our site.',
    'What would you leave at home?',
    'Borrowing is included in the price.',
  ],
  prompts: [
    'Explain in two sentences why we carry a {gear.name}',
    'Packing list for {trip.name}, under {pounds} pounds',
    'Invite people to the repair night on {weekday}',
  ],
  pictures: [
    { name: 'gear-on-floor', shows: 'a packing list laid out on a barn floor' },
    { name: 'boots-drying', shows: 'boots that dry next to a wood stove' },
    { name: 'map-and-compass', shows: 'a paper map with a compass on a knee' },
  ],
  video: { name: 'packing-a-backpack', shows: 'a guide packs a backpack in the right order' },
};
