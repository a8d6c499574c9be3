import type { Pillar } from '../../../brand.ts';

export const guides: Pillar = {
  name: 'Guides',
  weight: 0.8,
  hashtags: ['mountainguide', 'meettheteam', 'wildernessguide', 'outdoorjobs'],
  templates: [
    {
      title: 'Meet a guide',
      text: 'Meet {guide}. Has led {trip.name} eleven times, can identify any bird by ear, and burns the {dish} about once a season.',
    },
    {
      title: 'Guide training',
      text: 'Training week. Sixteen guides practice what we hope never to need: splints, river rescues, and carrying {guide} down a hill on a tarp.',
    },
    {
      title: 'Guide tip',
      text: '{guide} on how to {skill.name}: "{skill.rule}." Twenty years of guiding in one sentence.',
    },
  ],
  texts: [
    'Asked {guide} what guests always forget. Answer: "That they will be fine."',
    '{guide} is out on {trip.name} and has left us a list of things to post. It says: "trees, clouds, no selfies". So here are trees.',
    'Our guides are employed all year, with health insurance. It makes a trip like {trip.name} cost $40 more. We think you want to know both numbers.',
    'Before {trip.name} {guide} sleeps in the barn, next to the van. Superstition, or a habit. We have stopped asking.',
    'The best sound in the office: {guide} on the radio, saying "all eight in camp, {dish} is on".',
  ],
  closings: [
    'We are hiring for next season.',
    'Ask them anything.',
    'All guides are Wilderness First Responders.',
    'Two of them on every trip.',
  ],
  prompts: [
    'Portrait of {guide}, guide of {trip.name}, three sentences',
    'Post about training week, with a little humor',
    'Why our guides are employed all year',
  ],
  pictures: [
    { name: 'guide-with-map', shows: 'a guide who explains a map to a group' },
    { name: 'rescue-training', shows: 'guides who practice a rescue with a rope' },
    { name: 'camp-kitchen', shows: 'a guide who cooks for eight over two stoves' },
  ],
  video: { name: 'a-day-with-a-guide', shows: 'a day with a guide, from the first coffee to the last headlamp' },
};
