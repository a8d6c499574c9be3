import type { Pillar } from '../../../brand.ts';

export const cleanUps: Pillar = {
  name: 'Clean-ups',
  weight: 1.3,
  hashtags: ['beachcleanup', 'oceancleanup', 'shonan', 'volunteerjapan'],
  templates: [
    {
      title: 'Call for a clean-up',
      text: 'Clean-up at {beach}, {weekday}, {hour}. Two hours, gloves and bags are there, children are welcome. Bring water, a hat and one friend.',
    },
    {
      title: 'After a clean-up',
      text: '{count} people, two hours, {kilos} kg. Most frequent find at {beach}: {find}. Thank you, every single one of you.',
    },
    {
      title: 'Weather change',
      text: 'Wind warning for {weekday}: the clean-up at {beach} moves by one week, same time, {hour}. Please tell everyone you wanted to bring.',
    },
  ],
  texts: [
    'Come as you are, before work if you like: {weekday}, {hour}, {beach}. Forty minutes are enough to fill a bag.',
    'At {beach} we found {find}, a message in a bottle (in Korean, very kind), and one left shoe. The owner of the right one may write to us.',
    'What to wear at {beach}: shoes that may get wet, and a sense of humour about {find}. We start at {hour}.',
    'The first clean-up at {beach} had six people. On {weekday} there were {count}. Same beach, same buckets, more sandwiches.',
    'A typhoon leaves two things at {beach}: a clear sky and {kilos} kg of {find}. We are there on {weekday}, when the waves allow it.',
  ],
  closings: [
    'No registration needed.',
    'Toilets and shade nearby.',
    'Groups please write to us first.',
    'Announcements in English and Japanese.',
  ],
  prompts: [
    'Call for a clean-up at {beach} on {weekday}, {hour}',
    'Thank {count} volunteers for {kilos} kg',
    'Postpone the clean-up at {beach} because of wind',
  ],
  pictures: [
    { name: 'volunteers-on-beach', shows: 'volunteers with buckets on a wide grey beach' },
    { name: 'sorted-finds', shows: 'finds from the beach, sorted by colour on a cloth' },
    { name: 'full-bags', shows: 'full bags in a row at the high-tide line' },
  ],
  video: { name: 'two-hours-in-one-minute', shows: 'two hours of a clean-up in one minute' },
};
