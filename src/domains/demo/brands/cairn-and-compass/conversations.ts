import type { Brand } from '../../brand.ts';

export const conversations: Brand['conversations'] = {
  COMMENT: [
    {
      openings: [
        'How hard is {trip.name} really? Asking for my knees.',
        'I am 61 and walk every day. Is {trip.name} realistic?',
      ],
      turns: [
        'Honest answer: {trip.hard}. With poles and a steady pace, very doable.',
        'And if I slow everyone down?',
        'The group walks at the pace of its slowest member, on purpose. Somebody has to be it.',
      ],
    },
    {
      openings: ['Where was this taken?', 'Location please!'],
      turns: [
        'On {trip.name}, {trip.where}. The exact spot stays with us, it is a small place.',
        'Fair. Respect for that.',
        'Come along and you will find out.',
      ],
    },
    {
      openings: ['What {gear.name} is that?', 'Which {gear.name} do you recommend for a beginner?'],
      turns: [
        'An old one. What matters: {gear.why}.',
        'So nothing special from the store?',
        'Borrow ours first. You will know what you like after two days.',
      ],
    },
    {
      openings: ['Are dogs allowed?', 'Can my dog come on {trip.name}?'],
      turns: [
        'Not on group trips, sorry. Our insurance and the porcupines are against it.',
        'What about a private trip?',
        'That works! Write to us, and tell us the name of the dog.',
      ],
    },
    {
      openings: ['This made my week.', 'I was on this trip and I still dream about the {dish}.'],
      turns: [
        'We will pass that on to {guide}.',
        'Please do, and ask for the recipe.',
        'Sent! It serves eight, or two guides.',
      ],
    },
    {
      openings: ['Is it too early in the year for {trip.where}?', 'Are the bugs over yet?'],
      turns: [
        'As of today: {condition}.',
        'So would you go this weekend?',
        'We are going. Start early and bring the {gear.name}.',
      ],
    },
  ],
  DIRECT_MESSAGE: [
    {
      openings: [
        'Hi! Are there still places on {trip.name} in {month}?',
        'Hello, my sister and I would like to join {trip.name}. Two places left?',
      ],
      turns: [
        'There are, three at the moment. Shall we hold two until {weekday}?',
        'Yes please! Do we pay everything now?',
        '$100 each now, the rest 30 days before. The link is on its way.',
      ],
    },
    {
      openings: [
        'I booked {trip.name} and broke my wrist. What are my options?',
        'I need to cancel {trip.name}, family emergency.',
      ],
      turns: [
        'We are sorry to hear it. You can move to any other date, or have it back minus $50.',
        'Moving sounds good. Is there something in spring?',
        'There is: same trip, first week of June. Get well first.',
      ],
    },
    {
      openings: ['I am vegetarian and allergic to nuts. Is that a problem?', 'Can you cook gluten free on the trail?'],
      turns: [
        'Not at all, please tell us in the form so that {guide} can plan.',
        'Done. Is there cross-contamination with one pot?',
        'You get a pot of your own, with a red lid. Nobody touches the red lid.',
      ],
    },
    {
      openings: [
        'Do you run private trips for companies? We are 14.',
        'Could you organize two days for our team of 10?',
      ],
      turns: [
        'We do, up to 16 people with four guides. What do you have in mind?',
        'Two days, one night, nobody has camped before.',
        'Then the beginner weekend is a good start. A proposal comes by {weekday}.',
      ],
    },
    {
      openings: ['What boots should I buy for {trip.name}?', 'Do I need hiking boots or are trail runners OK?'],
      turns: [
        'Whatever you have walked 50 miles in. Trail runners are fine for most people.',
        'Mine are new, bought yesterday.',
        'Then wear them to the grocery store, daily, until the trip.',
      ],
    },
    {
      openings: [
        'I left my {gear.name} in the van on Sunday!',
        'Did anyone find a gray {gear.name} after {trip.name}?',
      ],
      turns: [
        'Found it, it was under the third seat. Shall we mail it?',
        'Yes please, I will pay the postage.',
        'It is on us. Good excuse to write a postcard.',
      ],
    },
  ],
  MENTION: [
    {
      openings: [
        '{trip.days} with @cairnandcompass and I can feel every muscle. Worth it.',
        'Back from {trip.name} with @cairnandcompass. Already miss the {dish}.',
      ],
      turns: [
        'Hot bath, salt, repeat. You walked {trip.miles}!',
        'It felt like double.',
        'That was the {pounds}-pound pack. Well done!',
      ],
    },
    {
      openings: [
        'Shoutout to @cairnandcompass for carrying out {pounds} pounds of trash that was not theirs.',
        'Watched a @cairnandcompass guide turn a group around in bad weather. Respect.',
      ],
      turns: [
        'Thank you. The mountain will be there next week.',
        'More groups should do that.',
        'They do, you just never see photos of it.',
      ],
    },
    {
      openings: [
        'Our list of outfitters that pay their guides properly: @cairnandcompass is on it.',
        'Podcast episode with {guide} of @cairnandcompass is out!',
      ],
      turns: [
        'Thank you for asking the right questions.',
        'Would you come back for an episode on winter?',
        'Any time, {guide} talks about snow for free.',
      ],
    },
  ],
  REVIEW: [
    {
      openings: [
        '★★★★★ {guide} was calm when it hailed, and funny when it did not. Would do {trip.name} again tomorrow.',
        '★★★★★ First time backpacking at 58. They never made me feel slow.',
      ],
      turns: [
        'Thank you! {guide} has read this aloud in the office.',
        'Tell them the hail story gets better every time.',
        'It is up to golf balls here.',
      ],
    },
    {
      openings: [
        '★★★☆☆ Great trip, but the packing list did not mention how cold it gets at night.',
        '★★☆☆☆ The office took five days to answer my mail.',
      ],
      turns: [
        'You are right, and we have changed that since. Thank you for saying it plainly.',
        'Appreciate the answer.',
        'We would like to make it up to you. May we call?',
      ],
    },
    {
      openings: ['★★★★☆ Loved it. One star less for {trip.hard}, which is hardly your fault.'],
      turns: [
        'We have forwarded your complaint to {trip.where}.',
        'Ha! Let me know what it says.',
        'It says: bring poles.',
      ],
    },
  ],
};

export const farewells: Brand['farewells'] = {
  thanks: [
    'Thank you so much!',
    'That is super helpful, thanks.',
    'Awesome, see you on the trail.',
    'Great, booked!',
    'Perfect. Thanks, all!',
    'You folks are the best.',
  ],
  answers: [
    'See you out there!',
    'Any time. Happy trails.',
    'You bet.',
    'Glad to help, write again if anything comes up.',
    'Looking forward to it!',
  ],
};
