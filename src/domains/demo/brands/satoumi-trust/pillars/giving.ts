import type { Pillar } from '../../../brand.ts';

export const giving: Pillar = {
  name: 'Giving',
  weight: 0.8,
  hashtags: ['donate', 'nonprofit', 'membership', 'givingback'],
  templates: [
    { title: 'What a gift does', text: '{gift.yen} is {gift.does}. We know exactly, because we buy it ourselves.' },
    {
      title: 'Member update',
      text: 'Dear members, your {month} at {beach}: {kilos} kg, {count} volunteers, one new meadow. You made that possible with {gift.yen} a month on average.',
    },
    {
      title: 'Matching gift',
      text: 'Until {weekday} {partner} doubles every gift: {gift.yen} becomes twice {gift.does}. Thank you for considering it.',
    },
  ],
  texts: [
    'Of 100 yen, 83 go to the coast, 11 to the office, 6 to asking for more. The auditor has counted them too.',
    'Somebody sent us {gift.yen} in coins, with a letter: "From the lemonade stand, for {beach}." It will be {gift.does}.',
    'We do not run on large gifts. We run on 2,300 people who give a little, every month. {gift.yen}, for instance: {gift.does}.',
    'Not in a position to give? Come to {beach} on {weekday}. Hands count the same in our books.',
    '{person.name}, {person.role}, asked to give the birthday money to the coast. {gift.yen}: {gift.does}. And a card from all of us.',
  ],
  closings: ['Tax receipts for Japan.', 'Cancel whenever you like.', 'Thank you, at any size.', 'Accounts are public.'],
  prompts: [
    'What {gift.yen} does: {gift.does}',
    'Thank members for {month}, before any ask',
    'Announce that {partner} doubles gifts until {weekday}',
  ],
  pictures: [
    { name: 'thank-you-cards', shows: 'thank-you cards with stamps of fish' },
    { name: 'eelgrass-shoots', shows: 'eelgrass shoots in trays, ready for planting' },
    { name: 'survey-boat', shows: 'a small survey boat at anchor' },
  ],
  video: { name: 'where-your-gift-goes', shows: 'the way of a gift, from the letter to the meadow' },
};
