import type { Pillar } from '../../../brand.ts';

export const fishers: Pillar = {
  name: 'Fishers',
  weight: 0.8,
  hashtags: ['fishers', 'sustainablefishing', 'ama', 'coastallife'],
  templates: [
    {
      title: 'At the harbour',
      text: 'At the harbour near {beach}, {hour}. {person.name} says: "{person.says}." Since {month} the boats bring their finds to our rack: {kilos} kg so far.',
    },
    {
      title: 'Fishing for litter',
      text: '{kilos} kg of {find}, caught with fish and not thrown back. With {partner} we pay for the disposal, so that the fishers do not have to.',
    },
    {
      title: 'In season',
      text: 'In season in {month}: small fish, short trips, clear water off {beach}. Ask your fishmonger where it was landed. It is a good question and they like it.',
    },
  ],
  texts: [
    'Fishers are not the problem. At {beach} they are the ones who see it first, pull it up first, and called us first.',
    'Old nets from {beach} become dog leads, thanks to {partner}. The dogs have no opinion. The seals do.',
    'Ms. Ota has dived off {beach} for fifty years, without a tank. She says the {species.name} is moving north, and the thermometer agrees.',
    'A rule from the cooperative, older than any law: whoever takes from {beach} in {month}, gives back in {season}.',
    'Captain Fujita has a new deckhand: a crate for {find}. It has never been late, and never been empty.',
  ],
  closings: [
    'Thank you to the cooperative.',
    'Told to us on the quay.',
    'With permission, and with tea.',
    'Recipes in the comments, please.',
  ],
  prompts: [
    'Story from the harbour near {beach}, with a quote',
    'Explain "fishing for litter" in three sentences',
    'What is in season in {month}',
  ],
  pictures: [
    { name: 'boats-in-harbour', shows: 'small fishing boats in a harbour before sunrise' },
    { name: 'net-repair', shows: 'hands that repair a blue net' },
    { name: 'collection-rack', shows: 'a rack with rope and floats at the quay' },
  ],
  video: { name: 'back-in-port', shows: 'a boat returns to port and unloads a crate of finds' },
};
