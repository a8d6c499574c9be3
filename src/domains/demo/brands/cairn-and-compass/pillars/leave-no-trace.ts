import type { Pillar } from '../../../brand.ts';

export const leaveNoTrace: Pillar = {
  name: 'Leave no trace',
  weight: 0.7,
  hashtags: ['leavenotrace', 'trailmaintenance', 'stewardship', 'packitout'],
  templates: [
    {
      title: 'Trail work',
      text: 'Trail work on {weekday}: we meet at 8 at the barn, bring gloves. Last time 23 people moved four tons of rock near {trip.name}, and ate all the {dish}.',
    },
    {
      title: 'Packed out',
      text: '{pounds} pounds. That is what our groups carried out of {trip.where} this {month} that somebody else had carried in.',
    },
    {
      title: 'Principle of the week',
      text: 'Principle of the week: camp on what is already bare, walk through the mud and not around it. {guide} explains why on {trip.name}.',
    },
  ],
  texts: [
    'We do not tag this place. It has one small parking lot and a family of loons. There are a hundred lakes in {trip.where}, and {guide} will gladly show you another.',
    'One percent of every trip goes to the people who keep {trip.name} open. Last year that was 61 log bridges and one very large culvert.',
    'Orange peels take two years. We counted {pounds} on the way up. Please pocket them.',
    'The privy at the third camp of {trip.name} has been rebuilt. It may be the least glamorous post of the {season}, and the most useful.',
  ],
  closings: [
    'Gloves and lunch are on us.',
    'Thank you, volunteers.',
    'Pack it in, pack it out.',
    'The land was here first.',
  ],
  prompts: [
    'Invite volunteers to trail work on {weekday}',
    'Why we do not tag small places',
    '{pounds} pounds of trash packed out: post without blame',
  ],
  pictures: [
    { name: 'trail-crew', shows: 'volunteers who carry a log for a bridge' },
    { name: 'trash-bags', shows: 'bags of trash next to a canoe' },
    { name: 'new-log-bridge', shows: 'a new log bridge over a wet meadow' },
  ],
  video: { name: 'bridge-in-a-day', shows: 'a log bridge is built in one day, in fast motion' },
};
