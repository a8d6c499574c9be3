import type { Pillar } from '../../../brand.ts';

export const stories: Pillar = {
  name: 'Stories',
  weight: 1,
  hashtags: ['trailstories', 'firsttimer', 'hikersofinstagram', 'outdoorsforall'],
  templates: [
    {
      title: 'Guest story',
      text: 'On {trip.name}, {traveler.name} {traveler.did}. Asked what was hardest: "{trip.hard}." Asked about next year: "Which dates?"',
    },
    {
      title: 'Postcard',
      text: 'A postcard came in from {trip.where}: "Dear {guide}, my legs have forgiven you. Please send the recipe for the {dish}."',
    },
    {
      title: 'First time',
      text: 'Everybody has a first night outside. {traveler.name} had theirs on {trip.name}. It rained. They signed up again from the parking lot.',
    },
  ],
  texts: [
    '{traveler.name} {traveler.did}. We have watched it happen for years, and it is still the reason we do this.',
    'What people say on day one of {trip.name}: "I hope I am not the slowest." What they say on the last: "Can we stop here for a while?"',
    'Around the stove on {trip.name}: a nurse, a welder, two teachers, a retired judge. By the second {dish} nobody remembered who was what.',
    'This {season} {traveler.name} {traveler.did}. {guide} carried the camera, and cried a little, because of the wind.',
    '"I thought I would miss my phone." {traveler.name}, after {trip.days} on {trip.name}.',
  ],
  closings: [
    'Your story? We would love to read it.',
    'Shared with permission.',
    'No experience needed, only shoes.',
    'Photo by a guest.',
  ],
  prompts: [
    'Story of {traveler.name}, who {traveler.did}',
    'Caption for a guest photo from {trip.name}',
    'Encourage people who have never slept outside',
  ],
  pictures: [
    { name: 'guests-laughing-at-camp', shows: 'guests who laugh around a camp stove' },
    { name: 'feet-in-lake', shows: 'tired feet in a clear lake' },
    { name: 'summit-hug', shows: 'two hikers who hug on a foggy summit' },
  ],
  video: { name: 'guest-voices', shows: 'guests say one sentence each about their first night outside' },
};
