import type { Pillar } from '../../../brand.ts';

export const lastPlaces: Pillar = {
  name: 'Last places',
  weight: 0.7,
  hashtags: ['lastplaces', 'hikingtrip', 'weekendtrip', 'adventuretravel'],
  templates: [
    {
      title: 'Last places',
      text: '{seats} places left on {trip.name}, the {month} departure. {trip.days}, {trip.price}, {guide} leads. The hard part: {trip.hard}.',
    },
    {
      title: 'Cancellation',
      text: 'Somebody broke a toe (at home, on a chair), so there is room on {trip.name} next {weekday}: {trip.days}, {trip.miles}. Get well, chair person.',
    },
    {
      title: 'Solo travelers',
      text: 'Coming alone? So do six out of ten. {trip.name} has no single supplement: {trip.price}, own tent, shared {dish}.',
    },
  ],
  texts: [
    '{trip.name} is full. The waiting list is short, and people do break toes.',
    '{seats} places, {trip.days}, one decision. {trip.name} leaves on {weekday}.',
    'If {trip.price} at once is too much: three installments, no fee. And there is the community fund, no questions asked, for {trip.name} as well.',
    'Booking for {trip.name} ends on {weekday}, because {guide} buys the food then. Very simple, very firm.',
  ],
  closings: [
    'Free cancellation until 30 days before.',
    'Call us, we pick up.',
    'Book with $100 down.',
    'Gift certificates, too.',
  ],
  prompts: [
    '{seats} places left on {trip.name}, friendly, no pressure',
    'Post for solo travelers about {trip.name}',
    'Explain the community fund in 60 words',
  ],
  pictures: [
    { name: 'van-at-trailhead', shows: 'a van with open doors at a trailhead' },
    { name: 'empty-bench', shows: 'an empty bench with a view of a valley' },
    { name: 'departure-board', shows: 'a chalkboard with the departures of the season' },
  ],
  video: { name: 'van-leaves', shows: 'the van leaves the barn before sunrise' },
};
