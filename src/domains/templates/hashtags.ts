import { hashtagKey, isBlank } from '../../text/folding.ts';
import { isWithinLength } from '../../text/graphemes.ts';
import { shown } from '../../text/shown.ts';
import { invalid } from '../errors.ts';
import type { Problems } from '../problems.ts';

const maxHashtagLength = 100;

/** Hashtags as they are stored: without #, distinct without regard to case, in their order. */
export function normalizeHashtags(input: readonly string[], problems: Problems): string[] {
  const distinct = new Map<string, string>();
  for (const hashtag of input.map(bare)) {
    const key = hashtagKey(hashtag);
    if (!distinct.has(key)) distinct.set(key, hashtag);
  }
  const hashtags = [...distinct.values()];
  for (const hashtag of hashtags) {
    if (isHashtag(hashtag)) continue;
    const expected = `1–${maxHashtagLength} characters without spaces`;
    problems.add(invalid('hashtags', `Expected ${expected}, but got ${shown(hashtag)}.`));
  }
  return hashtags;
}

function bare(hashtag: string): string {
  return hashtag
    .trim()
    .replace(/^[#＃]+/u, '')
    .trim();
}

function isHashtag(text: string): boolean {
  return !isBlank(text) && isWithinLength(text, maxHashtagLength) && !/[\s#＃]/u.test(text);
}
