import topLevelDomains from 'tlds' with { type: 'json' };

/** What a network recognises as a link. A `…Character` is a regular expression that matches one character. */
export interface LinkGrammar {
  /** Schemes such as `https`, without `://`. */
  readonly protocols: readonly string[];
  /** Whether `example.com` without a protocol is a link. */
  readonly takesBareDomains: boolean;
  /** Characters of a path besides balanced parentheses. */
  readonly pathCharacter: string;
  readonly lastPathCharacter: string;
  readonly queryCharacter: string;
  readonly lastQueryCharacter: string;
}

/** A part of a text, in UTF-16 code units; `end` is the first unit after it. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export type LinkFinder = (text: string) => TextRange[];

const noDomain =
  "!'#%&()*+,/:;<=>?@\\[\\]^{|}~$\\\\\\s\\u0085\\u180e\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\uffff";
const accentedLatin = '\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f\\u0253-\\u02bb\\u0300-\\u036f\\u1e00-\\u1eff';
/**
 * A domain without a protocol: Latin letters and digits, with any script in its last label. The lookbehind allows one attempt for
 * each run of these characters, which keeps the time linear.
 */
const bareDomain = new RegExp(
  `(?<![a-z0-9${accentedLatin}-])(?:[a-z0-9${accentedLatin}-]+\\.)+[\\p{L}\\p{M}0-9-]+`,
  'giu',
);
const maxLinkLength = 4096;
const maxProtocolLength = 10;

const knownDomains = new Set(topLevelDomains);

/**
 * Creates a function that finds links as twitter-text does, the library of X and Mastodon: a domain ends with an existing top-level
 * domain, a path has balanced parentheses and does not end with punctuation. Takes linear time.
 */
export function createLinkFinder(grammar: LinkGrammar): LinkFinder {
  const { protocols, takesBareDomains, pathCharacter, lastPathCharacter, queryCharacter, lastQueryCharacter } = grammar;
  const words = new RegExp(`[^${noDomain}]+`, 'gu');
  const protocolBefore = new RegExp(`(?<![A-Za-z0-9@＠$#＃])(?:${protocols.join('|')})://$`, 'iu');
  // Two nested levels of parentheses, as Wikipedia's addresses have. More would need a search to the end of the text.
  const inParentheses = `\\((?:${pathCharacter}+|${pathCharacter}*\\(${pathCharacter}+\\)${pathCharacter}*)\\)`;
  const path = `/(?:(?:${pathCharacter}|${inParentheses})*(?:${lastPathCharacter}|${inParentheses}))?`;
  const query = `\\?${queryCharacter}*${lastQueryCharacter}`;
  const address = new RegExp(`(?::\\d+)?(?:${path})?(?:${query})?`, 'iuy');
  const endOfAddress = (text: string, start: number) => {
    address.lastIndex = start;
    return start + address.exec(text)![0].length;
  };

  return (text) => {
    const links: TextRange[] = [];
    words.lastIndex = 0;
    for (let found = words.exec(text); found; found = words.exec(text)) {
      const domain = domainAtStart(found[0], text[words.lastIndex]);
      if (domain === '') continue;
      const start = found.index;
      const protocol = protocolBefore.exec(text.slice(Math.max(0, start - maxProtocolLength), start));
      const domainEnd = start + domain.length;
      const end = domainEnd === words.lastIndex ? endOfAddress(text, domainEnd) : domainEnd;
      if (protocol) links.push({ start: start - protocol[0].length, end });
      else if (takesBareDomains && !/[@＠$#＃/]/u.test(text[start - 1] ?? ' '))
        for (const bare of bareDomainsIn(domain))
          links.push({ start: start + bare.start, end: bare.end === domain.length ? end : start + bare.end });
      words.lastIndex = Math.max(end, words.lastIndex);
    }
    return links.filter(({ start, end }) => end - start <= maxLinkLength);
  };
}

/** The domain at the start of a word, up to its last label that is a top-level domain; empty if there is none. */
function domainAtStart(word: string, after = ' '): string {
  const labels = word.split('.');
  const firstWrong = labels.findIndex((label) => !/^(?![_-]).*(?<![_-])$/su.test(label) || label === '');
  for (let last = firstWrong < 0 ? labels.length - 1 : firstWrong; last > 0; last -= 1) {
    const label = labels[last]!.toLowerCase();
    const name = /^(?:xn--[a-z0-9-]+|[a-z]+)/.exec(label)?.[0] ?? label;
    const isKnown = knownDomains.has(name) || name.startsWith('xn--');
    const next = label[name.length] ?? (last + 1 < labels.length ? '.' : after);
    if (isKnown && !/[0-9A-Za-z@+-]/.test(next) && !labels[last - 1]!.includes('_'))
      return word.slice(0, labels.slice(0, last).join('.').length + 1 + name.length);
  }
  return '';
}

function bareDomainsIn(domain: string): TextRange[] {
  return [...domain.matchAll(bareDomain)].flatMap(({ 0: found, index: start }) => {
    const { length } = domainAtStart(found, domain[start + found.length]);
    return length === 0 ? [] : [{ start, end: start + length }];
  });
}
