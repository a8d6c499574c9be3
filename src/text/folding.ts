/** What cannot be seen: joiners, marks of direction, variation selectors, soft hyphens. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** Whether there is nothing in a text to see. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]*$/u.test(text);
}

/** Text as two prompts are compared: composed (NFC), without spaces around it, with single ones inside. */
export function withSingleSpaces(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}

/** A name on a network without its @, and without what cannot be seen: networks isolate names with marks of direction. */
export function bareHandle(handle: string): string {
  return handle
    .replace(invisible, '')
    .trim()
    .replace(/^[@＠]\s*/u, '');
}

/** A handle as it is compared: networks take `@AcmeCo`, `acmeco` and full-width letters for one. */
export function handleKey(handle: string): string {
  return caseless(bareHandle(handle).normalize('NFKC'));
}

/** A hashtag as it is compared, without #. Mastodon, for one, composes compatibly (NFKC). */
export function hashtagKey(hashtag: string): string {
  return caseless(hashtag.replace(invisible, '').normalize('NFKC'));
}

/** An e-mail address as it is compared: composed (NFC), for its local part belongs to its host. */
export function emailKey(email: string): string {
  return caseless(email.replace(invisible, '').trim().normalize('NFC'));
}

/** Without case. A final sigma is a sigma; composed again, as a small letter may be two characters. */
function caseless(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
}

/** Accents and points of Latin, Greek, Cyrillic, Hebrew and Arabic. The marks of other scripts are vowels, and stay. */
const accents =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0483-\u0487]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]|\u0640/gu;

/** Letters that Unicode does not decompose, and what phones put in place of what keyboards have. */
const likenesses: Readonly<Record<string, string>> = {
  ...{ æ: 'ae', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ł: 'l', ø: 'o', œ: 'oe', ß: 'ss', þ: 'th', ŧ: 't', ς: 'σ' },
  ...{ '‘': "'", '’': "'", '‚': "'", '‛': "'", ʼ: "'", '“': '"', '”': '"', '„': '"', '‟': '"', '«': '"', '»': '"' },
  ...{ '‐': '-', '‒': '-', '–': '-', '—': '-', '―': '-', '−': '-' },
};

/**
 * A text as it is searched: whoever looks for it by any case, with accents or without, with straight quotes or curly ones,
 * finds it. It is part of the key of a longer text exactly if that has it.
 */
export function searchKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\s+/gu, ' ')
    .replace(invisible, '')
    .replace(accents, '')
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, (character) => likenesses[character] ?? character)
    .normalize('NFC');
}
