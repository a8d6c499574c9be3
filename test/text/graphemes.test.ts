import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginningOf,
  isCompact,
  lengthOf,
  quoted,
  rememberingLongTexts,
  shortened,
  shortenedTo,
} from '../../src/text/graphemes.ts';

const family = '👨‍👩‍👧‍👦';
/** Pieces that join with their neighbours in every way that Unicode knows. */
const piece = fc.constantFrom(
  ...['a', ' ', '\r', '\n', 'é', 'e\u0301', '\u0301', '\u200d', '\ufe0f', '👍', '👍🏽', '🏽', family, '🇩', '🇪', '❤'],
  ...['क', '्', 'ष', 'ि', 'ก', 'ำ', 'ᄒ', 'ᅡ', 'ᆫ', '한', 'あ', 'か\u3099', '\u0600', '١', '#️⃣', '\ud83d', '…'],
);
const text = fc.array(piece, { maxLength: 40, size: 'max' }).map((pieces) => pieces.join(''));
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const charactersOf = (of: string) => Array.from(segmenter.segment(of), ({ segment }) => segment);

describe('the length of a text', () => {
  it.each([
    ['Grüße', 5],
    ['Gru\u0308ße', 5],
    [family, 1],
    ['🇩🇪🇦🇹', 2],
    ['1️⃣', 1],
    ['नमस्ते', 3],
    ['กำ', 1],
    ['각', 1],
    ['\r\n', 1],
    ['', 0],
  ])('of %j is %i', (of, length) => {
    expect(lengthOf(of)).toBe(length);
  });

  it('is that of the characters that Intl.Segmenter finds', () => {
    fc.assert(
      fc.property(text, (of) => {
        expect(lengthOf(of)).toBe(charactersOf(of).length);
      }),
    );
  });
});

describe('the lengths of long texts', () => {
  const texts = Array.from({ length: 9 }, (_, index) => `${'a'.repeat(10_000)}${index}`);
  const counting = () => {
    const counted: string[] = [];
    const length = rememberingLongTexts((of) => {
      counted.push(of);
      return of.length;
    });
    return { counted, length };
  };

  it('are counted once, as one request can use a variable hundreds of times', () => {
    const { counted, length } = counting();
    const few = texts.slice(0, 8);
    for (let use = 0; use < 20; use += 1) for (const of of few) expect(length(of)).toBe(10_001);
    expect(counted).toEqual(few);
  });

  it('are remembered of the last eight, and of no short text', () => {
    const { counted, length } = counting();
    for (const of of [...texts, texts[8]!, texts[0]!, 'short', 'short']) length(of);
    expect(counted).toEqual([...texts, texts[0], 'short', 'short']);
  });
});

describe('the beginning of a text', () => {
  it('ends between two characters, and has as many as were asked for', () => {
    fc.assert(
      fc.property(text, fc.nat(12), (of, length) => {
        expect(beginningOf(of, length)).toBe(charactersOf(of).slice(0, length).join(''));
      }),
    );
  });

  it('holds no character that carries thousands of marks', () => {
    const overgrown = `ab${'\u0301'.repeat(100_000)}`;
    expect(beginningOf(overgrown, 80)).toBe('a');
    expect(isCompact(overgrown, 80)).toBe(false);
    expect(isCompact(family.repeat(80), 80)).toBe(true);
  });
});

describe('a shortened text', () => {
  it('is the text itself when it is short enough', () => {
    expect(shortened(family.repeat(5), 5)).toBe(family.repeat(5));
  });

  it('ends after a word, with an ellipsis', () => {
    expect(shortened('We roast coffee every Tuesday.', 20)).toBe('We roast coffee…');
  });

  it('keeps a long text that has a space near its beginning only', () => {
    expect(shortened(`Hi ${'あ'.repeat(200)}`, 100)).toBe(`Hi ${'あ'.repeat(96)}…`);
  });

  it('is never longer than it may be, and a whole number of characters of the text', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 12 }), (of, length) => {
        const short = shortened(of, length);
        if (lengthOf(of) <= length) expect(short).toBe(of);
        else {
          expect(lengthOf(short)).toBeLessThanOrEqual(length);
          expect(charactersOf(of).slice(0, length).join('').startsWith(short.slice(0, -1))).toBe(true);
          expect(
            charactersOf(of)
              .slice(0, lengthOf(short.slice(0, -1)))
              .join(''),
          ).toBe(short.slice(0, -1));
        }
      }),
    );
  });

  it('fits by any measure', () => {
    const bytes = (of: string) => Buffer.byteLength(of);
    expect(shortenedTo(family.repeat(9), (of) => bytes(of) <= 80)).toBe(`${family.repeat(3)}…`);
  });
});

describe('a quoted text', () => {
  it('shows 80 characters, and that there were more', () => {
    expect(quoted('a\n')).toBe('"a\\n"');
    expect(quoted(family.repeat(81))).toBe(`"${family.repeat(80)}"…`);
  });
});
