/** With a capital as its first letter, if its script has any. */
export function capitalized(text: string): string {
  const first = firstOf(text);
  return first.toUpperCase() + text.slice(first.length);
}

/** With a small letter as its first. */
export function uncapitalized(text: string): string {
  const first = firstOf(text);
  return first.toLowerCase() + text.slice(first.length);
}

/** A code point and not half of one; what is combined with it stays behind it. */
function firstOf(text: string): string {
  return text === '' ? '' : String.fromCodePoint(text.codePointAt(0)!);
}

const word = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}'’-]|\u200c|\u200d)*/gu;
/** These put no spaces between words: dictionaries tell them apart. */
const spaceless =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The words of a text in any script, without punctuation, but with the apostrophes and hyphens inside. */
export function wordsIn(text: string): string[] {
  return (text.match(word) ?? []).flatMap((found) => (isSpaceless(found) ? dictionaryWords(found) : [found]));
}

/** Whether the script of a word has no spaces, so that two characters may be a whole word. */
export function isSpaceless(text: string): boolean {
  return spaceless.test(text);
}

function dictionaryWords(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
