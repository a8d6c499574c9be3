import type { Pillar } from '../../../brand.ts';

export const brewing: Pillar = {
  name: 'Brewing',
  weight: 1.3,
  hashtags: ['homebrewing', 'brewguide', 'filtercoffee', 'coffeetips'],
  templates: [
    {
      title: 'Recipe card',
      text: '{brew.name}, our recipe: {brew.dose} of coffee, {brew.grind}. {brew.water} of water at {brew.heat}. Time: {brew.time}. Today with {coffee.name}. Save it for tomorrow morning.',
    },
    {
      title: 'Question of the week',
      text: 'You asked: "{question}" Short answer in the comments, long answer from {barista} at {place} on {weekday}.',
    },
    {
      title: 'One-minute tip',
      text: 'One minute, one tip: rinse the paper, warm the pot, then weigh. {grams} g more or less changes the cup more than the water does. Try it with {coffee.name}.',
    },
  ],
  texts: [
    'Too bitter? Grind coarser. Too sour? Grind finer. Too complicated? Come to {place}, we will dial it in with you.',
    '{coffee.name} in the {brew.name}: we like {brew.dose} to {brew.water} at {brew.heat}. Give it {brew.time} and do not stir. We know. It is hard.',
    'The cheapest upgrade for your coffee is a kitchen scale. The second cheapest is patience: let {coffee.name} rest ten days after roasting.',
    'A {brew.name} needs {brew.time}. That is one song, or two pages, or a look out of the window.',
    '"{question}" {barista} gets this one at least twice a week. We wrote the answer down, with pictures and without Latin.',
  ],
  closings: [
    'Tell us how it went.',
    'All our recipes are on the website, for printing too.',
    'Questions? The comments are open, and so are we.',
    'Works with every filter coffee we sell.',
  ],
  prompts: [
    'Brew guide for the {brew.name}: {brew.dose}, {brew.water}, {brew.time}',
    'Answer "{question}" for beginners',
    'Three things that improve coffee at home and cost under €20',
  ],
  pictures: [
    { name: 'v60-bloom', shows: 'a V60 with blooming coffee, seen against the light' },
    { name: 'kitchen-scale', shows: 'a kitchen scale with a server and a paper filter' },
    { name: 'moka-pot', shows: 'a moka pot on a gas flame' },
  ],
  video: { name: 'pour-over-in-one-minute', shows: 'a pour-over from the first drop to the cup, in one minute' },
};
