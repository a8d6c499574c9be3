import type { Pillar } from '../../../brand.ts';

export const classes: Pillar = {
  name: 'Classes',
  weight: 0.8,
  hashtags: ['coffeeclass', 'latteart', 'cupping', 'viennaevents'],
  templates: [
    {
      title: 'Class announcement',
      text: '{class.name}: {weekday}, {class.time}, {place}. {class.seats} seats, {class.price}. {barista} teaches, you drink. No experience needed.',
    },
    {
      title: 'Last seats',
      text: 'Two seats left for "{class.name}" on {weekday} at {class.time}. If you have been waiting for a sign, this is a rather literal one.',
    },
    {
      title: 'After the class',
      text: '{class.seats} people, thirty cups, one perfect tulip and several very good potatoes. Thank you for coming to "{class.name}" at {place}.',
    },
  ],
  texts: [
    'Nobody is born with a sense for {coffee.notes}. It takes practice, and a table with twelve bowls. Open cupping, every Saturday at ten.',
    'Latte art is 90% milk and 10% wrist. {barista} explains both in our class for beginners, {weekday} at 18:00.',
    'Give somebody an evening instead of a thing: "{class.name}" at {place}, {class.price}, vouchers at the bar.',
    'What we learnt from teaching "{class.name}": adults love permission to slurp.',
    'A cupping has three rules: slurp loudly, write before you talk, and never trust the person who says "coffee-like". {weekday}, {class.time}.',
  ],
  closings: [
    'Book on the website, cancel until the day before.',
    'In German and English.',
    'Oat milk and cow, both behave.',
    'Vouchers never expire.',
  ],
  prompts: [
    'Announce "{class.name}" on {weekday}, {class.price}, {class.seats} seats',
    'Thank the participants of "{class.name}"',
    'Invite shy people to the open cupping',
  ],
  pictures: [
    { name: 'latte-art-practice', shows: 'six cups with attempts at latte art' },
    { name: 'cupping-table', shows: 'people bent over a cupping table' },
    { name: 'milk-pitcher', shows: 'a hand with a milk pitcher over a cup' },
  ],
  video: { name: 'latte-art-tulip', shows: 'a tulip is poured into a cappuccino' },
};
