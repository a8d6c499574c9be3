import type { Pillar } from '../../../brand.ts';

export const scienceAndPolicy: Pillar = {
  name: 'Science and policy',
  weight: 0.7,
  hashtags: ['marinescience', 'policy', 'oceanhealth', 'partnership'],
  templates: [
    {
      title: 'Study, explained',
      text: 'A new study with {partner}, in one paragraph: what washes up near {beach}, {find} above all, comes mostly down the river, with the first rain in {month}. So that is when we will be there.',
    },
    {
      title: 'Open consultation',
      text: 'The prefecture asks for opinions on the coast plan until {weekday}. It takes ten minutes. What we wrote, and why it matters for the {species.name}: on our site.',
    },
    {
      title: 'Partner news',
      text: 'Good news: {partner} joins the coast agreement. In practice: fewer single-use floats, a rack at {beach}, one report a year that we are allowed to criticise.',
    },
  ],
  texts: [
    'We asked 1,100 people at {beach} what annoys them most. Not {find}. The missing bins. The town has promised four.',
    'Blue carbon, in one sentence: plants under water store it faster than forests. In a second one: only if {species.name} and mud are left alone.',
    'A sign that says "please" works better than one that says "forbidden". We have tested both at {beach}, for {count} days.',
    'Our director spoke at the town council for three minutes. Then {person.name}, {person.role}, spoke for one: "{person.says}." It passed.',
    'Correction: last week we wrote that the finds of {find} at {beach} had halved. They fell by 41%. Still good, and now also right.',
  ],
  closings: [
    'The study is open access.',
    'Read it, then disagree with us.',
    'No party, no logo, only the coast.',
    'Thank you for the careful questions.',
  ],
  prompts: [
    'Explain a study on {find} in plain words',
    'Invite people to the consultation until {weekday}',
    'LinkedIn post about the agreement with {partner}',
  ],
  pictures: [
    { name: 'water-samples', shows: 'bottles with water samples in a rack' },
    { name: 'town-council', shows: 'a meeting of the town council, seen from the back row' },
    { name: 'friendly-sign', shows: 'a hand-painted sign at the entrance of a beach' },
  ],
  video: { name: 'study-in-one-minute', shows: 'a scientist explains a study in one minute, at the quay' },
};
