import { describe, expect, it } from 'vitest';
import { capitalized, uncapitalized, wordsIn } from '../../src/text/words.ts';

describe('the words of a text', () => {
  it.each([
    ['Don’t stop, e-mail us!', ['Don’t', 'stop', 'e-mail', 'us']],
    ['नमस्ते दुनिया', ['नमस्ते', 'दुनिया']],
    ['می‌خواهم بروم', ['می‌خواهم', 'بروم']],
    ['ภาษาไทย', ['ภาษา', 'ไทย']],
    ['café 3.5', ['café', '3', '5']],
    ['👍 …', []],
  ])('%s are those that its readers know', (text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });

  it('are told apart in Japanese, which writes no spaces', () => {
    const words = wordsIn('昨日は東京に行きました');
    expect(words).toContain('東京');
    expect(words.join('')).toBe('昨日は東京に行きました');
  });
});

describe('a capital', () => {
  it('takes the place of a whole letter', () => {
    expect(capitalized('élan')).toBe('Élan');
    expect(capitalized('e\u0301lan')).toBe('E\u0301lan');
    expect(capitalized('𐐨𐐩')).toBe('𐐀𐐩');
    expect(capitalized('')).toBe('');
    expect(uncapitalized('Élan')).toBe('élan');
  });
});
