import { describe, expect, it } from 'vitest';
import { excerpt, shown } from '../../src/text/shown.ts';

describe('an excerpt', () => {
  it('is the text itself while it is short', () => {
    expect(excerpt('x'.repeat(80), 80)).toBe('x'.repeat(80));
  });

  it('keeps the beginning and the end of a long text, within the limit', () => {
    expect(excerpt(`begin ${'x'.repeat(100_000)} end`, 40)).toBe(`begin ${'x'.repeat(23)}…${'x'.repeat(6)} end`);
  });

  it('cuts no character in half', () => {
    for (let max = 4; max < 40; max++) {
      const cut = excerpt('👩'.repeat(100), max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(Buffer.from(cut).toString()).toBe(cut);
    }
    for (let max = 20; max < 60; max++)
      expect(excerpt('👨‍👩‍👧‍👦'.repeat(100), max).replaceAll('👨‍👩‍👧‍👦', '')).toBe('…');
  });
});

describe('a value in a message', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'a "b"', '"a \\"b\\""'],
    ['a number', 1.5, '1.5'],
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['a list', [1, 2, 3], 'a list of 3'],
    ['an object', { a: 1, b: 2 }, 'an object'],
  ])('is shown: %s', (_, value, text) => {
    expect(shown(value)).toBe(text);
  });

  it.each<[string, unknown]>([
    ['a text', 'x'.repeat(1_000_000)],
    ['a text that is written twice as long', '"'.repeat(1_000_000)],
    ['a list', Array.from({ length: 100_000 }, () => 'x'.repeat(10))],
    ['an object', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`field${i}`, i]))],
  ])('is short, however large it is: %s', (_, value) => {
    expect(shown(value).length).toBeLessThan(200);
  });
});
