import type { Pillar } from '../../../brand.ts';

export const ourCafes: Pillar = {
  name: 'Our cafés',
  weight: 1.2,
  hashtags: ['viennacoffee', 'wienliebe', 'coffeeshop', 'vienna'],
  templates: [
    {
      title: 'Weekend treat',
      text: 'This weekend at {place}: {treat}, still warm at nine. Goes well with a flat white or with nobody talking to you for ten minutes. Both available.',
    },
    {
      title: 'Changed hours',
      text: 'A note for your diary: on {weekday} we open {place} at ten instead of seven. The machine gets new seals, we get some sleep.',
    },
    {
      title: 'Seasonal menu',
      text: 'The {season} menu is here: {treat}, a filter flight with {coffee.name}, and the iced something that {barista} refuses to name.',
    },
  ],
  texts: [
    'The window seat at {place} is free right now. We cannot promise for how long.',
    'Rain over Vienna, {treat} in the oven, {coffee.name} on the filter bar. {place} is open until six.',
    'To the guest who left a poem under the saucer at {place}: it hangs above the grinder now. Your next {treat} is on us.',
    'Yes, you may bring your laptop. No, not at the weekend. Yes, the dog gets water. {place}, every day from seven.',
    '{barista} swapped the playlist at {place}. Reviews so far: one "finally", one "hm", one request for Falco. Also new: the {treat}.',
  ],
  closings: [
    'See you at the bar.',
    'Own cup, 30 cents less.',
    'Card and cash, as you like.',
    'No reservations, but we will find you a chair.',
  ],
  prompts: [
    'Weekend post for {place} with {treat}',
    'Say kindly that laptops stay at home on weekends',
    'Announce that {place} opens later on {weekday}',
  ],
  pictures: [
    { name: 'flat-white-on-marble', shows: 'a flat white on a marble counter' },
    { name: 'cafe-window-seat', shows: 'the window seat of a café on a rainy day' },
    { name: 'pastry-counter', shows: 'pastries on the counter in morning light' },
  ],
  video: { name: 'morning-at-the-bar', shows: 'a barista opens the café and pulls the first espresso' },
};
