import type { Brand } from '../../brand.ts';

export const conversations: Brand['conversations'] = {
  COMMENT: [
    {
      openings: ['Can I come to {beach} without speaking Japanese?', 'Is the clean-up at {beach} OK for tourists?'],
      turns: [
        'Of course, the introduction is in both languages.',
        'And do I need to register?',
        'Only groups do. Look for the blue flag at {hour}.',
      ],
    },
    {
      openings: [
        '{kilos} kg, that is both wonderful and terrible.',
        'And that is one beach. Where does it all come from, {find} and so on?',
      ],
      turns: [
        'We feel the same. It is less than last year, and the trend counts.',
        'Where does it come from?',
        'Most of it from rivers, after rain. The survey has a map.',
      ],
    },
    {
      openings: [
        'My daughter still talks about your visit at her school.',
        'We were there on {weekday}, thank you for the lovely morning!',
      ],
      turns: [
        'That makes our week, thank you for coming!',
        'She now checks every bottle cap on the street.',
        'We have a job for her in ten years.',
      ],
    },
    {
      openings: [
        'Is that really {species.name}? I thought it was extinct here.',
        'I think I saw a {species.name} at {beach} this morning!',
      ],
      turns: [
        'It may well be! Do you have a picture?',
        'Only a blurry one, from far away.',
        'From far away is perfect. Please send it with the time and place.',
      ],
    },
    {
      openings: ['Why do you not just put up more bins?', 'The town should do this, not volunteers.'],
      turns: [
        'The town pays for the disposal, and more bins are coming to {beach}.',
        'Good to hear. Since when?',
        'Since the council vote in {month}. It took three years of asking.',
      ],
    },
    {
      openings: ['What happens to the {find} afterwards?', 'Is any of this recycled?'],
      turns: [
        'About a third. Salt and sand make the rest difficult.',
        'Honest answer, I appreciate it.',
        'The exact shares are in the quarterly report.',
      ],
    },
  ],
  DIRECT_MESSAGE: [
    {
      openings: [
        'Hello, we are a company with 30 people and would like to join a clean-up.',
        'Can we book a team event with you, about {count} people?',
      ],
      turns: [
        'Thank you! On which day, and do you have a preferred beach?',
        'Any Friday, and {beach} would be close to us.',
        'Then we suggest the Friday after next, at {hour}. A form follows by mail.',
      ],
    },
    {
      openings: ['I donated last month but have no receipt yet.', 'Could you send me the tax receipt again?'],
      turns: [
        'Sorry for the wait! To which address should it go?',
        'The same mail address as this account.',
        'Sent a minute ago. Please look into the spam folder as well.',
      ],
    },
    {
      openings: [
        'I found a turtle on {beach}, it is not moving. What should I do?',
        'There is a bird with fishing line around its leg at {beach}.',
      ],
      turns: [
        'Thank you for telling us. Please keep a distance and dogs away. Can you share the exact place?',
        'Next to the second stairs, at the sea wall.',
        'Our wildlife partner is on the way, about 25 minutes. Could you wait there?',
      ],
    },
    {
      openings: [
        'Can I visit the eelgrass site with my class? 28 children, age 10.',
        'Do you visit schools in Tokyo as well?',
      ],
      turns: [
        'Gladly, school visits are free. Which month suits you?',
        '{month}, in the mornings.',
        'We hold two dates for you and write by {weekday}.',
      ],
    },
    {
      openings: [
        'I would like to cancel my monthly gift, I lost my job.',
        'Can I change my membership to a smaller amount?',
      ],
      turns: [
        'Of course, done. Thank you for everything you have given.',
        'I feel bad about it.',
        'Please do not. Come to {beach} some day, tea is on us.',
      ],
    },
    {
      openings: [
        'I am a student and would like to use your survey data.',
        'Is the data on {find} free to use in a paper?',
      ],
      turns: [
        'Yes, it is open, with attribution. Which years do you need?',
        'The last five, if possible with coordinates.',
        'The link is on its way. Send us the paper when it is out!',
      ],
    },
  ],
  MENTION: [
    {
      openings: [
        'Spent the morning at {beach} with @satoumitrust. {kilos} kg!',
        'If you live near {beach}: @satoumitrust meets on {weekday}, {hour}.',
      ],
      turns: ['Thank you for coming, and for the sandwiches.', 'Next time with more sandwiches.', 'You are hired.'],
    },
    {
      openings: [
        'Our new paper uses data by @satoumitrust, thank you for making it open.',
        'Great example of citizen science: @satoumitrust and their counts of {find}.',
      ],
      turns: [
        'We are delighted. May we share it with the volunteers?',
        'Please do, they did the work.',
        'They will frame it.',
      ],
    },
    {
      openings: [
        'Proud to support @satoumitrust this year, together with {partner}.',
        'Interview with the people behind @satoumitrust tonight at eight.',
      ],
      turns: [
        'Thank you, it means a lot to the whole team.',
        'Could we have a photo for our site?',
        'Sure, with consent forms and all. It comes by {weekday}.',
      ],
    },
  ],
  REVIEW: [
    {
      openings: [
        '★★★★★ Well organised, kind, and they start on time. I learnt more about {species.name} than in school.',
        '★★★★★ The friendliest two hours of my week.',
      ],
      turns: [
        'Thank you! See you at the next one?',
        'Already in my calendar.',
        'We will keep a pair of gloves for you.',
      ],
    },
    {
      openings: [
        '★★★☆☆ Good cause, but nobody told us that the meeting point had moved.',
        '★★☆☆☆ Too much speaking, too little cleaning.',
      ],
      turns: [
        'You are right, that was our mistake. Changes are now pinned at the top of the page.',
        'Thank you for answering.',
        'Thank you for telling us. We would be happy to see you again.',
      ],
    },
    {
      openings: ['★★★★☆ Lovely team. Please bring gloves in smaller sizes for children.'],
      turns: ['Good point: 40 pairs in size XS are ordered.', 'That was quick!', 'Small hands find the small things.'],
    },
  ],
};

export const farewells: Brand['farewells'] = {
  thanks: [
    'Thank you very much!',
    'Wonderful, see you there.',
    'ありがとうございます!',
    'Great, thank you for the quick reply.',
    'That is very kind, thank you.',
    'Perfect, I will tell my friends.',
  ],
  answers: [
    'Thank you for caring about the coast.',
    'See you by the sea!',
    'Thank you, from all of us.',
    'We look forward to it.',
    'こちらこそ, and see you soon!',
  ],
};
