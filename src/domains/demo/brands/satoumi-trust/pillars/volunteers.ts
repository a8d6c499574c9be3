import type { Pillar } from '../../../brand.ts';

export const volunteers: Pillar = {
  name: 'Volunteers',
  weight: 1,
  hashtags: ['volunteering', 'community', 'thankyou', 'coastcare'],
  templates: [
    {
      title: 'Volunteer portrait',
      text: '"{person.says}." {person.name}, {person.role}, has been with us at {beach} since the first day.',
    },
    {
      title: 'We are looking for',
      text: 'We are looking for somebody who can drive a small van on {weekday}s, from {hour} to noon. In return: sea air, {count} new acquaintances, onigiri.',
    },
    {
      title: 'Thank you',
      text: 'Thank you to the {count} people who came to {beach} in the rain. We had counted on twenty and made tea for twenty. It was enough for everyone, somehow.',
    },
  ],
  texts: [
    '{person.name}, {person.role}: "{person.says}."',
    'A company sent {count} people to {beach} for a "team event". On {weekday} eleven of them were back, on their own, with their children.',
    'Nobody asks what you do for a living when you hold one end of a rope. {person.name} says: "{person.says}."',
    'Our oldest volunteer is 88, our youngest came in a sling. Together they found {find} at {beach}, and a crab they named Kenji.',
    'New on the coast team: {person.name}, {person.role}. First question, on the first morning at {beach}: "Where is the coffee?" Welcome.',
  ],
  closings: [
    'Join once, or every week.',
    'Insurance is included.',
    'No Japanese needed, smiling helps.',
    'Next introduction: first Saturday of the month.',
  ],
  prompts: [
    'Portrait of {person.name}, {person.role}',
    'Look for a van driver on {weekday}s',
    'Thank {count} people who came in the rain',
  ],
  pictures: [
    { name: 'hands-with-gloves', shows: 'many hands in work gloves, in a circle' },
    { name: 'tea-break', shows: 'volunteers with tea on a sea wall' },
    { name: 'oldest-and-youngest', shows: 'an old woman and a child with one bucket' },
  ],
  video: { name: 'why-i-come', shows: 'volunteers say why they come, in one sentence' },
};
