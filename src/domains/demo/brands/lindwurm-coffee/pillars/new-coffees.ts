import type { Pillar } from '../../../brand.ts';

export const newCoffees: Pillar = {
  name: 'New coffees',
  weight: 1.4,
  hashtags: ['specialtycoffee', 'singleorigin', 'freshlyroasted', 'newcoffee'],
  templates: [
    {
      title: 'New arrival',
      text: 'New on the shelf: {coffee.name} from {coffee.from}. {coffee.process}, roasted for filter, and it tastes of {coffee.notes}. {coffee.price} for 250 g.',
    },
    {
      title: 'Last bags',
      text: 'The last bags of {coffee.name}. When this roast is gone, {coffee.from} is off the menu until the next harvest. If you liked the {coffee.notes}, now is the moment.',
    },
    {
      title: 'Espresso of the month',
      text: 'Our espresso for {month} is {coffee.name}: {coffee.notes}. 18 g in, 38 g out, 28 seconds. With milk it turns into pudding.',
    },
  ],
  texts: [
    'We cupped eleven samples from {coffee.from} and kept one. {coffee.name} won because of its {coffee.notes}. The other ten were fine. Fine is not the job.',
    '{coffee.name} is back. Same hills in {coffee.from}, new harvest, a touch sweeter than last year. Look for {coffee.notes}.',
    'Not everyone wants fruit in their cup, and that is all right. But try {coffee.name} once: {coffee.notes}. {barista} will make you one at {place}.',
    'If {coffee.name} were a Sunday, it would be one without plans. {coffee.from}, {coffee.process}, {coffee.notes}.',
    'On the filter bar this week: {coffee.name}. It opens with {coffee.notes} and gets better as it cools, so take your time.',
  ],
  closings: [
    'Roasted on Tuesdays, shipped on Wednesdays.',
    'In all three cafés and online.',
    'Whole beans or ground for you, no extra charge.',
    'Ask for a sip before you buy a bag.',
  ],
  prompts: [
    'Announce {coffee.name} from {coffee.from}: {coffee.notes}, {coffee.price}',
    'Last bags of {coffee.name}, friendly, without pressure',
    'Why we chose {coffee.name} among eleven samples',
  ],
  pictures: [
    { name: 'coffee-bags-on-shelf', shows: 'kraft paper coffee bags on an oak shelf' },
    { name: 'cupping-bowls', shows: 'white cupping bowls in a row, with silver spoons' },
    { name: 'beans-in-scoop', shows: 'roasted coffee beans in a brass scoop' },
  ],
  video: { name: 'opening-a-new-bag', shows: 'hands open a new bag of coffee and pour beans into a tin' },
};
