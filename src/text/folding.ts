import { normalized } from './normal-form.ts';

/** Characters without a glyph: joiners, direction marks, variation selectors, soft hyphens. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** Whether a text has no visible character. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]*$/u.test(text);
}

/** The form in which prompts are compared: composed (NFC), trimmed, each run of white space as one space. */
export function withSingleSpaces(text: string): string {
  return normalized(text, 'NFC').trim().replace(/\s+/g, ' ');
}

/** A handle without its @ and without invisible characters, as networks put direction marks around handles. */
export function bareHandle(handle: string): string {
  return handle
    .replace(invisible, '')
    .trim()
    .replace(/^[@＠]\s*/u, '');
}

/** The form in which handles are compared: to a network, `@AcmeCo`, `acmeco` and full-width letters are equal. */
export function handleKey(handle: string): string {
  return caseless(normalized(bareHandle(handle), 'NFKC'));
}

/** The form in which hashtags are compared, without #. NFKC, as Mastodon normalises them. */
export function hashtagKey(hashtag: string): string {
  return caseless(normalized(hashtag.replace(invisible, ''), 'NFKC'));
}

/** The form in which e-mail addresses are compared. NFC, not NFKC: only the receiving host knows which local parts are equal. */
export function emailKey(email: string): string {
  return caseless(normalized(email.replace(invisible, '').trim(), 'NFC'));
}

/** Text in lower case, a final sigma as a sigma. Composed again, as lowercasing can make two characters of one. */
function caseless(text: string): string {
  return normalized(text.toLowerCase().replaceAll('ς', 'σ'), 'NFC');
}

/** Accents and points of Latin, Greek, Cyrillic, Hebrew and Arabic. The marks of other scripts are vowels and are kept. */
const accents =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0483-\u0487]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]|\u0640/gu;

/** Plain replacements of letters that Unicode does not decompose, and of the quotes and dashes that phones insert. */
const likenesses: Readonly<Record<string, string>> = {
  ...{ æ: 'ae', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ł: 'l', ø: 'o', œ: 'oe', ß: 'ss', þ: 'th', ŧ: 't', ς: 'σ' },
  ...{ '‘': "'", '’': "'", '‚': "'", '‛': "'", ʼ: "'", '“': '"', '”': '"', '„': '"', '‟': '"', '«': '"', '»': '"' },
  ...{ '‐': '-', '‒': '-', '–': '-', '—': '-', '―': '-', '−': '-' },
};

/**
 * The form in which texts are searched: without case, accents, invisible characters and typographic quotes. A text matches a search
 * if and only if its key contains the key of the search.
 */
export function searchKey(text: string): string {
  const folded = normalized(text, 'NFKD')
    .replace(invisible, '')
    .replace(accents, '')
    .replace(/\s+/gu, ' ')
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, (character) => likenesses[character] ?? character);
  return normalized(folded, 'NFC');
}
