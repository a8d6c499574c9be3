import type { Pillar } from '../../../brand.ts';

export const behindTheRoast: Pillar = {
  name: 'Behind the roast',
  weight: 1,
  hashtags: ['coffeeroaster', 'roastery', 'behindthescenes', 'ottakring'],
  templates: [
    {
      title: 'Roast day',
      text: 'Roast day. {kilos} kg through a 15 kg drum, one batch every fourteen minutes, and {barista} listens to every single first crack.',
    },
    {
      title: 'Mistake of the month',
      text: 'We scorched a batch of {coffee.name}: gas too high, attention too low. It went to the compost of the garden next door. The tomatoes will be awake.',
    },
    {
      title: 'Meet the team',
      text: 'This is {barista}, who has tasted about 4,000 coffees with us and still says "hm" before every sentence. Say hello at {place}.',
    },
  ],
  texts: [
    'First crack sounds like popcorn in the flat above. For {coffee.name} we stop 70 seconds later, because that is where the {coffee.notes} are.',
    'Every batch gets cupped the next morning, blind. If {barista} cannot tell it is {coffee.name}, it does not leave the house.',
    'Our roaster is called Grete. She is from 1968, cast iron, and does not like {weekday}s. {kilos} kg this week, and only one tantrum.',
    'What does a roaster do all day? Carry sacks, mostly. {kilos} kg since {weekday}. The romance is in the last four minutes.',
    'New filter in the chimney, new belt on the drum, same smell on Thaliastraße. We are back to roasting after the yearly service.',
  ],
  closings: [
    'Come by, the door is open on Fridays.',
    'Visitors welcome, ear protection provided.',
    'Grete says hello.',
    'Roasted in the 16th district since day one.',
  ],
  prompts: [
    'Funny but honest post about a scorched batch of {coffee.name}',
    'Introduce {barista} of the roasting team in three sentences',
    'A day at the roastery with {kilos} kg, in five short lines',
  ],
  pictures: [
    { name: 'drum-roaster', shows: 'a cast-iron drum roaster with an open hatch' },
    { name: 'cooling-tray', shows: 'steaming beans in the cooling tray' },
    { name: 'jute-sacks', shows: 'jute sacks stacked by origin' },
  ],
  video: { name: 'first-crack', shows: 'beans turn brown behind the sight glass, until the first crack' },
};
