import type { Pillar } from '../../brand.ts';

export const pillars: readonly Pillar[] = [
  {
    name: 'Clean-ups',
    weight: 1.3,
    hashtags: ['beachcleanup', 'oceancleanup', 'shonan', 'volunteerjapan'],
    templates: [
      {
        title: 'Call for a clean-up',
        text: 'Clean-up at {beach}, {weekday}, {hour}. Two hours, gloves and bags are there, children are welcome. Bring water, a hat and one friend.',
      },
      {
        title: 'After a clean-up',
        text: '{count} people, two hours, {kilos} kg. Most frequent find at {beach}: {find}. Thank you, every single one of you.',
      },
      {
        title: 'Weather change',
        text: 'Wind warning for {weekday}: the clean-up at {beach} moves by one week, same time, {hour}. Please tell everyone you wanted to bring.',
      },
    ],
    texts: [
      'Come as you are, before work if you like: {weekday}, {hour}, {beach}. Forty minutes are enough to fill a bag.',
      'At {beach} we found {find}, a message in a bottle (in Korean, very kind), and one left shoe. The owner of the right one may write to us.',
      'What to wear at {beach}: shoes that may get wet, and a sense of humour about {find}. We start at {hour}.',
      'The first clean-up at {beach} had six people. On {weekday} there were {count}. Same beach, same buckets, more sandwiches.',
      'A typhoon leaves two things at {beach}: a clear sky and {kilos} kg of {find}. We are there on {weekday}, when the waves allow it.',
    ],
    closings: [
      'No registration needed.',
      'Toilets and shade nearby.',
      'Groups please write to us first.',
      'Announcements in English and Japanese.',
    ],
    prompts: [
      'Call for a clean-up at {beach} on {weekday}, {hour}',
      'Thank {count} volunteers for {kilos} kg',
      'Postpone the clean-up at {beach} because of wind',
    ],
    pictures: [
      { name: 'volunteers-on-beach', shows: 'volunteers with buckets on a wide grey beach' },
      { name: 'sorted-finds', shows: 'finds from the beach, sorted by colour on a cloth' },
      { name: 'full-bags', shows: 'full bags in a row at the high-tide line' },
    ],
    video: { name: 'two-hours-in-one-minute', shows: 'two hours of a clean-up in one minute' },
  },
  {
    name: 'Results',
    weight: 1,
    hashtags: ['impact', 'opendata', 'marineplastic', 'citizenscience'],
    templates: [
      {
        title: 'Number of the week',
        text: 'Number of the week: {kilos} kg. That is what {count} volunteers carried off {beach} in {month}. Counted, sorted, published.',
      },
      {
        title: 'Before and after',
        text: 'Left: {beach} two years ago. Right: {beach} on {weekday}. In between: {count} people, {kilos} kg of {find}, and a tide table.',
      },
      {
        title: 'Quarterly report',
        text: 'Our quarterly numbers are out: {kilos} kg collected, {count} surveys, four meadows growing, one shrinking. We write about that one first.',
      },
    ],
    texts: [
      'The column "{find}" for {beach} is shorter than last year, for the third time in a row. One reason: {partner} changed a single supplier.',
      'We publish what does not work as well: our net at {beach} caught more leaves than {find}. It is out of the water again.',
      '{count} surveys, one table, free for everyone. A student in Osaka has just used it to trace {find} back to the source.',
      'What happens with {kilos} kg from {beach}? A third is recycled, most is burnt for heat, and we keep the {find} for a school project.',
      'A small number with a large meaning: 11. So many nests of the {species.name} were counted near {beach}. Last {season} it was 4.',
    ],
    closings: ['All data are open.', 'Method and errors on our site.', 'Source: our own surveys.', 'You did this.'],
    prompts: [
      'Number of the week: {kilos} kg at {beach}',
      'Explain honestly why the net at {beach} did not work',
      'Caption for a before-and-after picture of {beach}',
    ],
    pictures: [
      { name: 'chart-on-board', shows: 'a hand-drawn chart on a whiteboard' },
      { name: 'scale-with-bag', shows: 'a bag of litter on a hanging scale' },
      { name: 'beach-before-after', shows: 'the same beach before and after, side by side' },
    ],
    video: { name: 'report-in-numbers', shows: 'numbers of the quarter, written into the sand' },
  },
  {
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
  },
  {
    name: 'Volunteers',
    weight: 1,
    hashtags: ['volunteering', 'community', 'thankyou', 'coastcare'],
    templates: [
      {
        title: 'Volunteer portrait',
        text: '"{person.says}." {person.name}, {person.role}, has been with us at {beach} since the first day.',
      },
      {
        title: 'We are looking for',
        text: 'We are looking for somebody who can drive a small van on {weekday}s, from {hour} to noon. In return: sea air, {count} new acquaintances, onigiri.',
      },
      {
        title: 'Thank you',
        text: 'Thank you to the {count} people who came to {beach} in the rain. We had counted on twenty and made tea for twenty. It was enough for everyone, somehow.',
      },
    ],
    texts: [
      '{person.name}, {person.role}: "{person.says}."',
      'A company sent {count} people to {beach} for a "team event". On {weekday} eleven of them were back, on their own, with their children.',
      'Nobody asks what you do for a living when you hold one end of a rope. {person.name} says: "{person.says}."',
      'Our oldest volunteer is 88, our youngest came in a sling. Together they found {find} at {beach}, and a crab they named Kenji.',
      'New on the coast team: {person.name}, {person.role}. First question, on the first morning at {beach}: "Where is the coffee?" Welcome.',
    ],
    closings: [
      'Join once, or every week.',
      'Insurance is included.',
      'No Japanese needed, smiling helps.',
      'Next introduction: first Saturday of the month.',
    ],
    prompts: [
      'Portrait of {person.name}, {person.role}',
      'Look for a van driver on {weekday}s',
      'Thank {count} people who came in the rain',
    ],
    pictures: [
      { name: 'hands-with-gloves', shows: 'many hands in work gloves, in a circle' },
      { name: 'tea-break', shows: 'volunteers with tea on a sea wall' },
      { name: 'oldest-and-youngest', shows: 'an old woman and a child with one bucket' },
    ],
    video: { name: 'why-i-come', shows: 'volunteers say why they come, in one sentence' },
  },
  {
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
  },
  {
    name: 'Schools',
    weight: 0.8,
    hashtags: ['oceanliteracy', 'education', 'outdoorclassroom', 'kidsforocean'],
    templates: [
      {
        title: 'School visit',
        text: 'Today with {school}: a box of {find}, thirty questions, one answer nobody knew. Why do caps float and bottles sink? The class found out in a bucket.',
      },
      {
        title: 'Quote of a child',
        text: '"If the {species.name} needs quiet, why do we not whisper?" A student of {school}, at {beach}. We whispered.',
      },
      {
        title: 'Material for teachers',
        text: 'For teachers: our unit on the {species.name} is new, free, and takes 45 minutes. With worksheets in English and Japanese, tested with {school}.',
      },
    ],
    texts: [
      'Homework that smells: {school} brought {find} from {beach}, and a very precise map.',
      'How do you explain {species.japanese} to six-year-olds? You do not. You hand them a net and a bucket, and step back.',
      '{school} adopted 20 metres of {beach}. On {weekday} they found less than ever, and were a little disappointed.',
      'The most frequent question at {school}: do fish sleep? Dr. Nakamura answers, with his eyes open.',
      'Thirty children of {school} counted {find} for us. Their numbers were better than ours. We have adopted their method.',
    ],
    closings: [
      'Visits are free for public schools.',
      'Names of children are never published.',
      'Dates for next term are open.',
      'Worksheets on our site.',
    ],
    prompts: [
      'School visit at {school}: what happened',
      'Announce the free unit on the {species.name}',
      'Three quiz questions about {species.name} for children',
    ],
    pictures: [
      { name: 'children-with-nets', shows: 'children with hand nets, seen from behind, in shallow water' },
      { name: 'box-of-finds', shows: 'a wooden box with numbered finds from the beach' },
      { name: 'class-drawing', shows: 'a class drawing of a bay with fish and boats' },
    ],
    video: { name: 'float-or-sink', shows: 'children test what floats and what sinks' },
  },
  {
    name: 'Giving',
    weight: 0.8,
    hashtags: ['donate', 'nonprofit', 'membership', 'givingback'],
    templates: [
      { title: 'What a gift does', text: '{gift.yen} is {gift.does}. We know exactly, because we buy it ourselves.' },
      {
        title: 'Member update',
        text: 'Dear members, your {month} at {beach}: {kilos} kg, {count} volunteers, one new meadow. You made that possible with {gift.yen} a month on average.',
      },
      {
        title: 'Matching gift',
        text: 'Until {weekday} {partner} doubles every gift: {gift.yen} becomes twice {gift.does}. Thank you for considering it.',
      },
    ],
    texts: [
      'Of 100 yen, 83 go to the coast, 11 to the office, 6 to asking for more. The auditor has counted them too.',
      'Somebody sent us {gift.yen} in coins, with a letter: "From the lemonade stand, for {beach}." It will be {gift.does}.',
      'We do not run on large gifts. We run on 2,300 people who give a little, every month. {gift.yen}, for instance: {gift.does}.',
      'Not in a position to give? Come to {beach} on {weekday}. Hands count the same in our books.',
      '{person.name}, {person.role}, asked to give the birthday money to the coast. {gift.yen}: {gift.does}. And a card from all of us.',
    ],
    closings: [
      'Tax receipts for Japan.',
      'Cancel whenever you like.',
      'Thank you, at any size.',
      'Accounts are public.',
    ],
    prompts: [
      'What {gift.yen} does: {gift.does}',
      'Thank members for {month}, before any ask',
      'Announce that {partner} doubles gifts until {weekday}',
    ],
    pictures: [
      { name: 'thank-you-cards', shows: 'thank-you cards with stamps of fish' },
      { name: 'eelgrass-shoots', shows: 'eelgrass shoots in trays, ready for planting' },
      { name: 'survey-boat', shows: 'a small survey boat at anchor' },
    ],
    video: { name: 'where-your-gift-goes', shows: 'the way of a gift, from the letter to the meadow' },
  },
  {
    name: 'Science and policy',
    weight: 0.7,
    hashtags: ['marinescience', 'policy', 'oceanhealth', 'partnership'],
    templates: [
      {
        title: 'Study, explained',
        text: 'A new study with {partner}, in one paragraph: what washes up near {beach}, {find} above all, comes mostly down the river, with the first rain in {month}. So that is when we will be there.',
      },
      {
        title: 'Open consultation',
        text: 'The prefecture asks for opinions on the coast plan until {weekday}. It takes ten minutes. What we wrote, and why it matters for the {species.name}: on our site.',
      },
      {
        title: 'Partner news',
        text: 'Good news: {partner} joins the coast agreement. In practice: fewer single-use floats, a rack at {beach}, one report a year that we are allowed to criticise.',
      },
    ],
    texts: [
      'We asked 1,100 people at {beach} what annoys them most. Not {find}. The missing bins. The town has promised four.',
      'Blue carbon, in one sentence: plants under water store it faster than forests. In a second one: only if {species.name} and mud are left alone.',
      'A sign that says "please" works better than one that says "forbidden". We have tested both at {beach}, for {count} days.',
      'Our director spoke at the town council for three minutes. Then {person.name}, {person.role}, spoke for one: "{person.says}." It passed.',
      'Correction: last week we wrote that the finds of {find} at {beach} had halved. They fell by 41%. Still good, and now also right.',
    ],
    closings: [
      'The study is open access.',
      'Read it, then disagree with us.',
      'No party, no logo, only the coast.',
      'Thank you for the careful questions.',
    ],
    prompts: [
      'Explain a study on {find} in plain words',
      'Invite people to the consultation until {weekday}',
      'LinkedIn post about the agreement with {partner}',
    ],
    pictures: [
      { name: 'water-samples', shows: 'bottles with water samples in a rack' },
      { name: 'town-council', shows: 'a meeting of the town council, seen from the back row' },
      { name: 'friendly-sign', shows: 'a hand-painted sign at the entrance of a beach' },
    ],
    video: { name: 'study-in-one-minute', shows: 'a scientist explains a study in one minute, at the quay' },
  },
];
