/** The tones of the built-in provider. */
export const tones = ['warm', 'playful', 'expert', 'bold'] as const;
export type Tone = (typeof tones)[number];

/** The words in a brand's voice or a request that choose a tone. */
export const cues: Readonly<Record<Tone, RegExp>> = {
  playful: /\b(play|fun|funny|cheek|wit|humou?r|quirk|jok|light-?hearted|irreverent)/i,
  expert: /\b(expert|precis|professional|calm|clear|factual|knowledg|technical|sober|understated|concise)/i,
  bold: /\b(bold|direct|confident|energ|loud|provocative|punchy|daring|ambitious)/i,
  warm: /\b(warm|kind|friend|gentle|caring|welcom|heart|honest|human)/i,
};

/** First sentences with a subject; `{subject}` begins with a small letter, `{Subject}` with a capital. */
export const openings: Readonly<Record<Tone, readonly string[]>> = {
  warm: [
    'Some things are worth sharing: {subject}.',
    'A little something we have been looking forward to: {subject}.',
    '{Subject}. Made with care, and with you in mind.',
    'Pull up a chair. Today it is all about {subject}.',
    'We could not keep this to ourselves any longer: {subject}.',
    'Here is what made us smile this week: {subject}.',
  ],
  playful: [
    'Plot twist: {subject}.',
    '{Subject}. That’s it. That’s the post.',
    'Our group chat has talked about nothing else: {subject}.',
    'Stop scrolling, start grinning: {subject}.',
    'Things we will not be quiet about: {subject}.',
    'Nobody asked. We did it anyway: {subject}.',
  ],
  expert: [
    'What is behind {subject}? A short answer.',
    '{Subject}: what changes, and why it matters.',
    'Three months of work, one result: {subject}.',
    'A closer look at {subject}.',
    '{Subject}. The details are where it gets interesting.',
    'Often asked, seldom answered well: {subject}.',
  ],
  bold: [
    '{Subject}. No compromise.',
    'It is here: {subject}.',
    'You wanted more. So: {subject}.',
    'Forget what you knew. {Subject}.',
    'One word for {subject}? Finally.',
    'We went all in on {subject}.',
  ],
};

export const middles: Readonly<Record<Tone, readonly string[]>> = {
  warm: [
    'Thank you for being part of it.',
    'It took many hands, and every one of them shows.',
    'Small steps, good people, and a lot of patience went into it.',
    'We hope it brightens your day as it did ours.',
  ],
  playful: [
    'Yes, we are a bit proud. No, we will not calm down.',
    'Side effects may include spontaneous smiling.',
    'Approved by our toughest critic (the office dog).',
    'We checked: it is exactly as good as it sounds.',
  ],
  expert: [
    'We tested, measured and left out what did not help.',
    'In short: less effort, better results, no surprises.',
    'The idea is simple; the craft is in doing it well.',
    'Here is what we learned along the way.',
  ],
  bold: [
    'No fine print. No waiting list.',
    'Made for those who do not settle.',
    'We raised the bar. Then we raised it again.',
    'Less talk. More of this.',
  ],
};

export const closings: Readonly<Record<Tone, readonly string[]>> = {
  warm: [
    'Tell us what you think below.',
    'Come by and say hello.',
    'Who would you share this with?',
    'Save it for a quiet moment.',
  ],
  playful: [
    'Tag the person who needs this today.',
    'Yay or absolutely yay?',
    'Drop your best emoji below.',
    'Be honest: who saw this coming?',
  ],
  expert: [
    'Questions? We answer every one.',
    'The full story is behind the link in our profile.',
    'Save this for later.',
    'What would you like to know more about?',
  ],
  bold: ['Your move.', 'Get yours before it is gone.', 'Are you in?', 'Link in profile. Go.'],
};

export const hashtagPool: Readonly<Record<Tone, readonly string[]>> = {
  warm: ['MadeWithCare', 'GoodThings', 'Community', 'SmallJoys', 'BehindTheScenes', 'SlowDown', 'ThankYou', 'Together'],
  playful: [
    'GoodMood',
    'FridayFeeling',
    'Plottwist',
    'TreatYourself',
    'HappyPlace',
    'JustForFun',
    'MoodBoost',
    'WhyNot',
  ],
  expert: ['HowItWorks', 'Insights', 'KnowHow', 'Craft', 'BestPractice', 'Explained', 'Quality', 'LearnMore'],
  bold: ['NewIn', 'AllIn', 'GameChanger', 'NoCompromise', 'NextLevel', 'Launch', 'FirstLook', 'MakeItHappen'],
};

export const commonHashtags: readonly string[] = [
  'Inspiration',
  'SmallBusiness',
  'ShopLocal',
  'WeekendPlans',
  'DailyInspiration',
  'InstaDaily',
  'SupportLocal',
  'NewPost',
  'TeamWork',
  'MondayMotivation',
  'Sustainability',
  'Design',
  'Lifestyle',
  'Trending',
  'Tips',
];

/** Kinds of incoming messages, in the order in which their cues are tried. */
export const moods = ['complaint', 'question', 'praise', 'other'] as const;
export type Mood = (typeof moods)[number];

export const moodCues: Readonly<Record<Mood, RegExp>> = {
  complaint:
    /\b(broken|broke|late|never arrived|still waiting|refund|wrong|missing|damaged|worst|terrible|problem)\b|\b(disappoint|cancel|complain)/i,
  question: /\?/,
  praise: /\b(love|loved|great|amazing|awesome|best|beautiful|delicious|perfect|wonderful)\b|\bthank/i,
  other: /^/,
};

export const replies: Readonly<Record<Mood, readonly string[]>> = {
  complaint: [
    'Hi {name}, we are sorry, that is not how it should be. {wish}Could you send us your order number, so that we can put it right today?',
    'Thank you for telling us, {name}, and sorry for the trouble. {wish}Please write us a direct message with the details and we will take care of it.',
    '{name}, that should not have happened. {wish}We are looking into it right now and will get back to you within the day.',
    'Hello {name}, we understand that this is annoying. {wish}Tell us what would help you most, and we will see to it.',
  ],
  question: [
    'Hi {name}, good question! {wish}If anything is left open, just write us a direct message.',
    'Hello {name}, thanks for asking. {wish}We are happy to help with the details at any time.',
    'Hi {name}! {wish}Does that answer it? If not, we are right here.',
    'Thanks for your interest, {name}. {wish}You find everything else behind the link in our profile.',
  ],
  praise: [
    'Thank you so much, {name}! {wish}This made the whole team’s day.',
    '{name}, that means a lot to us. {wish}We hope to see you again soon!',
    'So glad to hear that, {name}! {wish}We will pass it on to everyone involved.',
    'Thank you, {name}! {wish}Messages like yours are why we do this.',
  ],
  other: [
    'Hi {name}, thanks for writing to us. {wish}What can we do for you?',
    'Hello {name}, good to hear from you. {wish}We are here if you need anything.',
    'Thanks for your message, {name}! {wish}We will get back to you shortly.',
    'Hi {name}! {wish}Let us know how we can help.',
  ],
};
