import type { Brand } from '../../brand.ts';

export const conversations: Brand['conversations'] = {
  COMMENT: [
    {
      openings: [
        'Is {coffee.name} available as espresso roast too?',
        'Can I pull {coffee.name} as espresso or is it filter only?',
      ],
      turns: [
        'It is roasted for filter, but works as a bright espresso: 18 g in, 42 g out.',
        'Interesting, will my entry-level grinder manage that?',
        'It will. Go two steps finer than usual and give it 30 seconds.',
      ],
    },
    {
      openings: ['That {treat} though 😍', 'I can smell this picture.', 'Just had this at {place}. Perfect.'],
      turns: [
        'Thank you, we will tell the kitchen!',
        'Is it there during the week as well?',
        'Every day until it is gone, which is about eleven.',
      ],
    },
    {
      openings: [
        'What does {coffee.process} mean?',
        'Noob question: what is the difference between washed and natural?',
      ],
      turns: [
        'It is how the fruit comes off the bean: washed is cleaner, natural is fruitier.',
        'And which one would you give somebody who drinks filter from the supermarket?',
        'Washed, from Colombia. Then ask again in a month.',
      ],
    },
    {
      openings: ['{coffee.price} for 250 g is a lot of money.', 'Serious question, why is this so expensive?'],
      turns: [
        'Fair question. About half of it goes to the farm and the shipping; the report on our site has the full list.',
        'Did not expect an actual answer, thanks.',
        'Any time. The Brazilian is our everyday coffee, if you want to start there.',
      ],
    },
    {
      openings: [
        'My {brew.name} turns out bitter every time 😩',
        'Tried the {brew.name} recipe, mine was sour. What am I doing wrong?',
      ],
      turns: [
        'Let us fix it: which grinder do you have, and how long did it take?',
        'Hand grinder, about five minutes.',
        'Then go a bit coarser, and aim for {brew.time}. Tell us tomorrow!',
      ],
    },
    {
      openings: ['Do you ship to Slovenia?', 'Any chance of shipping to Switzerland?'],
      turns: [
        'We do, tracked, in three to five days.',
        'Great, and is there customs to pay?',
        'Within the EU no. For Switzerland under 62 francs neither.',
      ],
    },
    {
      openings: [
        'Please bring back the blend from last year!',
        'When is the {season} menu over? I am in Vienna next month.',
      ],
      turns: [
        'We are working on it. You are the fourth person this week.',
        'So there is hope?',
        'There is always hope, and there is a mailing list.',
      ],
    },
  ],
  DIRECT_MESSAGE: [
    {
      openings: [
        'Hi, my order arrived but one bag is missing. It should have been two {coffee.name}.',
        'Hello! Ordered two bags of {coffee.name}, got one. What now?',
      ],
      turns: [
        'Sorry about that! Could you send us the order number?',
        'Sure: LW-48213.',
        'Found it. A new bag goes out today, and keep the mistake for your neighbour if it turns up.',
      ],
    },
    {
      openings: [
        'Could I reserve a table for eight at {place} on {weekday}?',
        'Do you take reservations at {place}? We are eight people.',
      ],
      turns: [
        'We take none in general, but for eight we will push tables together. What time?',
        'Around ten?',
        'Done. Look for the table with the tiny dragon on it.',
      ],
    },
    {
      openings: [
        'I would like to pause my subscription for two months.',
        'How do I pause my subscription? We are travelling.',
      ],
      turns: [
        'In your account under "Deliveries" there is a pause button. Shall we do it for you?',
        'Yes please, until the first of next month.',
        'Paused. You get a mail a week before it starts again.',
      ],
    },
    {
      openings: [
        'Hi! We run a small office with 20 people and look for coffee. Do you do wholesale?',
        'Hello, do you supply restaurants? We open in spring.',
      ],
      turns: [
        'Congratulations, and yes. How many kilos a month do you think you need?',
        'Five to eight, and we would need a grinder.',
        'Both possible. May we come by for a tasting on {weekday}?',
      ],
    },
    {
      openings: [
        'Is "{class.name}" on {weekday} suitable for complete beginners?',
        'Can I book "{class.name}" as a gift for two?',
      ],
      turns: [
        'Absolutely, half of every group has never held a portafilter.',
        'And can I change the date later?',
        'Until the day before, with one click. Vouchers never expire anyway.',
      ],
    },
    {
      openings: [
        'My grinder from you makes a strange noise since yesterday.',
        'The grinder I bought at {place} stopped working 😕',
      ],
      turns: [
        'That should not happen. Could you send a short video?',
        'Here it is. It starts after ten seconds.',
        'That is the lower burr, a five-minute repair. Bring it by, we have a loan grinder for you.',
      ],
    },
    {
      openings: [
        'Do you have anything for somebody who is pregnant and misses coffee?',
        'Is your decaf made with chemicals?',
      ],
      turns: [
        'Our decaf is done with sugar cane in Colombia, no solvents from a laboratory, and it tastes of toffee.',
        'That sounds lovely. Is it there as espresso?',
        'Espresso and filter. We put a sample in your next order.',
      ],
    },
  ],
  MENTION: [
    {
      openings: [
        'Morning routine with @lindwurmcoffee {coffee.name}. Send help, I am becoming that person.',
        'First try with {coffee.name} by @lindwurmcoffee and wow, {coffee.notes}!',
      ],
      turns: [
        'Welcome to the club. The first rule is that you talk about it all the time.',
        'My flatmates confirm.',
        'Tell them the second rule is to make them one.',
      ],
    },
    {
      openings: [
        'Best {treat} of the city is at @lindwurmcoffee, change my mind.',
        'If you are in Vienna go to @lindwurmcoffee, {place}. Thank me later.',
      ],
      turns: [
        'We will not even try to change it. Thank you!',
        'You should pay me for this 😂',
        'In {treat}. Ask for Selin.',
      ],
    },
    {
      openings: [
        'Comparing {coffee.from} coffees tonight, with @lindwurmcoffee against two others.',
        'Our list of the roasters to know in Vienna is out, with @lindwurmcoffee of course.',
      ],
      turns: [
        'Honoured. And curious!',
        'Can we quote you on roasting for filter?',
        'With pleasure, Jakub answers everything that starts with "why".',
      ],
    },
  ],
  REVIEW: [
    {
      openings: [
        '★★★★★ Excellent filter coffee, and {barista} took ten minutes to explain it to me. No snobbery at all.',
        '★★★★★ The {treat} alone is worth the trip.',
      ],
      turns: [
        'Thank you, that is exactly what we hope for. See you soon!',
        'Next week, with friends.',
        'We will keep the long table free.',
      ],
    },
    {
      openings: [
        '★★★☆☆ Great coffee, but we waited 25 minutes on Saturday and nobody told us why.',
        '★★☆☆☆ Coffee is fine, but it was too loud for a conversation.',
      ],
      turns: [
        'Thank you for telling us, and sorry. We have changed the Saturday team since. Would you give us another try, on the house?',
        'Fair enough, we will come on a weekday.',
        'Please ask for Marlene, she would like to hear it in person.',
      ],
    },
    {
      openings: ['★★★★☆ Lovely place, one star less because {place} has no step-free entrance.'],
      turns: [
        'You are right. We have a ramp since this week, please ring the bell next to the door.',
        'That is good news, thank you.',
        'We should have had it from the start.',
      ],
    },
  ],
};

export const farewells: Brand['farewells'] = {
  thanks: [
    'Perfect, thank you!',
    'Great, thanks for the quick answer.',
    'You are the best ☕',
    'Super, danke!',
    'Will do, thanks a lot.',
    'Ah, that helps. Thank you!',
  ],
  answers: [
    'Any time. See you at the bar!',
    'With pleasure.',
    'Gladly. Have a good cup!',
    'You are welcome, greetings from Ottakring.',
    'Thank you for asking!',
  ],
};
