import type { Pillar } from '../../../brand.ts';

export const schools: Pillar = {
  name: 'Schools',
  weight: 0.8,
  hashtags: ['oceanliteracy', 'education', 'outdoorclassroom', 'kidsforocean'],
  templates: [
    {
      title: 'School visit',
      text: 'Today with {school}: a box of {find}, thirty questions, one answer nobody knew. Why do caps float and bottles sink? The class found out in a bucket.',
    },
    {
      title: 'Quote of a child',
      text: '"If the {species.name} needs quiet, why do we not whisper?" A student of {school}, at {beach}. We whispered.',
    },
    {
      title: 'Material for teachers',
      text: 'For teachers: our unit on the {species.name} is new, free, and takes 45 minutes. With worksheets in English and Japanese, tested with {school}.',
    },
  ],
  texts: [
    'Homework that smells: {school} brought {find} from {beach}, and a very precise map.',
    'How do you explain {species.japanese} to six-year-olds? You do not. You hand them a net and a bucket, and step back.',
    '{school} adopted 20 metres of {beach}. On {weekday} they found less than ever, and were a little disappointed.',
    'The most frequent question at {school}: do fish sleep? Dr. Nakamura answers, with his eyes open.',
    'Thirty children of {school} counted {find} for us. Their numbers were better than ours. We have adopted their method.',
  ],
  closings: [
    'Visits are free for public schools.',
    'Names of children are never published.',
    'Dates for next term are open.',
    'Worksheets on our site.',
  ],
  prompts: [
    'School visit at {school}: what happened',
    'Announce the free unit on the {species.name}',
    'Three quiz questions about {species.name} for children',
  ],
  pictures: [
    { name: 'children-with-nets', shows: 'children with hand nets, seen from behind, in shallow water' },
    { name: 'box-of-finds', shows: 'a wooden box with numbered finds from the beach' },
    { name: 'class-drawing', shows: 'a class drawing of a bay with fish and boats' },
  ],
  video: { name: 'float-or-sink', shows: 'children test what floats and what sinks' },
};
