import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareHandle, emailKey, handleKey, hashtagKey, isBlank, searchKey } from '../../src/text/folding.ts';

describe('a handle', () => {
  it.each([
    ['acmeco', '@AcmeCo'],
    ['acmeco', ' @ACMECO '],
    ['acmeco', '＠ＡｃｍｅＣｏ'],
    ['acmeco', '\u2068@AcmeCo\u2069'],
    ['acmeco', 'acme\u200bco\ufeff'],
    ['café', 'CAFE\u0301'],
    ['alice@mastodon.social', '@Alice@Mastodon.Social'],
    ['σίσυφος', 'ΣΊΣΥΦΟΣ'],
  ])('%s is also %j', (one, other) => {
    expect(handleKey(other)).toBe(handleKey(one));
  });

  it.each([
    ['alice', 'alicé'],
    ['i', 'ı'],
    ['alice', 'alice@mastodon.social'],
    ['a_b', 'ab'],
  ])('%s is not %s', (one, other) => {
    expect(handleKey(other)).not.toBe(handleKey(one));
  });

  it('is shown without @ and marks of direction, in its own case', () => {
    expect(bareHandle(' \u2068@AcmeCo\u2069 ')).toBe('AcmeCo');
    expect(bareHandle('@')).toBe('');
  });
});

describe('a hashtag and an e-mail address', () => {
  it('are compared without case, composed', () => {
    expect(hashtagKey('ＣＡＦＥ\u0301')).toBe(hashtagKey('café'));
    expect(emailKey(' Ju\u0308RGEN@Example.COM')).toBe('jürgen@example.com');
  });
});

describe('a search', () => {
  it.each([
    ['Barbara', 'Bárbara'],
    ['BÁRBARA', 'Ba\u0301rbara'],
    ['Bárbara', 'barbara'],
    ['lodz', 'Łódź'],
    ['strasse', 'Straße'],
    ['STRASSE', 'straße'],
    ['ødegaard', 'Odegaard'],
    ['aerøskøbing', 'Ærøskøbing'],
    ['οδοσ', 'Ὀδός'],
    ['istanbul', 'İstanbul'],
    ['IĞDIR', 'ığdır'],
    ['ежик', 'Ёжик'],
    ['שלום', 'שָׁלוֹם'],
    ['نص', 'نَصّ'],
    ['ﬁne', 'Fine'],
    ['ｃａｆｅ', 'Café'],
    ["it's", 'It’s'],
    ['"now" - or', '“now” — or'],
    ['two  words', 'two\nwords'],
    ['soft', 'so\u00adft'],
    ['coffee beans', 'coffee \u200b beans'],
    ['coffee beans', 'coffee \ufeff\u0640 beans'],
    ['❤', '❤️'],
  ])('for %s finds %s', (search, text) => {
    expect(searchKey(text)).toContain(searchKey(search));
  });

  it.each([
    ['か', 'が'],
    ['नम', 'नाम'],
    ['가', '각'],
    ['resume', 'resumption'],
  ])('for %s does not find %s', (search, text) => {
    expect(searchKey(text)).not.toContain(searchKey(search));
  });

  it('finds every part of a text, whatever is around it', () => {
    const words = fc.array(
      fc.constantFrom(
        'Bárbara',
        'Straße',
        'ΟΔΌΣ',
        'İI',
        'ıi',
        'が',
        '한국',
        'نَصّ',
        'ﬁ',
        '’',
        '—',
        '👨‍👩‍👧',
        'Ł',
        'ꭰ',
        'ẞ',
      ),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(words, words, words, (before, part, after) => {
        const text = [...before, ...part, ...after].join(' ');
        expect(searchKey(text)).toContain(searchKey(part.join(' ')));
        expect(searchKey(searchKey(text))).toBe(searchKey(text));
      }),
    );
  });
});

describe('a text', () => {
  it.each([
    [''],
    [' \n\t'],
    ['\u200b\u2060'],
    ['\ufe0f'],
    ['\u3164'],
    ['\u00ad'],
    ['\u2800'],
    ['\u2068\u2069'],
    ['\u3000'],
  ])('of %j is blank', (text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each([['.'], ['👍'], ['\u0301'], ['あ'], ['\u200d👍']])('of %j is not', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});
