import { capitalized } from '../../text/words.ts';
import type { Slots } from './brand.ts';
import { createDeck, type Random } from './random.ts';

/** Fills the placeholders of a brand's texts. */
export interface Writer {
  /** Fills a text. A value is repeated only after all others of its slot. `day` is `YYYY-MM-DD`. */
  fill(text: string, day: string): string;
  /** Replaces placeholders by ones for people: `{coffee.notes}` becomes `{{coffee notes}}`. */
  toTemplate(text: string): string;
}

const gap = /(\b[Aa] )?\{([a-z]+)(?:\.([a-zA-Z]+))?\}/g;
const startsSentence = /(?:^|[.!?]\s)"?$/;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const seasons = ['winter', 'spring', 'summer', 'autumn'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

export function createWriter(slots: Slots, random: Random): Writer {
  const decks = new Map(Object.entries(slots).map(([name, values]) => [name, createDeck(random, values)]));

  return {
    fill(text, day) {
      const chosen = new Map<string, Slots[string][number]>(momentOf(day, random));
      return text.replace(
        gap,
        (whole, article: string | undefined, name: string, field: string | undefined, at: number) => {
          const value = chosen.get(name) ?? decks.get(name)?.();
          if (value === undefined) throw new TypeError(`expected a slot of the brand, but got ${whole}`);
          chosen.set(name, value);
          const word = typeof value === 'string' ? value : value[field ?? 'name'];
          if (word === undefined) throw new TypeError(`expected a field of the slot, but got ${whole}`);
          if (article) return `${/^[aeiou]/i.test(word) ? `${article.trim()}n ` : article}${word}`;
          return startsSentence.test(text.slice(0, at)) ? capitalized(word) : word;
        },
      );
    },
    toTemplate: (text) =>
      text.replace(gap, (_whole, article: string | undefined, name: string, field: string | undefined) => {
        const words = field === undefined || field === 'name' ? name : `${name} ${field}`;
        return `${article ?? ''}{{${words}}}`;
      }),
  };
}

/** Fills texts with common values. */
export function fillTogether(writer: Writer, texts: readonly string[], day: string): string[] {
  // Ends a sentence, and occurs in no text.
  const seam = '.\n';
  return writer.fill(texts.join(seam), day).split(seam);
}

function momentOf(day: string, random: Random): [string, string][] {
  const date = new Date(day);
  const month = date.getUTCMonth();
  return [
    ['weekday', weekdays[(date.getUTCDay() + random.integer(2, 6)) % 7]!],
    ['month', months[month]!],
    ['season', seasons[Math.floor(((month + 1) % 12) / 3)]!],
  ];
}
