import { quoted } from './graphemes.ts';

/** A text of at most `maxChars` UTF-16 units: a longer one loses its middle, never half a surrogate pair. */
export function excerpt(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const endChars = Math.floor(maxChars / 4);
  const beginning = text.slice(0, maxChars - endChars - 1);
  const end = text.slice(text.length - endChars);
  return `${beginning.replace(/[\ud800-\udbff]$/, '')}…${end.replace(/^[\udc00-\udfff]/, '')}`;
}

/** What a client sent, as messages show it: a text is quoted and cut, a list or an object only named: it may be large. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
