import { describe, expect, it } from 'vitest';
import { isStorable, storable, unstorableIn } from '../../src/text/storable.ts';

describe('a text', () => {
  it.each([
    ['a first half', 'ab\ud83d', 'half a surrogate pair (U+D83D) at offset 2', 'ab\ufffd'],
    ['a second half', '\udc26ab', 'half a surrogate pair (U+DC26) at offset 0', '\ufffdab'],
    ['the halves in the wrong order', '🐦\udc26\ud83d', 'half a surrogate pair (U+DC26) at offset 2', '🐦\ufffd\ufffd'],
    ['NUL', 'a\0b\0', 'a NUL character (U+0000) at offset 1', 'a\ufffdb\ufffd'],
    ['both', '\0\ud800', 'a NUL character (U+0000) at offset 0', '\ufffd\ufffd'],
  ])('is not stored as it is with %s', (_, text, found, stored) => {
    expect(unstorableIn(text)).toBe(found);
    expect(isStorable(text)).toBe(false);
    expect(storable(text)).toBe(stored);
    expect(unstorableIn(text)).toBe(found); // no state is kept from one search to the next
  });

  it.each(['', 'a', '👩‍👩‍👧 🐦', '\ufffd', '\ufeff\u2028\u0001\u200b', '\u{10ffff}\uffff', '\\u0000 \\ud800'])(
    'is stored as it is: %j',
    (text) => {
      expect(unstorableIn(text)).toBeUndefined();
      expect(storable(text)).toBe(text);
      expect(Buffer.from(text).toString()).toBe(text);
    },
  );
});
