import type { Pillar } from '../../../brand.ts';

export const skills: Pillar = {
  name: 'Skills',
  weight: 0.9,
  hashtags: ['outdoorskills', 'hikingtips', 'wildernessskills', 'hikesafe'],
  templates: [
    {
      title: 'How to',
      text: 'How to {skill.name}: {skill.rule}. Practice in the backyard, not on day one of {trip.name}.',
    },
    {
      title: 'Myth',
      text: 'Myth: you have to be fit to go on a trip. You have to be patient. Fitness comes along on day three. Ask {traveler.name}, who {traveler.did}.',
    },
    {
      title: 'Course',
      text: 'Skills evening on {weekday}, in the barn: how to {skill.name}. {guide} teaches, {dish} afterward. $25, free for anyone booked on a trip.',
    },
  ],
  texts: [
    'The one rule to {skill.name}: {skill.rule}. Everything else is style.',
    'Turning around is a skill. {guide} turned a group around half a mile below the top last {weekday}, and that is the hike they talk about.',
    'Learn to {skill.name} before you need to. {guide} shows it in 40 seconds, without music.',
    'Quiz: what is wrong with "I will just follow the others"? Nothing, until the others think the same. Carry a {gear.name}.',
    'Cold hands, warm tip from {guide}: eat before you are hungry, drink before you are thirsty, and put on the {gear.name} before you are cold.',
  ],
  closings: [
    'Save it for your next trip.',
    'What should we explain next?',
    'We teach this on every trip.',
    'Slow is smooth.',
  ],
  prompts: [
    'Explain how to {skill.name} in one short video script',
    'Tips for cold weather with a {gear.name}',
    'Announce the skills evening on {weekday}',
  ],
  pictures: [
    { name: 'compass-in-hand', shows: 'a compass in a gloved hand' },
    { name: 'bear-bag', shows: 'a food bag that hangs high between two trees' },
    { name: 'stream-crossing', shows: 'hikers who cross a stream with poles' },
  ],
  video: { name: 'skill-in-forty-seconds', shows: 'a guide shows one skill in forty seconds' },
};
