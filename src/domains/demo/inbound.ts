import type { NetworkName } from '../../generated/schema.ts';
import { searchKey } from '../../text/folding.ts';
import type { ConversationKind } from './brand.ts';
import type { Random } from './random.ts';

/** A contact and their message. */
export interface InboundMessage {
  readonly kind: ConversationKind;
  readonly contactName: string;
  readonly contactHandle: string;
  readonly text: string;
}

const given = [
  'Aiko',
  'Amara',
  'Ben',
  'Camille',
  'Daniel',
  'Elif',
  'Emma',
  'Farah',
  'Giulia',
  'Hannah',
  'Ines',
  'Jonas',
  'Kenji',
  'Lea',
  'Mateo',
  'Mira',
  'Noah',
  'Nora',
  'Omar',
  'Paula',
  'Priya',
  'Ravi',
  'Sofia',
  'Tom',
  'Yuki',
  'Zoe',
]; // prettier-ignore
const family = [
  'Andersen',
  'Baker',
  'Costa',
  'Dubois',
  'Evans',
  'Fischer',
  'García',
  'Huber',
  'Ito',
  'Jansen',
  'Kaya',
  'Lindgren',
  'Moreau',
  'Novak',
  'Okafor',
  'Patel',
  'Rossi',
  'Sato',
  'Tanaka',
  'Varga',
  'Weber',
  'Yilmaz',
]; // prettier-ignore

const openings: Readonly<Record<ConversationKind, readonly string[]>> = {
  DIRECT_MESSAGE: [
    'Hi! Are you open on Sunday?',
    'Hello, I ordered on Monday and have not heard anything since. Could you check?',
    'Do you offer gift cards? It is for my sister’s birthday next week 🎁',
    'Hey, is there a way to change the date of my booking?',
    'Hi, who can I talk to about working together?',
    'I got the wrong confirmation by e-mail. Can someone help me?',
    'Good morning! Is there a discount for students?',
    'Thank you for the quick help yesterday, everything works now 🙏',
  ],
  COMMENT: [
    'Love this! 😍',
    'Where was this photo taken?',
    'Is this still available?',
    'Been waiting for this all year.',
    'The link in the bio does not work for me.',
    '@leo.w look, this is what I told you about',
    'Beautiful. More of this, please!',
    'How long does it run?',
  ],
  MENTION: [
    'First time I tried it and I get the hype now. Thanks for the warm welcome!',
    'Weekend well spent, all because of a post of yours.',
    'If you have not heard of them yet: do yourself a favour.',
    'Waited twenty minutes on the phone today. Not your best day.',
  ],
  REVIEW: [
    'Friendly people, fair prices, and they answer every question. Will come back.',
    'Good, but the wait was longer than promised. Four stars.',
    'Went there on a friend’s advice and was not disappointed.',
  ],
};

const followUps = [
  'Any news?',
  'Thank you, that helps a lot!',
  'Perfect, see you then 👋',
  'Sorry to ask again: did you get my last message?',
  'One more question: can I bring a friend?',
  'Great, that worked. Have a nice day!',
];

/** A first message of a new contact, of a kind that the network has. */
export function newContact(random: Random, network: NetworkName): InboundMessage {
  const kind = random.pickWeighted<ConversationKind>(['COMMENT', 'DIRECT_MESSAGE', 'MENTION', 'REVIEW'], (one) =>
    one === 'REVIEW' && network !== 'FACEBOOK' ? 0 : { COMMENT: 45, DIRECT_MESSAGE: 35, MENTION: 15, REVIEW: 5 }[one],
  );
  const contactName = `${random.pick(given)} ${random.pick(family)}`;
  const plain = searchKey(contactName);
  const contactHandle = `${plain.replace(' ', random.pick(['.', '_', '']))}${random.integer(2, 99)}`;
  return { kind, contactName, contactHandle, text: random.pick(openings[kind]) };
}

/** A further message of a known contact. */
export function followUp(random: Random, contact: Omit<InboundMessage, 'text'>): InboundMessage {
  return { ...contact, text: random.pick(followUps) };
}
