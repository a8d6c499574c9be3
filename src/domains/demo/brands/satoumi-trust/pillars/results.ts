import type { Pillar } from '../../../brand.ts';

export const results: Pillar = {
  name: 'Results',
  weight: 1,
  hashtags: ['impact', 'opendata', 'marineplastic', 'citizenscience'],
  templates: [
    {
      title: 'Number of the week',
      text: 'Number of the week: {kilos} kg. That is what {count} volunteers carried off {beach} in {month}. Counted, sorted, published.',
    },
    {
      title: 'Before and after',
      text: 'Left: {beach} two years ago. Right: {beach} on {weekday}. In between: {count} people, {kilos} kg of {find}, and a tide table.',
    },
    {
      title: 'Quarterly report',
      text: 'Our quarterly numbers are out: {kilos} kg collected, {count} surveys, four meadows growing, one shrinking. We write about that one first.',
    },
  ],
  texts: [
    'The column "{find}" for {beach} is shorter than last year, for the third time in a row. One reason: {partner} changed a single supplier.',
    'We publish what does not work as well: our net at {beach} caught more leaves than {find}. It is out of the water again.',
    '{count} surveys, one table, free for everyone. A student in Osaka has just used it to trace {find} back to the source.',
    'What happens with {kilos} kg from {beach}? A third is recycled, most is burnt for heat, and we keep the {find} for a school project.',
    'A small number with a large meaning: 11. So many nests of the {species.name} were counted near {beach}. Last {season} it was 4.',
  ],
  closings: ['All data are open.', 'Method and errors on our site.', 'Source: our own surveys.', 'You did this.'],
  prompts: [
    'Number of the week: {kilos} kg at {beach}',
    'Explain honestly why the net at {beach} did not work',
    'Caption for a before-and-after picture of {beach}',
  ],
  pictures: [
    { name: 'chart-on-board', shows: 'a hand-drawn chart on a whiteboard' },
    { name: 'scale-with-bag', shows: 'a bag of litter on a hanging scale' },
    { name: 'beach-before-after', shows: 'the same beach before and after, side by side' },
  ],
  video: { name: 'report-in-numbers', shows: 'numbers of the quarter, written into the sand' },
};
