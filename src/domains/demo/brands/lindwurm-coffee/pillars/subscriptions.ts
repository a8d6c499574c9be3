import type { Pillar } from '../../../brand.ts';

export const subscriptions: Pillar = {
  name: 'Subscriptions',
  weight: 0.8,
  hashtags: ['coffeesubscription', 'coffeegift', 'coffeelovers', 'mailordercoffee'],
  templates: [
    {
      title: "This month's box",
      text: 'In the {month} box: {coffee.name} from {coffee.from}, {coffee.notes}. Plus a recipe card for the {brew.name}. Change, pause or cancel with one click.',
    },
    {
      title: 'Gift reminder',
      text: 'Three months of coffee fit through every letterbox. The first bag would be {coffee.name}; the card is written by hand, by {barista}, whose handwriting we trust.',
    },
    {
      title: 'How it works',
      text: 'How the subscription works: we roast on Tuesday, you get it by Friday, every two or four weeks. Next up: {coffee.name}. From €12.90, shipping included in Austria.',
    },
  ],
  texts: [
    'The most frequent reason for pausing a subscription is "holiday". The second is "moved in with a tea drinker". We wish you all the best.',
    'Subscribers get {coffee.name} a week before everyone else. It is not a secret club, there is just not enough of it.',
    'Running out of coffee on a Sunday is a solved problem. Next delivery: {coffee.name}, {coffee.notes}.',
    'You asked for smaller bags, so from {month} every subscription comes in 125 g as well. Two coffees instead of one: start with {coffee.name}.',
    'One year, 26 bags, 19 origins: what a subscriber drank with us. Favourite: {coffee.name}. Least favourite: the week the post was on strike.',
  ],
  closings: [
    'No minimum term.',
    'Ships to 14 countries.',
    'Letterbox size, so nobody has to wait at home.',
    'Decaf is an option too.',
  ],
  prompts: [
    'Announce the {month} box with {coffee.name}',
    'Gift subscriptions, warm, not pushy',
    'Explain pausing a subscription in two sentences',
  ],
  pictures: [
    { name: 'subscription-box', shows: 'a flat mailing box with two bags and a card' },
    { name: 'letterbox', shows: 'a coffee box that sticks out of a letterbox' },
    { name: 'handwritten-card', shows: 'a handwritten card next to a coffee bag' },
  ],
  video: { name: 'packing-the-boxes', shows: 'two people pack subscription boxes at a long table' },
};
