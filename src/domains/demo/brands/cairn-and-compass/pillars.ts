import type { Pillar } from '../../brand.ts';

export const pillars: readonly Pillar[] = [
  {
    name: 'Trips',
    weight: 1.4,
    hashtags: ['guidedhiking', 'backpacking', 'newengland', 'smallgrouptravel'],
    templates: [
      {
        title: 'Trip launch',
        text: '{trip.name}, {trip.where}. {trip.days}, {trip.miles}, eight people, two guides. What is hard about it: {trip.hard}. What is easy: everything else, because {guide} cooks. {trip.price}.',
      },
      {
        title: 'Trip in numbers',
        text: '{trip.name} in numbers: {trip.days}. {trip.miles}. Eight guests. Two guides. One pot of {dish} that disappears in four minutes.',
      },
      {
        title: 'Is this trip for me?',
        text: 'Is {trip.name} for you? Yes, if you can walk uphill for an hour and keep talking. The hard part: {trip.hard}. Not sure? {guide} calls you back and says honestly what to expect.',
      },
    ],
    texts: [
      'Day two of {trip.name} is when people stop checking the time. It takes about a day and a half to slow down. We plan for it.',
      'You carry your clothes and your share of the food. We bring the tents, the maps and {guide}, who has a story for every mile in {trip.where}.',
      'The {month} departure of {trip.name} is on: {trip.days}, {trip.miles} through {trip.where}. Forecast: {condition}. Packed: {dish}.',
      'Why only eight people on {trip.name}? Because that is how many fit around one stove, and how many names {guide} can learn before lunch.',
      'Morning in {trip.where}: dew on the tent, {dish} on the stove, {trip.miles} on the map. Nobody is in a hurry.',
      '{trip.name} was our first trip, with a borrowed van and four guests. It is still the one {guide} asks for every year.',
    ],
    closings: [
      'Dates and packing list on our site.',
      'Questions? Ask a guide, not a chatbot.',
      'Gear to borrow is included.',
      'Trips run with five or more guests.',
    ],
    prompts: [
      'Announce {trip.name}: {trip.days}, {trip.miles}, {trip.price}',
      'Honest answer to "Is {trip.name} too hard for me?"',
      'Three captions for a foggy morning in {trip.where}',
    ],
    pictures: [
      { name: 'hikers-on-ridge', shows: 'eight hikers on an open ridge under low clouds' },
      { name: 'canoes-at-dawn', shows: 'four canoes on a still lake at dawn' },
      { name: 'tents-in-spruce', shows: 'tents between spruce trees, lit from inside' },
    ],
    video: { name: 'trip-in-thirty-seconds', shows: 'a trip in thirty seconds, from the trailhead to the last camp' },
  },
  {
    name: 'Trail reports',
    weight: 1.2,
    hashtags: ['trailreport', 'hikevermont', 'trailconditions', 'whitemountains'],
    templates: [
      {
        title: 'Trail report',
        text: 'Trail report, {trip.where}: {condition}. {guide} walked it on {weekday}. Bring the {gear.name}, leave the cotton.',
      },
      {
        title: 'Weekend outlook',
        text: 'For the weekend in {trip.where}: {condition}. Start early, turn around by two, and tell somebody where you are going.',
      },
      {
        title: 'Closure',
        text: 'Please stay off the upper trails around {trip.name} until they have dried out. Boots in soft ground leave ruts for years. We will say when it is fine again.',
      },
    ],
    texts: [
      'Conditions on {trip.name}: {condition}. The view is there on some days, the wind on all of them.',
      '{guide} just radioed in from {trip.where}: {condition}, good spirits, {dish} for dinner.',
      'Early morning on {trip.name}: the roots are slick until ten, then it is the best hiking of the week.',
      'A tree came down across {trip.name}. Thanks to the volunteers with the crosscut saw, the detour is gone since {weekday}.',
      '{condition}. That is the whole report for {trip.where}, and the mountains do not mind repeating it.',
    ],
    closings: [
      'Check the forecast again at the trailhead.',
      'Reports every Thursday.',
      'Seen something else out there? Tell us.',
      'Conditions change faster than posts.',
    ],
    prompts: [
      'Trail report for {trip.where}: {condition}',
      'Ask hikers kindly to stay off muddy trails near {trip.name}',
      'Weekend outlook, calm and specific',
    ],
    pictures: [
      { name: 'muddy-trail', shows: 'a muddy trail with log bridges' },
      { name: 'trail-sign', shows: 'a wooden trail sign with frost on it' },
      { name: 'clouds-over-notch', shows: 'clouds that pour over a mountain notch' },
    ],
    video: { name: 'radio-check', shows: 'a guide gives the trail report into the camera, in the wind' },
  },
  {
    name: 'Gear',
    weight: 1,
    hashtags: ['hikinggear', 'packinglist', 'backpackinggear', 'ultralightish'],
    templates: [
      {
        title: 'One piece of gear',
        text: 'One piece of gear: the {gear.name}. {gear.weight}. Why we carry it: {gear.why}. You can borrow ours on every trip.',
      },
      {
        title: 'Packing list',
        text: 'Packing for {trip.name}: the {gear.name} comes along ({gear.weight}), the second pair of jeans does not. A full pack is {pounds} pounds, water included.',
      },
      {
        title: 'Repair',
        text: 'Do not buy a new {gear.name} yet. Bring the old one to our repair night on {weekday}: {guide} has needle, tape and opinions.',
      },
    ],
    texts: [
      'Most people pack their fears. {guide} went through a {pounds}-pound pack with a guest last week and took out a third of it. The {gear.name} stayed.',
      'The {gear.name}: {gear.why}. That is the review.',
      'You do not need new gear for your first trip. You need a {gear.name} that fits, dry socks, and somebody who knows where the water is.',
      'Expensive {gear.name} or cheap {gear.name}? We tested both on {trip.name}. The expensive one is lighter. The cheap one is also fine.',
      'What is in the first-aid kit of {guide}? Mostly tape. And a small bag of candy, which is also first aid.',
    ],
    closings: [
      'No affiliate links, we rent and repair.',
      'The full packing list is on our site.',
      'What would you leave at home?',
      'Borrowing is included in the price.',
    ],
    prompts: [
      'Explain in two sentences why we carry a {gear.name}',
      'Packing list for {trip.name}, under {pounds} pounds',
      'Invite people to the repair night on {weekday}',
    ],
    pictures: [
      { name: 'gear-on-floor', shows: 'a packing list laid out on a barn floor' },
      { name: 'boots-drying', shows: 'boots that dry next to a wood stove' },
      { name: 'map-and-compass', shows: 'a paper map with a compass on a knee' },
    ],
    video: { name: 'packing-a-backpack', shows: 'a guide packs a backpack in the right order' },
  },
  {
    name: 'Guides',
    weight: 0.8,
    hashtags: ['mountainguide', 'meettheteam', 'wildernessguide', 'outdoorjobs'],
    templates: [
      {
        title: 'Meet a guide',
        text: 'Meet {guide}. Has led {trip.name} eleven times, can identify any bird by ear, and burns the {dish} about once a season.',
      },
      {
        title: 'Guide training',
        text: 'Training week. Sixteen guides practice what we hope never to need: splints, river rescues, and carrying {guide} down a hill on a tarp.',
      },
      {
        title: 'Guide tip',
        text: '{guide} on how to {skill.name}: "{skill.rule}." Twenty years of guiding in one sentence.',
      },
    ],
    texts: [
      'Asked {guide} what guests always forget. Answer: "That they will be fine."',
      '{guide} is out on {trip.name} and has left us a list of things to post. It says: "trees, clouds, no selfies". So here are trees.',
      'Our guides are employed all year, with health insurance. It makes a trip like {trip.name} cost $40 more. We think you want to know both numbers.',
      'Before {trip.name} {guide} sleeps in the barn, next to the van. Superstition, or a habit. We have stopped asking.',
      'The best sound in the office: {guide} on the radio, saying "all eight in camp, {dish} is on".',
    ],
    closings: [
      'We are hiring for next season.',
      'Ask them anything.',
      'All guides are Wilderness First Responders.',
      'Two of them on every trip.',
    ],
    prompts: [
      'Portrait of {guide}, guide of {trip.name}, three sentences',
      'Post about training week, with a little humor',
      'Why our guides are employed all year',
    ],
    pictures: [
      { name: 'guide-with-map', shows: 'a guide who explains a map to a group' },
      { name: 'rescue-training', shows: 'guides who practice a rescue with a rope' },
      { name: 'camp-kitchen', shows: 'a guide who cooks for eight over two stoves' },
    ],
    video: { name: 'a-day-with-a-guide', shows: 'a day with a guide, from the first coffee to the last headlamp' },
  },
  {
    name: 'Stories',
    weight: 1,
    hashtags: ['trailstories', 'firsttimer', 'hikersofinstagram', 'outdoorsforall'],
    templates: [
      {
        title: 'Guest story',
        text: 'On {trip.name}, {traveler.name} {traveler.did}. Asked what was hardest: "{trip.hard}." Asked about next year: "Which dates?"',
      },
      {
        title: 'Postcard',
        text: 'A postcard came in from {trip.where}: "Dear {guide}, my legs have forgiven you. Please send the recipe for the {dish}."',
      },
      {
        title: 'First time',
        text: 'Everybody has a first night outside. {traveler.name} had theirs on {trip.name}. It rained. They signed up again from the parking lot.',
      },
    ],
    texts: [
      '{traveler.name} {traveler.did}. We have watched it happen for years, and it is still the reason we do this.',
      'What people say on day one of {trip.name}: "I hope I am not the slowest." What they say on the last: "Can we stop here for a while?"',
      'Around the stove on {trip.name}: a nurse, a welder, two teachers, a retired judge. By the second {dish} nobody remembered who was what.',
      'This {season} {traveler.name} {traveler.did}. {guide} carried the camera, and cried a little, because of the wind.',
      '"I thought I would miss my phone." {traveler.name}, after {trip.days} on {trip.name}.',
    ],
    closings: [
      'Your story? We would love to read it.',
      'Shared with permission.',
      'No experience needed, only shoes.',
      'Photo by a guest.',
    ],
    prompts: [
      'Story of {traveler.name}, who {traveler.did}',
      'Caption for a guest photo from {trip.name}',
      'Encourage people who have never slept outside',
    ],
    pictures: [
      { name: 'guests-laughing-at-camp', shows: 'guests who laugh around a camp stove' },
      { name: 'feet-in-lake', shows: 'tired feet in a clear lake' },
      { name: 'summit-hug', shows: 'two hikers who hug on a foggy summit' },
    ],
    video: { name: 'guest-voices', shows: 'guests say one sentence each about their first night outside' },
  },
  {
    name: 'Skills',
    weight: 0.9,
    hashtags: ['outdoorskills', 'hikingtips', 'wildernessskills', 'hikesafe'],
    templates: [
      {
        title: 'How to',
        text: 'How to {skill.name}: {skill.rule}. Practice in the backyard, not on day one of {trip.name}.',
      },
      {
        title: 'Myth',
        text: 'Myth: you have to be fit to go on a trip. You have to be patient. Fitness comes along on day three. Ask {traveler.name}, who {traveler.did}.',
      },
      {
        title: 'Course',
        text: 'Skills evening on {weekday}, in the barn: how to {skill.name}. {guide} teaches, {dish} afterward. $25, free for anyone booked on a trip.',
      },
    ],
    texts: [
      'The one rule to {skill.name}: {skill.rule}. Everything else is style.',
      'Turning around is a skill. {guide} turned a group around half a mile below the top last {weekday}, and that is the hike they talk about.',
      'Learn to {skill.name} before you need to. {guide} shows it in 40 seconds, without music.',
      'Quiz: what is wrong with "I will just follow the others"? Nothing, until the others think the same. Carry a {gear.name}.',
      'Cold hands, warm tip from {guide}: eat before you are hungry, drink before you are thirsty, and put on the {gear.name} before you are cold.',
    ],
    closings: [
      'Save it for your next trip.',
      'What should we explain next?',
      'We teach this on every trip.',
      'Slow is smooth.',
    ],
    prompts: [
      'Explain how to {skill.name} in one short video script',
      'Tips for cold weather with a {gear.name}',
      'Announce the skills evening on {weekday}',
    ],
    pictures: [
      { name: 'compass-in-hand', shows: 'a compass in a gloved hand' },
      { name: 'bear-bag', shows: 'a food bag that hangs high between two trees' },
      { name: 'stream-crossing', shows: 'hikers who cross a stream with poles' },
    ],
    video: { name: 'skill-in-forty-seconds', shows: 'a guide shows one skill in forty seconds' },
  },
  {
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
  },
  {
    name: 'Last places',
    weight: 0.7,
    hashtags: ['lastplaces', 'hikingtrip', 'weekendtrip', 'adventuretravel'],
    templates: [
      {
        title: 'Last places',
        text: '{seats} places left on {trip.name}, the {month} departure. {trip.days}, {trip.price}, {guide} leads. The hard part: {trip.hard}.',
      },
      {
        title: 'Cancellation',
        text: 'Somebody broke a toe (at home, on a chair), so there is room on {trip.name} next {weekday}: {trip.days}, {trip.miles}. Get well, chair person.',
      },
      {
        title: 'Solo travelers',
        text: 'Coming alone? So do six out of ten. {trip.name} has no single supplement: {trip.price}, own tent, shared {dish}.',
      },
    ],
    texts: [
      '{trip.name} is full. The waiting list is short, and people do break toes.',
      '{seats} places, {trip.days}, one decision. {trip.name} leaves on {weekday}.',
      'If {trip.price} at once is too much: three installments, no fee. And there is the community fund, no questions asked, for {trip.name} as well.',
      'Booking for {trip.name} ends on {weekday}, because {guide} buys the food then. Very simple, very firm.',
    ],
    closings: [
      'Free cancellation until 30 days before.',
      'Call us, we pick up.',
      'Book with $100 down.',
      'Gift certificates, too.',
    ],
    prompts: [
      '{seats} places left on {trip.name}, friendly, no pressure',
      'Post for solo travelers about {trip.name}',
      'Explain the community fund in 60 words',
    ],
    pictures: [
      { name: 'van-at-trailhead', shows: 'a van with open doors at a trailhead' },
      { name: 'empty-bench', shows: 'an empty bench with a view of a valley' },
      { name: 'departure-board', shows: 'a chalkboard with the departures of the season' },
    ],
    video: { name: 'van-leaves', shows: 'the van leaves the barn before sunrise' },
  },
];
