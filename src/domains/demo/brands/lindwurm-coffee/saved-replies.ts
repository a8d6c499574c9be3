import type { Brand } from '../../brand.ts';

export const savedReplies: Brand['savedReplies'] = [
  {
    title: 'Opening hours',
    body: 'We are open every day from 7:00 to 18:00 at Lindengasse and Karmelitermarkt, and Fridays from 10:00 to 16:00 at the roastery in Ottakring.',
  },
  {
    title: 'Where is my order?',
    body: 'We roast on Tuesdays and ship on Wednesdays, so most parcels arrive by Friday. If you send us your order number (LW-…), we will look at once.',
  },
  {
    title: 'Missing or damaged',
    body: 'We are sorry! Please send us the order number and, if you can, a picture. A replacement goes out with the next shipping.',
  },
  {
    title: 'Pause a subscription',
    body: 'You find "Pause" in your account under "Deliveries". It works until Monday evening for the same week. Shall we do it for you?',
  },
  {
    title: 'Wholesale',
    body: 'Thank you for your interest! Please tell us how many kilos a month you expect and which machine you have, and we come by for a tasting.',
  },
  {
    title: 'Group visits',
    body: 'For six people or more we push tables together. Please tell us day, time and how many you are.',
  },
  {
    title: 'Allergens',
    body: 'The list of allergens of all pastries is on our website and at every counter. Oat and cow milk are steamed in separate pitchers.',
  },
  {
    title: 'Bitter or sour',
    body: 'Bitter: grind coarser, or brew shorter. Sour: grind finer, or brew longer. Change one thing at a time and tell us how it went!',
  },
];
