import type { Pillar } from '../../../brand.ts';

export const habitats: Pillar = {
  name: 'Habitats',
  weight: 1.1,
  hashtags: ['eelgrass', 'seagrass', 'marinelife', 'satoumi', 'bluecarbon'],
  templates: [
    {
      title: 'Species portrait',
      text: 'Meet the {species.name} ({species.japanese}): {species.fact}. You can see it at {beach}, if you stand still long enough.',
    },
    {
      title: 'Planting day',
      text: 'Planting day at {beach}: {count} volunteers, 600 shoots of eelgrass, one very curious octopus. By {season} next year we know how many took root.',
    },
    {
      title: 'Please keep away',
      text: 'Between the ropes at {beach} it is nursery time: {species.name}, and {species.fact}. Please walk around, and keep dogs on the lead until the end of {month}.',
    },
  ],
  texts: [
    'Satoumi means a coast where people and the sea live together, and both do better for it. At {beach} you can watch it: {species.fact}.',
    'Low tide at {beach}, 10 cm of water, and everything moves. Today in the counting frame: {species.name}, {species.japanese} in Japanese.',
    'It does not look like much: brown blades in brown water. But {species.fact}. That is why we protect the {species.name} at {beach}.',
    'Dr. Nakamura came up from the dive at {beach} and held up four fingers. Four new patches since {month}. We cheered like at a football match.',
    'The {species.name} is back at {beach}. Nobody brought it. We only took away what kept it from coming.',
  ],
  closings: [
    'Look, do not touch.',
    'Photo taken from a distance.',
    'Permit of the prefecture, divers with training.',
    'Ask us what you saw, send a picture.',
  ],
  prompts: [
    'Portrait of the {species.name} for people who have never heard of it',
    'Ask visitors of {beach} to keep away from nests, friendly',
    'Planting day at {beach}, 3 captions',
  ],
  pictures: [
    { name: 'eelgrass-meadow', shows: 'an eelgrass meadow under water, in green light' },
    { name: 'tide-pool', shows: 'a tide pool with anemones and small fish' },
    { name: 'plover-on-sand', shows: 'a plover on the sand, from far away' },
  ],
  video: { name: 'meadow-under-water', shows: 'a diver swims slowly along an eelgrass meadow' },
};
