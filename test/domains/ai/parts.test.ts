import { describe, expect, it } from 'vitest';
import { costUsd } from '../../../src/domains/ai/cost.ts';
import { fingerprintOf } from '../../../src/domains/ai/fingerprint.ts';
import type { AiSuggestion, AiTask } from '../../../src/domains/ai/provider.ts';
import { tidySuggestions } from '../../../src/domains/ai/suggestions.ts';
import { withSingleSpaces } from '../../../src/text/folding.ts';

describe('the cost of tokens', () => {
  it.each([
    [0, 0, '0.15', '0.60', '0.000000'],
    [1_000_000, 1_000_000, '2.500000', '10', '12.500000'],
    [3, 1, '0.15', '0.60', '0.000001'],
    [1, 0, '0.4', '0', '0.000000'],
    [1, 0, '0.5', '0', '0.000001'],
    [9_007_199_254_740_991, 0, '999999.999999', '0', '9007199254731983.800745'],
  ])(
    '%i in and %i out at %s and %s is %s',
    (inputTokens, outputTokens, inputUsdPerMillion, outputUsdPerMillion, cost) => {
      expect(costUsd({ inputTokens, outputTokens }, { inputUsdPerMillion, outputUsdPerMillion })).toBe(cost);
    },
  );

  it('needs a price that is a decimal', () => {
    const prices = { inputUsdPerMillion: '1e3', outputUsdPerMillion: '0' };
    expect(() => costUsd({ inputTokens: 1, outputTokens: 0 }, prices)).toThrow('but got 1e3');
  });
});

describe('a fingerprint', () => {
  const request = {
    kind: 'CAPTION',
    provider: 'p',
    model: 'm',
    brandVoice: 'Warm',
    count: 3,
    identity: ['text', 'X', null],
  };

  it('is equal for equal requests', () => {
    expect(fingerprintOf({ ...request })).toBe(fingerprintOf(request));
    expect(fingerprintOf(request)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    { kind: 'HASHTAGS' },
    { provider: 'q' },
    { model: 'n' },
    { brandVoice: 'Cold' },
    { count: 4 },
    { identity: ['text', 'X', 'playful'] },
    { identity: ['text', null, 'X'] },
    { identity: ['text,X', null] },
  ])('is another with %j', (change) => {
    expect(fingerprintOf({ ...request, ...change })).not.toBe(fingerprintOf(request));
  });

  it('sees through spaces and composition, and not through case', () => {
    expect(withSingleSpaces('  Gru\u0308n \n\t Tee ')).toBe('Grün Tee');
    expect(withSingleSpaces('Tee')).not.toBe(withSingleSpaces('tee'));
  });
});

describe('what a model wrote', () => {
  const tidy = (suggestions: AiSuggestion[], task: Partial<AiTask> & { kind: AiTask['kind'] }, count = 3) =>
    tidySuggestions({ suggestions, inputTokens: 0, outputTokens: 0 }, task as AiTask, count);
  const texts = (...all: string[]) => all.map((text) => ({ text, hashtags: [] }));

  it('is cut after a word to fit its network', () => {
    const [suggestion] = tidy(texts('word '.repeat(100)), { kind: 'CAPTION', network: 'BLUESKY' });
    expect(suggestion!.text).toMatch(/^(word )+word…$/);
    expect([...suggestion!.text].length).toBeLessThanOrEqual(300);
  });

  it('is no more than was wanted, without what is empty, and with U+FFFD for what cannot be stored', () => {
    expect(tidy(texts(' ', 'a\0b\ud800', 'c', 'd'), { kind: 'REPLY' }, 2)).toEqual(texts('a\ufffdb\ufffd', 'c'));
    const [{ hashtags }] = tidy([{ text: 'x', hashtags: ['a\ud800', 'a\0'] }], { kind: 'REPLY' }) as [AiSuggestion];
    expect(hashtags).toEqual(['a\ufffd']);
  });

  it('has hashtags without # and spaces, each once', () => {
    const [suggestion] = tidy([{ text: 'x', hashtags: ['#One', 'one', ' two words ', '#'] }], { kind: 'REPLY' });
    expect(suggestion!.hashtags).toEqual(['One', 'twowords']);
  });

  it('is one suggestion of all hashtags where those were wanted', () => {
    const written = [
      { text: 'ignored', hashtags: ['a', 'b'] },
      { text: '', hashtags: ['b', 'c', 'd'] },
    ];
    expect(tidy(written, { kind: 'HASHTAGS' })).toEqual([{ text: '#a #b #c', hashtags: ['a', 'b', 'c'] }]);
  });

  it('is a failure when nothing is left of it', () => {
    expect(() => tidy(texts('', '\u200b'), { kind: 'CAPTION' })).toThrow('Expected text from the model, but got none.');
  });
});
