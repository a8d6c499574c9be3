import type { Pillar } from '../../../brand.ts';

export const trailReports: Pillar = {
  name: 'Trail reports',
  weight: 1.2,
  hashtags: ['trailreport', 'hikevermont', 'trailconditions', 'whitemountains'],
  templates: [
    {
      title: 'Trail report',
      text: 'Trail report, {trip.where}: {condition}. {guide} walked it on {weekday}. Bring the {gear.name}, leave the cotton.',
    },
    {
      title: 'Weekend outlook',
      text: 'For the weekend in {trip.where}: {condition}. Start early, turn around by two, and tell somebody where you are going.',
    },
    {
      title: 'Closure',
      text: 'Please stay off the upper trails around {trip.name} until they have dried out. Boots in soft ground leave ruts for years. We will say when it is fine again.',
    },
  ],
  texts: [
    'Conditions on {trip.name}: {condition}. The view is there on some days, the wind on all of them.',
    '{guide} just radioed in from {trip.where}: {condition}, good spirits, {dish} for dinner.',
    'Early morning on {trip.name}: the roots are slick until ten, then it is the best hiking of the week.',
    'A tree came down across {trip.name}. Thanks to the volunteers with the crosscut saw, the detour is gone since {weekday}.',
    '{condition}. That is the whole report for {trip.where}, and the mountains do not mind repeating it.',
  ],
  closings: [
    'Check the forecast again at the trailhead.',
    'Reports every Thursday.',
    'Seen something else out there? Tell us.',
    'Conditions change faster than posts.',
  ],
  prompts: [
    'Trail report for {trip.where}: {condition}',
    'Ask hikers kindly to stay off muddy trails near {trip.name}',
    'Weekend outlook, calm and specific',
  ],
  pictures: [
    { name: 'muddy-trail', shows: 'a muddy trail with log bridges' },
    { name: 'trail-sign', shows: 'a wooden trail sign with frost on it' },
    { name: 'clouds-over-notch', shows: 'clouds that pour over a mountain notch' },
  ],
  video: { name: 'radio-check', shows: 'a guide gives the trail report into the camera, in the wind' },
};
