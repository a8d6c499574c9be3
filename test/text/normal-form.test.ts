import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalized } from '../../src/text/normal-form.ts';

const forms = ['NFC', 'NFKC', 'NFKD'] as const;
const acute = '\u0301'; // above, sorted behind
const dotBelow = '\u0323';
const overlay = '\u0334'; // sorted before all others

/** Every character that can join a run of marks, in a normal form or as it is. */
const joining = Array.from({ length: 0x11_0000 }, (_, codePoint) => codePoint)
  .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
  .map((codePoint) => String.fromCodePoint(codePoint))
  .filter((character) => /^\p{M}/u.test(character.normalize('NFKD')));

describe('a normalised text', () => {
  it.each([
    ['Zalgo', `Z${(acute + dotBelow).repeat(15)}a${(dotBelow + acute).repeat(15)}lgo`],
    ['Hebrew', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים'],
    ['Arabic', 'ٱلْحَمْدُ لِلَّٰهِ رَبِّ ٱلْعَٰلَمِينَ'],
    ['Thai', 'ที่นี่ น้ำ'],
    ['Tibetan', 'ཧྐྵྨླྺྼྻྂ རྫོགས'],
    ['Vietnamese', 'Tie\u0302\u0301ng Vie\u0323\u0302t'],
    ['Hangul', '\u1112\u1161\u11ab'],
    ['katakana', 'ｶﾞｷﾞ ハ\u309a'],
    ['emoji', '👩‍👩‍👧‍👦❤️‍🔥🏴󠁧󠁢󠁥󠁮󠁧󠁿1️⃣🇩🇪'],
  ])('is the usual one of %s', (_, text) => {
    for (const form of forms) expect(normalized(text, form)).toBe(text.normalize(form));
  });

  it('is the usual one of anything with at most thirty marks in a row', () => {
    const marks = fc.array(fc.constantFrom(...joining), { maxLength: 30, size: 'max' }).map((run) => run.join(''));
    const base = fc.constantFrom('a', ' ', 'é', 'ｶ', '\u1112', '\u1161', 'क', '👍', '\u200d', '\ud83d');
    fc.assert(
      fc.property(fc.array(fc.tuple(base, marks), { maxLength: 5 }), fc.constantFrom(...forms), (runs, form) => {
        const text = runs.flat().join('');
        expect(normalized(text, form)).toBe(text.normalize(form));
      }),
    );
  });

  it('is equivalent to the text, however many marks are in a row', () => {
    const text = fc.array(fc.constantFrom('a', acute, dotBelow, overlay), {
      minLength: 200,
      maxLength: 400,
      size: 'max',
    });
    fc.assert(
      fc.property(text, (pieces) => {
        const of = pieces.join('');
        expect(normalized(of, 'NFC').normalize('NFC')).toBe(of.normalize('NFC'));
      }),
    );
  });

  it('moves a mark before at most thirty others, as the work for each grows with their number', () => {
    const sorted = (run: string) => normalized(`a${run}${overlay}`, 'NFKD').lastIndexOf(overlay);
    expect(sorted(acute.repeat(29))).toBe(1);
    expect(sorted(acute.repeat(1000))).toBeGreaterThan(970);
    expect(joining.length).toBeGreaterThan(2_000);
    expect(joining.filter((mark) => sorted(mark.repeat(100)) < 70)).toEqual([]);
  });
});
