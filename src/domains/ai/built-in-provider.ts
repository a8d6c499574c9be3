import { createHash } from 'node:crypto';
import { hashtagKey } from '../../text/folding.ts';
import { capitalized, wordsIn } from '../../text/words.ts';
import {
  closings,
  commonHashtags,
  cues,
  hashtagPool,
  middles,
  moodCues,
  moods,
  openings,
  replies,
  type Tone,
  tones,
} from './phrases.ts';
import { promptOf } from './prompts.ts';
import type { AiProvider, AiRequest, AiSuggestion, AiTask } from './provider.ts';
import { hashtagsFrom, subjectOf } from './subject.ts';

/**
 * Creates a provider that needs no network, so that Magpie runs and is tested offline: phrases chosen by the seed and the brand's
 * voice, about the subject of the prompt. Equal seeds give equal texts. It describes images by their file names.
 */
export function createBuiltInProvider(): AiProvider {
  return {
    name: 'built-in',
    models: [
      { id: 'magpie-quill', name: 'Magpie Quill', inputUsdPerMillion: '0.15', outputUsdPerMillion: '0.60' },
      { id: 'magpie-plume', name: 'Magpie Plume', inputUsdPerMillion: '2.50', outputUsdPerMillion: '10.00' },
    ],
    async generate(request, signal) {
      signal.throwIfAborted();
      const suggestions = write(request);
      const { system, user } = promptOf(request);
      return {
        suggestions,
        inputTokens: tokensOf(system) + tokensOf(user),
        outputTokens: tokensOf(JSON.stringify(suggestions)),
      };
    },
  };
}

function write({ task, count, brandVoice, seed }: AiRequest): AiSuggestion[] {
  const dice = createDice(seed);
  switch (task.kind) {
    case 'CAPTION':
      return writeCaptions(task, { count, tone: toneOf(task.tone, brandVoice), dice });
    case 'HASHTAGS':
      return [{ text: '', hashtags: findHashtags(task.text, { count, tone: toneOf(null, brandVoice), dice }) }];
    case 'REPLY':
      return writeReplies(task, { count, dice });
    case 'ALT_TEXT':
      return [{ text: describe(task.image.fileName, dice), hashtags: [] }];
  }
}

function writeCaptions(
  { prompt }: AiTask & { kind: 'CAPTION' },
  { count, tone, dice }: { count: number; tone: Tone; dice: Dice },
): AiSuggestion[] {
  const subject = subjectOf(prompt);
  const beginnings = dice.shuffled(openings[tone]);
  const ends = dice.shuffled(closings[tone]);
  return Array.from({ length: count }, (_, index) => {
    const opening = filled(beginnings[index % beginnings.length]!, { subject, Subject: capitalized(subject) });
    const sentences = [opening, dice.pick(middles[tone]), ends[index % ends.length]!];
    return { text: sentences.join(' '), hashtags: findHashtags(prompt, { count: 4, tone, dice }) };
  });
}

/** Hashtags from the words of the text first, then those of the tone, common ones, and those of other tones. */
function findHashtags(text: string, { count, tone, dice }: { count: number; tone: Tone; dice: Dice }): string[] {
  const own = hashtagsFrom(text).slice(0, Math.ceil(count * 0.7));
  const others = tones.filter((other) => other !== tone).flatMap((other) => hashtagPool[other]);
  const pool = [...dice.shuffled(hashtagPool[tone]), ...dice.shuffled(commonHashtags), ...dice.shuffled(others)];
  const distinct = new Map([...own, ...pool].toReversed().map((hashtag) => [hashtagKey(hashtag), hashtag]));
  return [...distinct.values()].toReversed().slice(0, count);
}

function writeReplies(
  { contactName, messages, instruction }: AiTask & { kind: 'REPLY' },
  { count, dice }: { count: number; dice: Dice },
): AiSuggestion[] {
  const last = messages.findLast(({ direction }) => direction === 'INBOUND')?.text ?? '';
  const mood = moods.find((candidate) => moodCues[candidate].test(last)) ?? 'other';
  const name = contactName.trim().split(/\s+/)[0] || 'there';
  const wish = instruction ? `${sentence(instruction)} ` : '';
  const patterns = dice.shuffled(replies[mood]);
  return Array.from({ length: Math.min(count, patterns.length) }, (_, index) => ({
    text: filled(patterns[index]!, { name, wish }),
    hashtags: [],
  }));
}

function describe(fileName: string, dice: Dice): string {
  const dot = fileName.lastIndexOf('.');
  const name = (dot < 0 ? fileName : fileName.slice(0, dot)).replace(/[_-]/g, ' ');
  const words = wordsIn(name).filter((word) => /^\P{N}{2,}$/u.test(word));
  if (words.length === 0) return 'An image without a description yet.';
  const subject = words.join(' ').toLowerCase();
  return filled(dice.pick(['Picture of {subject}.', 'Image showing {subject}.', '{Subject}, as an image.']), {
    subject,
    Subject: capitalized(subject),
  });
}

/** The tone that the request names, or else that of the brand's voice. */
function toneOf(requested: string | null, brandVoice: string): Tone {
  const fits = (text: string) => tones.find((tone) => cues[tone].test(text));
  return fits(requested ?? '') ?? fits(brandVoice) ?? 'warm';
}

function filled(pattern: string, words: Record<string, string>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, word: string) => words[word] ?? '');
}

function sentence(text: string): string {
  const trimmed = capitalized(text.trim());
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Estimates about four characters a token, as in English. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

interface Dice {
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** Choices that only the seed decides: hashes of the seed and a counter. */
function createDice(seed: string): Dice {
  let throws = 0;
  const below = (limit: number) => {
    throws += 1;
    return createHash('sha256').update(`${seed} ${throws}`).digest().readUInt32BE(0) % limit;
  };
  return {
    pick: (items) => items[below(items.length)]!,
    // Fisher–Yates.
    shuffled(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
  };
}
