import { lengthOf } from '../../text/graphemes.ts';
import { createLinkFinder, type LinkFinder, type TextRange } from '../../text/links.ts';
import { normalized } from '../../text/normal-form.ts';

/** The length of any link on X and on Mastodon. */
const linkLength = 23;

/** Typed as a string, as the language level of the type check does not know the flag `v`. */
const unicodeSets: string = 'gv';

/**
 * Any emoji that systems display as one character, and keycaps, which are emoji on X even without a variation selector. The
 * lookahead passes over other characters quickly: it makes the search up to sixty times as fast.
 */
const emoji = new RegExp('(?=\\p{Emoji})\\p{RGI_Emoji}|[#*0-9]\\ufe0f?\\u20e3', unicodeSets);

const accentedLatin = '\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f\\u0253-\\u02bb\\u0300-\\u036f\\u1e00-\\u1eff';
const word = `a-z0-9\\u0400-\\u04ff${accentedLatin}`;

const findLinksOnX: LinkFinder = createLinkFinder({
  protocols: ['https?'],
  takesBareDomains: true,
  pathCharacter: `[${word}!*';:=+,.$/%#\\[\\]\\-\\u2013_~@|&]`,
  lastPathCharacter: `[${word}+\\-=_#/]`,
  queryCharacter: "[a-z0-9!?*'@();:&=+$/%#\\[\\]\\-_.,~|]",
  lastQueryCharacter: '[a-z0-9\\-_&=#/]',
});

/** Code points with the weight 1 on X: Latin, Greek, Cyrillic, Hebrew, Arabic, Indic scripts; punctuation. All others weigh 2. */
const lightRanges = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
] as const;

/**
 * The weighted length of twitter-text 3 in the composed text (NFC): 23 for a link, 2 for an emoji, 1 or 2 for other code points.
 */
export function lengthOnX(text: string): number {
  const composed = normalized(text, 'NFC');
  const links = findLinksOnX(composed);
  const weights = around(composed, links).map((part) => {
    let emojiCount = 0;
    const others = part.replace(emoji, () => {
      emojiCount += 1;
      return '';
    });
    let weight = 2 * emojiCount;
    for (const character of others) weight += isLight(character.codePointAt(0)!) ? 1 : 2;
    return weight;
  });
  return weights.reduce((sum, weight) => sum + weight, links.length * linkLength);
}

function isLight(codePoint: number): boolean {
  return lightRanges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** The number of code points; an emoji counts as many as it has bytes in UTF-8. */
export function lengthOnThreads(text: string): number {
  let length = 0;
  const others = text.replace(emoji, (found) => {
    length += Buffer.byteLength(found);
    return '';
  });
  for (const _ of others) length += 1;
  return length;
}

const anyUnicode = '\\u00a0-\\ud7ff\\ue000-\\ufdcf\\ufdf0-\\uffef\\u{10000}-\\u{10fffd}';

const findLinksOnMastodon: LinkFinder = createLinkFinder({
  protocols: ['https?', 'dat', 'dweb', 'ipfs', 'ipns', 'ssb', 'gopher', 'gemini'],
  takesBareDomains: false,
  pathCharacter: '[^\\s<>()?]',
  lastPathCharacter: '[^\\s()?!*"\'「」<>;:=,.$%\\[\\]~&|@]',
  queryCharacter: `[a-z0-9!?*'();:&=+$/%#\\[\\]\\-_.,~|@\\^${anyUnicode}]`,
  lastQueryCharacter: `[a-z0-9_&=#/\\-${anyUnicode}]`,
});

const wordCharacter = '[\\p{L}\\p{M}\\p{Nd}\\p{Pc}]';
/** A mention such as `@name@example.social`, whose domain does not count. */
const remoteMention = new RegExp(
  `(?<!${wordCharacter}|[=/])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@${wordCharacter}+(?:[.-]+${wordCharacter}+)*(?![@＠]|://)`,
  'giu',
);

/** The length on Mastodon: extended grapheme clusters, 23 for a link, and remote mentions without their domain. */
export function lengthOnMastodon(text: string): number {
  const links = findLinksOnMastodon(text);
  const placeholder = 'x'.repeat(linkLength);
  return lengthOf(
    around(text, links)
      .map((part) => part.replace(remoteMention, '$1'))
      .join(placeholder),
  );
}

/** The parts of a text before, between and after its links. */
function around(text: string, links: readonly TextRange[]): string[] {
  const starts = [0, ...links.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, links[index]?.start));
}
