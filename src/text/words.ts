/** A text with its first letter in upper case, if its script has upper case. */
export function capitalized(text: string): string {
  const first = firstOf(text);
  return first.toUpperCase() + text.slice(first.length);
}

/** A text with its first letter in lower case. */
export function uncapitalized(text: string): string {
  const first = firstOf(text);
  return first.toLowerCase() + text.slice(first.length);
}

/** The first code point, so that no surrogate pair is split; combining marks stay with the rest. */
function firstOf(text: string): string {
  return text === '' ? '' : String.fromCodePoint(text.codePointAt(0)!);
}

const word = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}'’-]|\u200c|\u200d)*/gu;
/** Scripts without spaces between words: only a dictionary finds the words. */
const spaceless =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The words of a text in any script, without punctuation other than apostrophes and hyphens inside words. */
export function wordsIn(text: string): string[] {
  return (text.match(word) ?? []).flatMap((found) => (isSpaceless(found) ? dictionaryWords(found) : [found]));
}

/** Whether a text is in a script without spaces, where two characters can be a whole word. */
export function isSpaceless(text: string): boolean {
  return spaceless.test(text);
}

function dictionaryWords(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
