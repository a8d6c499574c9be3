import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { NetworkName } from '../../generated/schema.ts';
import { today } from '../date-range.ts';
import { snippetOf } from '../inbox/snippet.ts';
import type { AccountRow } from './accounts.ts';
import type { ConversationKind, Topic } from './brand.ts';
import { createContacts } from './contacts.ts';
import { createDeck, deal, type Random } from './random.ts';
import { dayMs, hourMs, iso, minuteMs, type Stage, seededId } from './stage.ts';
import { atWallClock } from './wall-clock.ts';
import { fillTogether, type Writer } from './writer.ts';

type MessageRow = Insertable<Tables['messages']>;
type ConversationRow = Insertable<Tables['conversations']>;

export interface DemoConversation {
  readonly row: ConversationRow;
  /** Oldest first. */
  readonly messages: readonly MessageRow[];
}

const kindShares = { COMMENT: 45, DIRECT_MESSAGE: 35, MENTION: 15, REVIEW: 5 } as const;
const statusShares = { OPEN: 42, RESOLVED: 50, SNOOZED: 8 } as const;
type Status = keyof typeof statusShares;

const priorityShares = { LOW: 8, NORMAL: 74, HIGH: 14, URGENT: 4 } as const;
const nudges = [
  'Hello? Any news?',
  'Just checking whether you saw this.',
  'Sorry to ask again, but it is getting urgent.',
  '?',
];

/** Creates conversations: a question, its answer, thanks. Long ones continue later with another subject. */
export function makeConversations(
  stage: Stage,
  material: { accounts: readonly AccountRow[]; writer: Writer; assignees: readonly string[] },
): DemoConversation[] {
  const { random, size, brand } = stage;
  const kinds = deal(random, size.conversations, kindShares);
  const lengths = lengthsFor(random, kinds, size.messages);
  const statuses = statusesFor(random, lengths);
  const priorities = deal(random, size.conversations, priorityShares);
  const nextContact = createContacts(brand, random);
  const scripts = createScripts(stage, material.writer);

  return kinds.map((kind, index) => {
    const status = statuses[index]!;
    const turns = turnsOf(random, { status, length: lengths[index]! });
    const lines = scripts(kind, turns);
    const times = timesOf(stage, status, turns);
    const account = accountFor(random, kind, material.accounts);
    const assigneeId = random.chance(status === 'OPEN' ? 0.6 : 0.92) ? random.pick(material.assignees) : null;
    const id = seededId(random, 'Conversation', times[0]!);

    const messages = lines.map((text, turn): MessageRow => {
      const isInbound = turns[turn] !== 'answer';
      return {
        ...{ id: seededId(random, 'Message', times[turn]!), workspaceId: stage.workspaceId, conversationId: id },
        ...{ direction: isInbound ? 'INBOUND' : 'OUTBOUND', text },
        authorId: isInbound ? null : (assigneeId ?? random.pick(material.assignees)),
        externalId: isInbound ? `${account.network.toLowerCase()}-${random.integer(1e14, 9e14)}` : null,
        createdAt: iso(times[turn]!),
      };
    });
    const trailing = turns.length - 1 - turns.lastIndexOf('answer');
    const row: ConversationRow = {
      ...{ id, workspaceId: stage.workspaceId, accountId: account.id, kind, ...nextContact() },
      ...{ status, priority: priorities[index]!, assigneeId },
      snoozedUntil: status === 'SNOOZED' ? iso(tomorrowMorning(stage) + random.integer(0, 5) * dayMs) : null,
      unreadCount: status === 'OPEN' && random.chance(0.8) ? trailing : 0,
      snippet: snippetOf(lines.at(-1)!),
      ...{ lastActivityAt: iso(times.at(-1)!), createdAt: iso(times[0]!) },
    };
    return { row, messages };
  });
}

/** A message of a conversation: a contact's question, the team's answer, or a contact's reminder. */
type Turn = 'question' | 'answer' | 'nudge';

/**
 * Lengths of conversations with a geometric distribution and a fixed sum. Direct messages are the longest, reviews the shortest.
 */
function lengthsFor(random: Random, kinds: readonly ConversationKind[], messages: number): number[] {
  const mean = messages / kinds.length;
  const drawn = kinds.map(() => 1 + Math.floor(random.exponential(mean - 0.5)));
  let difference = messages - drawn.reduce((sum, length) => sum + length, 0);
  while (difference !== 0) {
    const index = random.integer(0, drawn.length - 1);
    if (difference < 0 && drawn[index]! <= 1) continue;
    drawn[index]! += Math.sign(difference);
    difference -= Math.sign(difference);
  }
  const talkative = { DIRECT_MESSAGE: 6, COMMENT: 3, MENTION: 1.6, REVIEW: 1 };
  const order = kinds
    .map((kind, index) => ({ index, rank: talkative[kind] * random.lognormal(1, 0.3) }))
    .sort((a, b) => b.rank - a.rank);
  const longestFirst = drawn.sort((a, b) => b - a);
  const lengths: number[] = [];
  order.forEach(({ index }, place) => {
    lengths[index] = longestFirst[place]!;
  });
  return lengths;
}

/** Statuses of conversations. One that ends with an answer is more likely resolved, and with a question more likely open. */
function statusesFor(random: Random, lengths: readonly number[]): Status[] {
  const dealt = deal(random, lengths.length, statusShares);
  const wish = { RESOLVED: 0, SNOOZED: 1, OPEN: 2 };
  const sorted = dealt.sort((a, b) => wish[a] - wish[b]);
  const order = lengths
    .map((length, index) => ({ index, rank: (length % 2) + 0.8 * random.next() }))
    .sort((a, b) => a.rank - b.rank);
  const statuses: Status[] = [];
  order.forEach(({ index }, place) => {
    statuses[index] = sorted[place]!;
  });
  return statuses;
}

/** Questions and answers in turns. An open conversation can end with reminders. */
function turnsOf(random: Random, { status, length }: { status: Status; length: number }): Turn[] {
  const isWaiting = status === 'OPEN' && length >= 2;
  const again = !isWaiting
    ? 0
    : length % 2 === 0
      ? Number(random.chance(0.6))
      : length >= 3 && random.chance(0.2)
        ? 2
        : 0;
  return Array.from({ length }, (_, index) => {
    if (index >= length - again) return 'nudge';
    return index % 2 === 0 ? 'question' : 'answer';
  });
}

function createScripts({ brand, random, days }: Stage, writer: Writer) {
  const kinds = Object.keys(brand.conversations) as ConversationKind[];
  const decks = new Map(kinds.map((kind) => [kind, createDeck(random, brand.conversations[kind])]));
  const { thanks, answers } = brand.farewells;
  const closing = createDeck(
    random,
    thanks.flatMap((thank) => answers.map((answer) => [thank, answer])),
  );

  return (kind: ConversationKind, turns: readonly Turn[]): string[] => {
    const lines: string[] = [];
    const topics = new Set<Topic>();
    while (lines.length < turns.length) {
      // After a review or a mention, a contact continues by direct message. A topic is repeated only after all others.
      const later = kind === 'COMMENT' ? kind : 'DIRECT_MESSAGE';
      const draw = decks.get(lines.length === 0 ? kind : later)!;
      let topic = draw();
      for (let redraw = 0; topics.has(topic) && redraw < brand.conversations[later].length; redraw += 1) topic = draw();
      topics.add(topic);
      lines.push(...fillTogether(writer, [random.pick(topic.openings), ...topic.turns], days.at(-1)!), ...closing());
    }
    return turns.map((turn, index) =>
      turn === 'nudge' ? nudges[(index + lines[0]!.length) % nudges.length]! : lines[index]!,
    );
  };
}

/** The times of messages, from the last one backwards: answers after about an hour, a new subject after days. */
function timesOf({ random, nowMs }: Stage, status: Status, turns: readonly Turn[]): number[] {
  const sinceLast = {
    OPEN: () => 2 * minuteMs + random.exponential(30 * hourMs),
    SNOOZED: () => 3 * hourMs + random.exponential(2 * dayMs),
    RESOLVED: () => 5 * hourMs + Math.min(random.exponential(18 * dayMs), 120 * dayMs),
  };
  const times: number[] = [];
  let at = nowMs - sinceLast[status]();
  for (let index = turns.length - 1; index >= 0; index -= 1) {
    times[index] = Math.floor(at);
    at -= gapBefore(turns[index]!, index);
  }
  return times;

  function gapBefore(turn: Turn, index: number): number {
    if (turn === 'answer') return 2 * minuteMs + random.exponential(55 * minuteMs);
    if (turn === 'nudge') return 4 * hourMs + random.exponential(8 * hourMs);
    const isNewSubject = index % 6 === 0;
    return isNewSubject ? dayMs + random.exponential(9 * dayMs) : minuteMs + random.exponential(40 * minuteMs);
  }
}

const placesOf: Readonly<Record<ConversationKind, readonly NetworkName[]>> = {
  COMMENT: ['INSTAGRAM', 'FACEBOOK', 'YOUTUBE', 'TIKTOK', 'LINKEDIN', 'PINTEREST'],
  DIRECT_MESSAGE: ['INSTAGRAM', 'FACEBOOK', 'X'],
  MENTION: ['X', 'THREADS', 'BLUESKY', 'MASTODON', 'INSTAGRAM', 'LINKEDIN'],
  REVIEW: ['FACEBOOK'],
};

function accountFor(random: Random, kind: ConversationKind, accounts: readonly AccountRow[]): AccountRow {
  const fitting = accounts.filter(({ network }) => placesOf[kind].includes(network));
  return random.pickWeighted(fitting.length > 0 ? fitting : accounts, (_, rank) => 1 / (rank + 1));
}

/** Nine o'clock tomorrow in the workspace's time zone. */
function tomorrowMorning({ brand, nowMs }: Stage): number {
  const tomorrow = today(brand.timeZone, new Date(nowMs + dayMs));
  return atWallClock(brand.timeZone, tomorrow, 9 * 60);
}
