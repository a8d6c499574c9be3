import { hashtagKey, isBlank } from '../../text/folding.ts';
import { isWithinLength } from '../../text/graphemes.ts';
import { shown } from '../../text/shown.ts';
import { invalid } from '../errors.ts';
import type { Problems } from '../problems.ts';

const maxHashtagLength = 100;

/** Hashtags as they are stored: without #, distinct without regard to case, in their order. */
export function normalizeHashtags(input: readonly string[], problems: Problems): string[] {
  const distinct = new Map<string, string>();
  for (const hashtag of new Set(input.map(bare))) {
    if (!isHashtag(hashtag)) {
      const expected = `1–${maxHashtagLength} characters without spaces`;
      problems.add(invalid('hashtags', `Expected ${expected}, but got ${shown(hashtag)}.`));
      continue;
    }
    const key = hashtagKey(hashtag);
    if (!distinct.has(key)) distinct.set(key, hashtag);
  }
  return [...distinct.values()];
}

function bare(hashtag: string): string {
  return hashtag
    .trim()
    .replace(/^[#＃]+/u, '')
    .trim();
}

function isHashtag(text: string): boolean {
  return isWithinLength(text, maxHashtagLength) && !isBlank(text) && !/[\s#＃]/u.test(text);
}
