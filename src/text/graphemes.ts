import { countGraphemes, graphemeSegments, splitGraphemes } from 'unicode-segmenter/grapheme';

/** Maximum of UTF-16 code units in one character. No writing system needs more; bounds the memory of stacked combining marks. */
export const maxUnitsPerCharacter = 16;

/** The number of characters that people see: extended grapheme clusters (Unicode Standard Annex 29). */
export const lengthOf = rememberingLongTexts(countGraphemes);

/** A count that is taken once of a long text, as a variable gives the same text to many fields of a request. */
export function rememberingLongTexts(count: (text: string) => number): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => {
    if (text.length < minRememberedUnits) return count(text);
    const known = counts.get(text);
    if (known !== undefined) return known;
    if (counts.size >= maxRemembered) counts.delete(counts.keys().next().value!);
    const counted = count(text);
    counts.set(text, counted);
    return counted;
  };
}

/** Shorter texts take as long to find as to count. */
const minRememberedUnits = 1_000;
/** A text of a post, its campaign and its template, and a few more: at most a few megabytes. */
const maxRemembered = 8;

/** Whether a text takes at most the memory that `maxLength` characters need in any writing system. */
export function isCompact(text: string, maxLength: number): boolean {
  return text.length <= maxLength * maxUnitsPerCharacter;
}

/** Whether a text has at most `maxLength` characters and is compact. */
export function isWithinLength(text: string, maxLength: number): boolean {
  return isCompact(text, maxLength) && lengthOf(text) <= maxLength;
}

/**
 * The first `maxLength` characters of a text, or fewer if they take more than 16 UTF-16 units each on average. Splits no character.
 */
export function beginningOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let count = 0;
  let end = 0;
  for (const { segment, index } of graphemeSegments(text)) {
    const next = index + segment.length;
    if (count === maxLength || next > maxLength * maxUnitsPerCharacter) break;
    count += 1;
    end = next;
  }
  return text.slice(0, end);
}

/** A text of at most `maxLength` characters. A longer text is cut, at the end of a word if one is near, and gets `ending`. */
export function shortened(text: string, maxLength: number, ending = '…'): string {
  return shortenedTo(text, (candidate) => isWithinLength(candidate, maxLength), ending);
}

/** Cuts a text so that it `fits`. When `fits` accepts a text, it must accept every beginning of it: the cut is a binary search. */
export function shortenedTo(text: string, fits: (candidate: string) => boolean, ending = '…'): string {
  if (fits(text)) return text;
  const characters = [...splitGraphemes(text)];
  const beginning = (count: number) => characters.slice(0, count).join('') + ending;
  let [fitting, tooLong] = [0, characters.length];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(beginning(middle))) fitting = middle;
    else tooLong = middle;
  }
  return beginning(endOfWord(characters, fitting));
}

/** Number of characters up to the end of the last whole word within `count`; `count` if no word ends near. */
function endOfWord(characters: readonly string[], count: number): number {
  const isSpace = (place: number) => /^\s+$/u.test(characters[place] ?? '');
  const earliest = Math.max(0, count - maxPartOfWord);
  let end = count;
  while (end > earliest && !isSpace(end)) end -= 1;
  if (!isSpace(end)) return count; // as in languages that are written without spaces
  while (isSpace(end - 1)) end -= 1;
  return end === 0 ? count : end;
}

const maxPartOfWord = 24;

/**
 * The character boundaries around an offset, in UTF-16 units: the last one at or before it, the first one at or after it. Reads
 * only the 512 units on each side, so in a run of hundreds of flags a boundary can lie inside a flag.
 */
export function boundariesAt(text: string, at: number): { before: number; after: number } {
  const start = Math.max(0, at - boundaryWindow);
  const near = text.slice(start, at + boundaryWindow);
  let before = start;
  for (const { index } of graphemeSegments(near)) {
    if (start + index >= at) return { before: start + index === at ? at : before, after: start + index };
    before = start + index;
  }
  return { before, after: start + near.length };
}

const boundaryWindow = 512;

/** A text in quotes for a message: its first 80 characters as a JSON string. */
export function quoted(text: string): string {
  const beginning = beginningOf(text, maxQuotedLength);
  return `${JSON.stringify(beginning)}${beginning === text ? '' : '…'}`;
}

const maxQuotedLength = 80;
