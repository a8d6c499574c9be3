import type { Pillar } from '../../brand.ts';

export const pillars: readonly Pillar[] = [
  {
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
  },
  {
    name: 'Brewing',
    weight: 1.3,
    hashtags: ['homebrewing', 'brewguide', 'filtercoffee', 'coffeetips'],
    templates: [
      {
        title: 'Recipe card',
        text: '{brew.name}, our recipe: {brew.dose} of coffee, {brew.grind}. {brew.water} of water at {brew.heat}. Time: {brew.time}. Today with {coffee.name}. Save it for tomorrow morning.',
      },
      {
        title: 'Question of the week',
        text: 'You asked: "{question}" Short answer in the comments, long answer from {barista} at {place} on {weekday}.',
      },
      {
        title: 'One-minute tip',
        text: 'One minute, one tip: rinse the paper, warm the pot, then weigh. {grams} g more or less changes the cup more than the water does. Try it with {coffee.name}.',
      },
    ],
    texts: [
      'Too bitter? Grind coarser. Too sour? Grind finer. Too complicated? Come to {place}, we will dial it in with you.',
      '{coffee.name} in the {brew.name}: we like {brew.dose} to {brew.water} at {brew.heat}. Give it {brew.time} and do not stir. We know. It is hard.',
      'The cheapest upgrade for your coffee is a kitchen scale. The second cheapest is patience: let {coffee.name} rest ten days after roasting.',
      'A {brew.name} needs {brew.time}. That is one song, or two pages, or a look out of the window.',
      '"{question}" {barista} gets this one at least twice a week. We wrote the answer down, with pictures and without Latin.',
    ],
    closings: [
      'Tell us how it went.',
      'All our recipes are on the website, for printing too.',
      'Questions? The comments are open, and so are we.',
      'Works with every filter coffee we sell.',
    ],
    prompts: [
      'Brew guide for the {brew.name}: {brew.dose}, {brew.water}, {brew.time}',
      'Answer "{question}" for beginners',
      'Three things that improve coffee at home and cost under €20',
    ],
    pictures: [
      { name: 'v60-bloom', shows: 'a V60 with blooming coffee, seen against the light' },
      { name: 'kitchen-scale', shows: 'a kitchen scale with a server and a paper filter' },
      { name: 'moka-pot', shows: 'a moka pot on a gas flame' },
    ],
    video: { name: 'pour-over-in-one-minute', shows: 'a pour-over from the first drop to the cup, in one minute' },
  },
  {
    name: 'Origins',
    weight: 1,
    hashtags: ['directtrade', 'coffeefarmers', 'origin', 'coffeeharvest'],
    templates: [
      {
        title: 'Producer portrait',
        text: 'Who grew your {coffee.name}? A family in {coffee.from} who pick by hand, three passes a harvest, only the red cherries. We have bought their coffee for five years.',
      },
      {
        title: 'Harvest report',
        text: 'Harvest report from {coffee.from}: rain came late, picking started late, and the cherries for {coffee.name} are smaller and sweeter than last year. First samples arrive in two weeks.',
      },
      {
        title: 'Processing, explained',
        text: '"{coffee.process}" on the bag of {coffee.name} says what happened between the cherry and the sack. It is why you taste {coffee.notes}.',
      },
    ],
    texts: [
      'Two flights, one bus and a pick-up with opinions of its own: {barista} is in {coffee.from} to see where {coffee.name} grows.',
      'A coffee tree gives about 500 g of roasted coffee a year. Your weekend bag of {coffee.name} is half a tree. We think of that when we pour.',
      'We pay for {coffee.name} before it leaves {coffee.from}, not ninety days after. A small line in a contract, a large one in a household.',
      'While it is {season} in Vienna, {coffee.from} smells of fermenting fruit, diesel and warm rain. A letter from the washing station of {coffee.name}.',
      'From cherry to your cup in Vienna: {coffee.name} takes about five months. Most of that is waiting for a ship.',
    ],
    closings: [
      'The full price list is in our transparency report.',
      'More about the farm on the bag.',
      'We publish what we paid, for every lot.',
      'Photos by the people who were there.',
    ],
    prompts: [
      'Portrait of the people behind {coffee.name} in {coffee.from}, 80 words',
      'Explain {coffee.process} processing to somebody who drinks cappuccino',
      'Harvest news from {coffee.from}, honest about delays',
    ],
    pictures: [
      { name: 'drying-beds', shows: 'raised drying beds with coffee on a green hillside' },
      { name: 'coffee-cherries', shows: 'ripe red coffee cherries in two hands' },
      { name: 'washing-station', shows: 'a washing station in the morning mist' },
    ],
    video: { name: 'harvest-diary', shows: 'pickers walk between coffee trees and laugh' },
  },
  {
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
  },
  {
    name: 'Our cafés',
    weight: 1.2,
    hashtags: ['viennacoffee', 'wienliebe', 'coffeeshop', 'vienna'],
    templates: [
      {
        title: 'Weekend treat',
        text: 'This weekend at {place}: {treat}, still warm at nine. Goes well with a flat white or with nobody talking to you for ten minutes. Both available.',
      },
      {
        title: 'Changed hours',
        text: 'A note for your diary: on {weekday} we open {place} at ten instead of seven. The machine gets new seals, we get some sleep.',
      },
      {
        title: 'Seasonal menu',
        text: 'The {season} menu is here: {treat}, a filter flight with {coffee.name}, and the iced something that {barista} refuses to name.',
      },
    ],
    texts: [
      'The window seat at {place} is free right now. We cannot promise for how long.',
      'Rain over Vienna, {treat} in the oven, {coffee.name} on the filter bar. {place} is open until six.',
      'To the guest who left a poem under the saucer at {place}: it hangs above the grinder now. Your next {treat} is on us.',
      'Yes, you may bring your laptop. No, not at the weekend. Yes, the dog gets water. {place}, every day from seven.',
      '{barista} swapped the playlist at {place}. Reviews so far: one "finally", one "hm", one request for Falco. Also new: the {treat}.',
    ],
    closings: [
      'See you at the bar.',
      'Own cup, 30 cents less.',
      'Card and cash, as you like.',
      'No reservations, but we will find you a chair.',
    ],
    prompts: [
      'Weekend post for {place} with {treat}',
      'Say kindly that laptops stay at home on weekends',
      'Announce that {place} opens later on {weekday}',
    ],
    pictures: [
      { name: 'flat-white-on-marble', shows: 'a flat white on a marble counter' },
      { name: 'cafe-window-seat', shows: 'the window seat of a café on a rainy day' },
      { name: 'pastry-counter', shows: 'pastries on the counter in morning light' },
    ],
    video: { name: 'morning-at-the-bar', shows: 'a barista opens the café and pulls the first espresso' },
  },
  {
    name: 'Classes',
    weight: 0.8,
    hashtags: ['coffeeclass', 'latteart', 'cupping', 'viennaevents'],
    templates: [
      {
        title: 'Class announcement',
        text: '{class.name}: {weekday}, {class.time}, {place}. {class.seats} seats, {class.price}. {barista} teaches, you drink. No experience needed.',
      },
      {
        title: 'Last seats',
        text: 'Two seats left for "{class.name}" on {weekday} at {class.time}. If you have been waiting for a sign, this is a rather literal one.',
      },
      {
        title: 'After the class',
        text: '{class.seats} people, thirty cups, one perfect tulip and several very good potatoes. Thank you for coming to "{class.name}" at {place}.',
      },
    ],
    texts: [
      'Nobody is born with a sense for {coffee.notes}. It takes practice, and a table with twelve bowls. Open cupping, every Saturday at ten.',
      'Latte art is 90% milk and 10% wrist. {barista} explains both in our class for beginners, {weekday} at 18:00.',
      'Give somebody an evening instead of a thing: "{class.name}" at {place}, {class.price}, vouchers at the bar.',
      'What we learnt from teaching "{class.name}": adults love permission to slurp.',
      'A cupping has three rules: slurp loudly, write before you talk, and never trust the person who says "coffee-like". {weekday}, {class.time}.',
    ],
    closings: [
      'Book on the website, cancel until the day before.',
      'In German and English.',
      'Oat milk and cow, both behave.',
      'Vouchers never expire.',
    ],
    prompts: [
      'Announce "{class.name}" on {weekday}, {class.price}, {class.seats} seats',
      'Thank the participants of "{class.name}"',
      'Invite shy people to the open cupping',
    ],
    pictures: [
      { name: 'latte-art-practice', shows: 'six cups with attempts at latte art' },
      { name: 'cupping-table', shows: 'people bent over a cupping table' },
      { name: 'milk-pitcher', shows: 'a hand with a milk pitcher over a cup' },
    ],
    video: { name: 'latte-art-tulip', shows: 'a tulip is poured into a cappuccino' },
  },
  {
    name: 'Subscriptions',
    weight: 0.8,
    hashtags: ['coffeesubscription', 'coffeegift', 'coffeelovers', 'mailordercoffee'],
    templates: [
      {
        title: "This month's box",
        text: 'In the {month} box: {coffee.name} from {coffee.from}, {coffee.notes}. Plus a recipe card for the {brew.name}. Change, pause or cancel with one click.',
      },
      {
        title: 'Gift reminder',
        text: 'Three months of coffee fit through every letterbox. The first bag would be {coffee.name}; the card is written by hand, by {barista}, whose handwriting we trust.',
      },
      {
        title: 'How it works',
        text: 'How the subscription works: we roast on Tuesday, you get it by Friday, every two or four weeks. Next up: {coffee.name}. From €12.90, shipping included in Austria.',
      },
    ],
    texts: [
      'The most frequent reason for pausing a subscription is "holiday". The second is "moved in with a tea drinker". We wish you all the best.',
      'Subscribers get {coffee.name} a week before everyone else. It is not a secret club, there is just not enough of it.',
      'Running out of coffee on a Sunday is a solved problem. Next delivery: {coffee.name}, {coffee.notes}.',
      'You asked for smaller bags, so from {month} every subscription comes in 125 g as well. Two coffees instead of one: start with {coffee.name}.',
      'One year, 26 bags, 19 origins: what a subscriber drank with us. Favourite: {coffee.name}. Least favourite: the week the post was on strike.',
    ],
    closings: [
      'No minimum term.',
      'Ships to 14 countries.',
      'Letterbox size, so nobody has to wait at home.',
      'Decaf is an option too.',
    ],
    prompts: [
      'Announce the {month} box with {coffee.name}',
      'Gift subscriptions, warm, not pushy',
      'Explain pausing a subscription in two sentences',
    ],
    pictures: [
      { name: 'subscription-box', shows: 'a flat mailing box with two bags and a card' },
      { name: 'letterbox', shows: 'a coffee box that sticks out of a letterbox' },
      { name: 'handwritten-card', shows: 'a handwritten card next to a coffee bag' },
    ],
    video: { name: 'packing-the-boxes', shows: 'two people pack subscription boxes at a long table' },
  },
  {
    name: 'Guests',
    weight: 0.8,
    hashtags: ['coffeecommunity', 'regulars', 'viennalife', 'thankyou'],
    templates: [
      {
        title: 'Regular of the month',
        text: 'Regular of {month}: a tram driver who has an espresso at {place} at 6:58, and has been late exactly once. It was the tram.',
      },
      {
        title: 'Your pictures',
        text: 'You brewed, we looked. Our favourite picture of the week: {coffee.name} in a {brew.name} on a balcony, with a cat that disapproves. Keep tagging us.',
      },
      {
        title: 'Poll',
        text: 'Settle it for us: {coffee.name} ({coffee.notes}) or {treat} first? {barista} and half of {place} are no longer on speaking terms.',
      },
    ],
    texts: [
      'Overheard at {place}: "I only came for the wifi, and now I know what {coffee.process} means."',
      'Thank you for {kilos} suspended coffees this {season}. Somebody paid, somebody drank, nobody asked. That is the whole idea.',
      'Somebody proposed at {place} this morning, between the grinder and the {treat}. She said yes, then she said "and a filter, please".',
      'Your question of the week, answered by {barista}: "{question}" Swipe, or come by and argue.',
      'A neighbour brought us quinces. We had {coffee.name}. There is now jam, and a standing arrangement.',
    ],
    closings: [
      'Thank you for being here.',
      'Tag us, we look at all of them.',
      'You are why we get up at five.',
      'Stories welcome, anonymous if you like.',
    ],
    prompts: [
      'Thank guests for {kilos} suspended coffees',
      'A poll between {coffee.name} and {treat}',
      'Caption for a guest photo with a {brew.name}',
    ],
    pictures: [
      { name: 'regulars-at-the-bar', shows: 'two regulars who talk at the bar' },
      { name: 'balcony-coffee', shows: 'a cup of coffee on a balcony above the roofs of Vienna' },
      { name: 'notice-board', shows: 'a notice board with letters and drawings of guests' },
    ],
    video: { name: 'guests-say-cheers', shows: 'guests raise their cups to the camera, one after another' },
  },
  {
    name: 'Responsibility',
    weight: 0.5,
    hashtags: ['sustainability', 'transparenttrade', 'zerowaste', 'reuse'],
    templates: [],
    texts: [
      'Coffee sacks, {kilos} of them, became shopping bags at the workshop around the corner. You find them at {place}. All proceeds stay with the workshop.',
      'Our bags are recyclable since {month}. The valve is not, yet. We say so because nobody else does.',
      'What we paid for {coffee.name}: €9.80 a kilo at the port, twice the market price. What that means in {coffee.from}: read the report.',
      'We measured our roastery for a year. Two thirds of our emissions are the ship and the farm, one fifth is milk. So oat costs the same as cow.',
      'Bring back ten empty bags, get one full one: {coffee.name}, on the house.',
    ],
    closings: [
      'Numbers in the transparency report.',
      'Ask us anything, also the uncomfortable things.',
      'Better is a direction, not a place.',
    ],
    prompts: [
      'Explain what we paid for {coffee.name} and why',
      'Bag return scheme at {place}',
      'Oat milk without surcharge, matter-of-fact',
    ],
    pictures: [
      { name: 'upcycled-bags', shows: 'shopping bags sewn from coffee sacks' },
      { name: 'returned-bags', shows: 'a box with returned, empty coffee bags' },
      { name: 'cargo-bike', shows: 'a cargo bike with parcels in front of the roastery' },
    ],
    video: { name: 'cargo-bike-delivery', shows: 'the cargo bike on its delivery round through the 7th district' },
  },
];
