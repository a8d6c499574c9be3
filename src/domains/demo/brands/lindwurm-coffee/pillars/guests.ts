import type { Pillar } from '../../../brand.ts';

export const guests: Pillar = {
  name: 'Guests',
  weight: 0.8,
  hashtags: ['coffeecommunity', 'regulars', 'viennalife', 'thankyou'],
  templates: [
    {
      title: 'Regular of the month',
      text: 'Regular of {month}: a tram driver who has an espresso at {place} at 6:58, and has been late exactly once. It was the tram.',
    },
    {
      title: 'Your pictures',
      text: 'You brewed, we looked. Our favourite picture of the week: {coffee.name} in a {brew.name} on a balcony, with a cat that disapproves. Keep tagging us.',
    },
    {
      title: 'Poll',
      text: 'Settle it for us: {coffee.name} ({coffee.notes}) or {treat} first? {barista} and half of {place} are no longer on speaking terms.',
    },
  ],
  texts: [
    'Overheard at {place}: "I only came for the wifi, and now I know what {coffee.process} means."',
    'Thank you for {kilos} suspended coffees this {season}. Somebody paid, somebody drank, nobody asked. That is the whole idea.',
    'Somebody proposed at {place} this morning, between the grinder and the {treat}. She said yes, then she said "and a filter, please".',
    'Your question of the week, answered by {barista}: "{question}" Swipe, or come by and argue.',
    'A neighbour brought us quinces. We had {coffee.name}. There is now jam, and a standing arrangement.',
  ],
  closings: [
    'Thank you for being here.',
    'Tag us, we look at all of them.',
    'You are why we get up at five.',
    'Stories welcome, anonymous if you like.',
  ],
  prompts: [
    'Thank guests for {kilos} suspended coffees',
    'A poll between {coffee.name} and {treat}',
    'Caption for a guest photo with a {brew.name}',
  ],
  pictures: [
    { name: 'regulars-at-the-bar', shows: 'two regulars who talk at the bar' },
    { name: 'balcony-coffee', shows: 'a cup of coffee on a balcony above the roofs of Vienna' },
    { name: 'notice-board', shows: 'a notice board with letters and drawings of guests' },
  ],
  video: { name: 'guests-say-cheers', shows: 'guests raise their cups to the camera, one after another' },
};
