import type { Brand } from '../../brand.ts';

export const savedReplies: Brand['savedReplies'] = [
  {
    title: 'How hard is it?',
    body: 'If you can walk uphill for an hour and keep talking, you can do most of our trips. Each trip page says what is hard about it. If in doubt, a guide will call you back.',
  },
  {
    title: 'Cancellation',
    body: 'Up to 30 days before the start we refund everything but $50. After that you can move to another date, or send a friend.',
  },
  {
    title: 'Packing list',
    body: 'The packing list for your trip is in your booking under "Prepare". Tents, stoves and group gear are ours, and you can borrow most of the rest.',
  },
  {
    title: 'Food and allergies',
    body: 'We cook vegetarian by default and adapt to allergies. Please fill in the form at least two weeks before the start, so that the guides can plan.',
  },
  {
    title: 'Coming alone',
    body: 'Six out of ten guests come alone. You get a tent of your own and pay no supplement.',
  },
  {
    title: 'Location questions',
    body: 'We do not share exact locations of small places. For ideas nearby with enough room for visitors, have a look at our regional guide.',
  },
  {
    title: 'Weather',
    body: 'We go in rain, not in lightning, and turn around when the guides say so. If we cancel a trip, you get everything back or a new date, as you like.',
  },
  {
    title: 'Lost and found',
    body: 'We keep everything we find for a year. Please tell us the trip, the date and what it looks like.',
  },
];
