/**
 * Approximate sizes in bytes of values in V8's heap on 64-bit platforms. For rows and lists they are within 20 % of a heap
 * snapshot. Memory that several values share, such as hidden classes and property names, is not counted.
 */

/** One reference: a property, a list item or a table slot. */
export const REFERENCE = 8;
/** An object without its properties; a list without its items. The items of a list are a second heap object. */
export const OBJECT = 24;
export const LIST = 32;
/** A number that V8 does not store as a small integer. */
export const NUMBER = 16;
export const DATE = 96;
/** A `Map` or `Set` without its members; one slot of it. */
export const TABLE = 96;
export const TABLE_PLACE = 48;
/** A typed array or `Buffer` without its underlying memory. */
export const VIEW = 200;

/** A tag record of the ledger without its name. */
export const TAG_RECORD = 120;
/** An entry without key, value and tags: the object, its slots in tables and lists, and the data about its load. */
export const ENTRY = 448;
/** An attachment without id, value and tags. */
export const ATTACHMENT = 256;

const STRING = 16;
const WORD = 8; // V8 rounds sizes up to this

export function textBytes(text: string): number {
  return bytesOfText(text.length, BEYOND_LATIN_1.test(text));
}

const BEYOND_LATIN_1 = /[^\0-\xff]/; // V8 answers this without a scan for a string of one byte a character

/** V8 stores a string with any character beyond Latin-1 as two bytes a character, other strings as one. */
export function bytesOfText(length: number, isBeyondLatin1: boolean): number {
  return STRING + Math.ceil((isBeyondLatin1 ? 2 * length : length) / WORD) * WORD;
}
