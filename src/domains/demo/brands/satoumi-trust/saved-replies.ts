import type { Brand } from '../../brand.ts';

export const savedReplies: Brand['savedReplies'] = [
  {
    title: 'How to join',
    body: 'Just come! Dates are in the calendar on our site, gloves and bags are there. Look for the blue flag. Groups of ten or more please write to us first.',
  },
  {
    title: 'Injured wildlife',
    body: 'Please keep a distance, keep dogs away and do not put the animal back into the water. Send us the exact place: our wildlife partner answers around the clock.',
  },
  {
    title: 'Tax receipt',
    body: 'Receipts are sent by mail in the month after the gift. If yours is missing, tell us the name and the date of the gift and we will send it again.',
  },
  {
    title: 'School visits',
    body: 'Visits are free for public schools and take 45 or 90 minutes. Please send us the age of the children, three possible dates and the name of the school.',
  },
  {
    title: 'Use of data',
    body: 'Our survey data are open (CC BY 4.0). You find them on our site under "Data", with the method and its known errors.',
  },
  {
    title: 'Company groups',
    body: 'We are glad to welcome companies on Fridays. A donation of ¥3,000 a person covers material, insurance and disposal.',
  },
  {
    title: 'Bad weather',
    body: 'We decide the evening before, at 18:00, and pin it at the top of this page. In doubt the clean-up moves by exactly one week.',
  },
  {
    title: 'Change a membership',
    body: 'You can change or end your membership at any time, here or by mail. Thank you for everything you have given.',
  },
];
