import type { Pillar } from '../../../brand.ts';

export const trips: Pillar = {
  name: 'Trips',
  weight: 1.4,
  hashtags: ['guidedhiking', 'backpacking', 'newengland', 'smallgrouptravel'],
  templates: [
    {
      title: 'Trip launch',
      text: '{trip.name}, {trip.where}. {trip.days}, {trip.miles}, eight people, two guides. What is hard about it: {trip.hard}. What is easy: everything else, because {guide} cooks. {trip.price}.',
    },
    {
      title: 'Trip in numbers',
      text: '{trip.name} in numbers: {trip.days}. {trip.miles}. Eight guests. Two guides. One pot of {dish} that disappears in four minutes.',
    },
    {
      title: 'Is this trip for me?',
      text: 'Is {trip.name} for you? Yes, if you can walk uphill for an hour and keep talking. The hard part: {trip.hard}. Not sure? {guide} calls you back and says honestly what to expect.',
    },
  ],
  texts: [
    'Day two of {trip.name} is when people stop checking the time. It takes about a day and a half to slow down. We plan for it.',
    'You carry your clothes and your share of the food. We bring the tents, the maps and {guide}, who has a story for every mile in {trip.where}.',
    'The {month} departure of {trip.name} is on: {trip.days}, {trip.miles} through {trip.where}. Forecast: {condition}. Packed: {dish}.',
    'Why only eight people on {trip.name}? Because that is how many fit around one stove, and how many names {guide} can learn before lunch.',
    'Morning in {trip.where}: dew on the tent, {dish} on the stove, {trip.miles} on the map. Nobody is in a hurry.',
    '{trip.name} was our first trip, with a borrowed van and four guests. It is still the one {guide} asks for every year.',
  ],
  closings: [
    'Dates and packing list on our site.',
    'Questions? Ask a guide, not a chatbot.',
    'Gear to borrow is included.',
    'Trips run with five or more guests.',
  ],
  prompts: [
    'Announce {trip.name}: {trip.days}, {trip.miles}, {trip.price}',
    'Honest answer to "Is {trip.name} too hard for me?"',
    'Three captions for a foggy morning in {trip.where}',
  ],
  pictures: [
    { name: 'hikers-on-ridge', shows: 'eight hikers on an open ridge under low clouds' },
    { name: 'canoes-at-dawn', shows: 'four canoes on a still lake at dawn' },
    { name: 'tents-in-spruce', shows: 'tents between spruce trees, lit from inside' },
  ],
  video: { name: 'trip-in-thirty-seconds', shows: 'a trip in thirty seconds, from the trailhead to the last camp' },
};
