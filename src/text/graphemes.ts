import { countGraphemes, graphemeSegments } from 'unicode-segmenter/grapheme';

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
export function shortened(text: string, maxLength: number): string {
  return shortenedTo(text, (candidate) => lengthOf(candidate) <= maxLength && isCompact(candidate, maxLength));
}

/** The same by another measure, of which every beginning of a text has less than the whole. */
export function shortenedTo(text: string, fits: (candidate: string) => boolean): string {
  if (fits(text)) return text;
  const ends = [...graphemeSegments(text)].map(({ index }) => index);
  const beginning = (count: number) => text.slice(0, ends[count]);
  let [fitting, tooLong] = [0, ends.length];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(`${beginning(middle)}…`)) fitting = middle;
    else tooLong = middle;
  }
  return `${withoutPartOfWord(beginning(fitting))}…`;
}

/** Only the end is searched: languages that write no spaces have words of a whole text. */
function withoutPartOfWord(text: string): string {
  const tail = text.slice(-maxPartOfWord);
  const space = tail.search(/\s+\S*$/u);
  return space < 0 ? text : text.slice(0, text.length - tail.length + space).trimEnd();
}

const maxPartOfWord = 24;

/** A text in quotes for a message: its first 80 characters, with everything escaped that is not to be seen. */
export function quoted(text: string): string {
  const beginning = beginningOf(text, maxQuotedLength);
  return `${JSON.stringify(beginning)}${beginning === text ? '' : '…'}`;
}

const maxQuotedLength = 80;
