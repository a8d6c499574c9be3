import type { NetworkName, TextLengthUnit } from '../../generated/schema.ts';
import { lengthOf } from '../../text/graphemes.ts';
import { lengthOnMastodon, lengthOnThreads, lengthOnX } from './text-measures.ts';

/** The length of a text as a network counts it. */
export interface TextLength {
  readonly network: NetworkName;
  readonly length: number;
  readonly limit: number;
  readonly unit: TextLengthUnit;
  readonly isWithinLimit: boolean;
}

/** Maximum length of a post's text in Magpie, in extended grapheme clusters. */
export const maxPostLength = 10_000;

interface TextLimit {
  readonly limit: number;
  readonly unit: TextLengthUnit;
  readonly measure: (text: string) => number;
}

const codePoints = (text: string) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};
const utf16Units = (text: string) => text.length;
const bytes = (text: string) => Buffer.byteLength(text);

/**
 * The documented limits of the networks on the text of a post. "Characters" without a definition are taken for Unicode code points.
 * A text must be within all limits of a network.
 */
const textLimits: Readonly<Record<NetworkName, readonly [TextLimit, ...TextLimit[]]>> = {
  // Caption, Instagram Platform, IG User Media.
  INSTAGRAM: [{ limit: 2_200, unit: 'CODE_POINTS', measure: codePoints }],
  FACEBOOK: [{ limit: 63_206, unit: 'CODE_POINTS', measure: codePoints }],
  // Threads API, Posts: 500 characters, where "emojis are counted as the number of UTF-8 bytes".
  THREADS: [{ limit: 500, unit: 'WEIGHTED', measure: lengthOnThreads }],
  // twitter-text, configuration 3.
  X: [{ limit: 280, unit: 'WEIGHTED', measure: lengthOnX }],
  // Commentary, Posts API.
  LINKEDIN: [{ limit: 3_000, unit: 'CODE_POINTS', measure: codePoints }],
  // Title of a video, Content Posting API, Direct Post: "UTF-16 runes".
  TIKTOK: [{ limit: 2_200, unit: 'UTF16_UNITS', measure: utf16Units }],
  // Description, YouTube Data API, videos.
  YOUTUBE: [{ limit: 5_000, unit: 'BYTES', measure: bytes }],
  // Description, Pinterest API 5, pins/create.
  PINTEREST: [{ limit: 800, unit: 'CODE_POINTS', measure: codePoints }],
  // Mastodon's `StatusLengthValidator`.
  MASTODON: [{ limit: 500, unit: 'GRAPHEMES', measure: lengthOnMastodon }],
  // Lexicon app.bsky.feed.post.
  BLUESKY: [
    { limit: 300, unit: 'GRAPHEMES', measure: lengthOf },
    { limit: 3_000, unit: 'BYTES', measure: bytes },
  ],
};

/** Measures a text as a network does. Of several limits, returns one that the text exceeds, or else the first. */
export function textLength(network: NetworkName, text: string): TextLength {
  const lengths = textLimits[network].map(({ limit, unit, measure }) => ({ limit, unit, length: measure(text) }));
  const exceeded = lengths.find(({ length, limit }) => length > limit);
  return { network, ...(exceeded ?? lengths[0]!), isWithinLimit: !exceeded };
}

/** The first limit of a network, which is the best known. */
export function textLimitOf(network: NetworkName): Pick<TextLength, 'limit' | 'unit'> {
  const [{ limit, unit }] = textLimits[network];
  return { limit, unit };
}
