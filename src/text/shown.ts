import { boundariesAt, quoted } from './graphemes.ts';

/** A text of at most `maxChars` UTF-16 units. A longer text loses its middle; no character is split. */
export function excerpt(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const endChars = Math.floor(maxChars / 4);
  const beginning = text.slice(0, boundariesAt(text, maxChars - endChars - 1).before);
  const end = text.slice(boundariesAt(text, text.length - endChars).after);
  return `${beginning}…${end}`;
}

/** A client's value for a message: a text is quoted and cut; a list or an object, which may be large, is only named. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
