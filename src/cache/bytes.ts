/**
 * What things take in V8's heap on 64 bits, about: within a fifth of what a heap snapshot says for values of rows and lists. Bytes
 * that several share, such as hidden classes and the names of members, are counted nowhere.
 */

/** A reference, be it a member, an item of a list or a place in a table. */
export const REFERENCE = 8;
/** An object without its members; a list without its items, which are a second object. */
export const OBJECT = 24;
export const LIST = 32;
/** A number that is no small integer. */
export const NUMBER = 16;
export const DATE = 96;
/** Of a `Map` or a `Set` without its members, and each member's place. */
export const TABLE = 96;
export const TABLE_PLACE = 48;
/** A typed array or a `Buffer`, without the memory that it shows. */
export const VIEW = 200;

/** A record of a tag in the ledger, without its name. */
export const TAG_RECORD = 120;
/** An entry without key, value and tags: the object, its places in tables and lists, what is remembered of its load. */
export const ENTRY = 448;
/** An attachment without id, value and tags. */
export const ATTACHMENT = 256;

const STRING = 16;
const WORD = 8; // to which V8 rounds up

export function textBytes(text: string): number {
  return bytesOfText(text.length, BEYOND_LATIN_1.test(text));
}

const BEYOND_LATIN_1 = /[^\0-\xff]/; // decided without reading a text that V8 holds as one byte a character

/** V8 takes two bytes for each character of a text with any beyond Latin-1 in it, and one otherwise. */
export function bytesOfText(length: number, isBeyondLatin1: boolean): number {
  return STRING + Math.ceil((isBeyondLatin1 ? 2 * length : length) / WORD) * WORD;
}
