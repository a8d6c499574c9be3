import { describe, expect, it } from 'vitest';
import { maxPostLength, textLength, textLimitOf } from '../../../src/domains/networks/text-length.ts';
import type { NetworkName } from '../../../src/generated/schema.ts';

const family = '👨‍👩‍👧‍👦';
const lengthOn = (network: NetworkName, text: string) => textLength(network, text).length;

describe('a text on X', () => {
  it('of 141 kana is 282 of 280', () => {
    expect(textLength('X', 'あ'.repeat(141))).toEqual({
      ...{ network: 'X', length: 282, limit: 280, unit: 'WEIGHTED', isWithinLimit: false },
    });
    expect(textLength('X', 'あ'.repeat(140)).isWithinLimit).toBe(true);
  });

  // What twitter-text 3.1.0 says of each.
  it.each([
    ['Grüße', 5],
    ['Gru\u0308ße', 5],
    ['“It’s” – 5 …', 13],
    ['Привет, שלום, नमस्ते', 20],
    ['½ ﷺ 한글', 9],
    [family, 2],
    ['👩🏽‍🚀', 2],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
    ['❤️❤', 4],
    ['1️⃣1⃣', 4],
    ['🇩🇪', 2],
    ['🇩', 2],
    ['©️ ©', 4],
    ['\u200d', 1],
  ])('weighs each character: %s is %i', (text, length) => {
    expect(lengthOn('X', text)).toBe(length);
  });

  it.each([
    ['see https://example.com/a?b=c.', 28],
    [`https://example.com/${'a'.repeat(300)}`, 23],
    ['example.com', 23],
    ['example.com/', 23],
    ['README.md and node.js', 35],
    ['http://example.comです', 27],
    ['日本example.com', 27],
    ['日本.example.com', 28],
    ['президент.рф', 12],
    ['http://президент.рф', 23],
    ['test.xn--p1ai', 23],
    ['https://müller.de/straße', 23],
    ['https://en.wikipedia.org/wiki/Foo_(bar)', 23],
    ['(https://example.com/foo)', 25],
    ['https://example.com/foo)bar', 27],
    ['https://example.com/(foo', 27],
    ['https://example.com:8080/x', 23],
    ['https://example.com/path,', 24],
    ['https://example.com/?q=ä&x=1', 28],
    ['https://sub_domain.example.com/', 23],
    ['HTTPS://EXAMPLE.COM', 23],
    ['x.com/@user/123', 23],
    ['www.example.com.foo', 23],
    ['x.com, t.me/x', 48],
    ['a.b.c.d', 7],
    ['1.2.3.4', 7],
    ['e.g. this', 9],
    ['#example.com', 12],
    ['@example.com', 12],
    ['foo@example.com', 15],
    ['/example.com', 12],
    ['-example.com', 12],
    ['foo_bar.com', 11],
    ['https://-foo.com', 16],
    ['http://localhost:3000', 21],
    ['end.Next sentence', 32],
  ])('has links of 23: %s is %i', (text, length) => {
    expect(lengthOn('X', text)).toBe(length);
  });
});

describe('a text on Mastodon', () => {
  it('has links of 23: 470 characters and an 80-character link are 494', () => {
    const link = `https://example.com/${'y'.repeat(60)}`;
    expect(link).toHaveLength(80);
    expect(textLength('MASTODON', `${'x'.repeat(470)} ${link}`)).toMatchObject({
      ...{ length: 494, limit: 500, unit: 'GRAPHEMES', isWithinLimit: true },
    });
  });

  it.each([
    [family.repeat(43), 43],
    ['hi @alice@mastodon.social!', 10],
    ['@alice', 6],
    ['mail bob@example.com', 20],
    ['@a.b-c@social.example.org and @d@e.f', 13],
    ['https://example.com/@alice@mastodon.social', 23],
    ['example.com', 11],
    ['gemini://example.com/', 23],
    ['https://example.com/🦣?ü=1', 23],
    ['https://example.com/foo!', 24],
    ['http://localhost/x', 18],
  ])('counts what people see, and mentions without their domain: %s is %i', (text, length) => {
    expect(lengthOn('MASTODON', text)).toBe(length);
  });
});

describe('a text on Bluesky', () => {
  it('has at most 300 characters that people see', () => {
    expect(textLength('BLUESKY', family.repeat(43))).toMatchObject({ length: 43, limit: 300, isWithinLimit: true });
    expect(textLength('BLUESKY', 'é'.repeat(301))).toMatchObject({
      ...{ length: 301, limit: 300, unit: 'GRAPHEMES', isWithinLimit: false },
    });
  });

  it('has at most 3,000 bytes as well', () => {
    expect(textLength('BLUESKY', family.repeat(121))).toMatchObject({
      ...{ length: 3_025, limit: 3_000, unit: 'BYTES', isWithinLimit: false },
    });
  });
});

describe('a text on other networks', () => {
  it.each<[NetworkName, string, number]>([
    ['THREADS', `Grüße ${family}`, 31],
    ['THREADS', '1️⃣ ❤️', 14],
    ['TIKTOK', 'Grüße 👍', 8],
    ['YOUTUBE', 'Grüße 👍', 12],
    ['INSTAGRAM', 'Grüße 👍', 7],
    ['FACEBOOK', 'Grüße 👍', 7],
    ['LINKEDIN', 'Grüße 👍', 7],
    ['PINTEREST', 'Grüße 👍', 7],
  ])('counts as %s documents: %s is %i', (network, text, length) => {
    expect(lengthOn(network, text)).toBe(length);
  });

  it('fits up to the limit, and no further', () => {
    for (const network of ['INSTAGRAM', 'THREADS', 'LINKEDIN', 'TIKTOK', 'YOUTUBE', 'PINTEREST'] as const) {
      const { limit } = textLimitOf(network);
      expect(textLength(network, 'x'.repeat(limit)).isWithinLimit).toBe(true);
      expect(textLength(network, 'x'.repeat(limit + 1)).isWithinLimit).toBe(false);
    }
  });
});

describe('the measure of a text', () => {
  // Each of these took time that grew with the square of its length, in one regular expression or another.
  it.each([
    ['kana without a space', 'あ'],
    ['flags', '🇩🇪'],
    ['hyphens', 'a-'],
    ['dots', 'a.'],
    ['dots of another script', 'あ.'],
    ['open parentheses', 'http://a.com/('],
    ['queries', 'http://a.com?'],
    ['half mentions', '@a@'],
    ['joiners', '👨\u200d'],
    ['tags', '\u{e0067}'],
    ['marks', '\u0301\u0323'],
  ])('is taken of the longest text of %s', (_, piece) => {
    const text = piece.repeat(maxPostLength);
    for (const network of ['X', 'MASTODON', 'THREADS', 'BLUESKY'] as const)
      expect(textLength(network, text).length).toBeGreaterThan(0);
  });
});
