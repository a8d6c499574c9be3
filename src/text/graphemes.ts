import { countGraphemes, graphemeSegments, splitGraphemes } from 'unicode-segmenter/grapheme';

/** No writing system needs more UTF-16 code units for a character; one with a thousand accents is cut away as a whole. */
const maxUnitsPerCharacter = 16;

/** The number of characters that people see: extended grapheme clusters, Unicode Standard Annex 29. */
export function lengthOf(text: string): number {
  return countGraphemes(text);
}

/** Whether a text of `maxLength` characters takes no more memory than such a text needs in any writing system. */
export function isCompact(text: string, maxLength: number): boolean {
  return text.length <= maxLength * maxUnitsPerCharacter;
}

/** The first `maxLength` characters of a text, never ending inside one, and no more memory than they may need. */
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

/** At most `maxLength` characters of a text. One that is too long is cut, after a word if there is one near, and ends with `…`. */
export function shortened(text: string, maxLength: number, ending = '…'): string {
  const fits = (candidate: string) => isCompact(candidate, maxLength) && lengthOf(candidate) <= maxLength;
  return shortenedTo(text, fits, ending);
}

/** The same by another measure, of which every beginning of a text has less than the whole. */
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

/** How many characters there are up to the end of the last whole word within `count`; all of them if it ends far before. */
function endOfWord(characters: readonly string[], count: number): number {
  const isSpace = (place: number) => /^\s+$/u.test(characters[place] ?? '');
  const earliest = Math.max(0, count - maxPartOfWord);
  let end = count;
  while (end > earliest && !isSpace(end)) end -= 1;
  if (!isSpace(end)) return count; // languages that write no spaces have words as long as the text
  while (isSpace(end - 1)) end -= 1;
  return end === 0 ? count : end;
}

const maxPartOfWord = 24;

/**
 * The ends of characters next to a place in a text, in UTF-16 units: the last one up to it, the first one from it on. Only what is
 * near is read: within hundreds of flags in a row, the halves of two may be taken for one.
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

/** A text in quotes for a message: its first 80 characters, with everything escaped that is not to be seen. */
export function quoted(text: string): string {
  const beginning = beginningOf(text, maxQuotedLength);
  return `${JSON.stringify(beginning)}${beginning === text ? '' : '…'}`;
}

const maxQuotedLength = 80;
