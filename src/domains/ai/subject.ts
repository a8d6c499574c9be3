import { lengthOf, shortened } from '../../text/graphemes.ts';
import { capitalized, isSpaceless, uncapitalized, wordsIn } from '../../text/words.ts';

const maxSubjectLength = 120;
/** Read of a prompt to find its subject. */
const maxReadChars = 1_000;
/** How people begin when they ask for a text, up to its subject; words are single spaces apart. */
const request =
  /^(?:please )?(?:write|create|make|draft|give me|announce|promote|post) (?:(?:me )?(?:(?:an?|some|the|\d+) )?(?:(?:short|new|nice|catchy|instagram) )*(?:captions?|posts?|texts?) (?:(?:for|on|that) )?)?(?:about )?/i;

/** What a prompt is about, to stand inside a sentence: "Write a caption about our autumn roast." is about "our autumn roast". */
export function subjectOf(prompt: string): string {
  const first = prompt
    .slice(0, maxReadChars)
    .trim()
    .replace(/\s+/g, ' ')
    .replace(request, '')
    .split(/[.!?](?:\s|$)|\n/)[0]!
    .trim();
  const subject = shortened(first || prompt.trim().slice(0, maxReadChars), maxSubjectLength, '');
  return startsAcronymOrName(subject) ? subject : uncapitalized(subject);
}

/** A capital that must stay: a second one follows, or the next word has one as well. */
function startsAcronymOrName(text: string): boolean {
  return /^\p{Lu}(?:\S*\p{Lu}|\S*\s\p{Lu}|['’])/u.test(text);
}

const stopWords = new Set(
  `about after again also and any are because been before but can could did does every for from get had has have her here his how
  into its just like made make many more most much new not now off one only other our out over own really should some such
  than that the their them then there these they this those through today too under until very want was were what when where
  which while who why will with would you your post caption write please text short announce promote`.split(/\s+/),
);

/** Hashtags out of a text's own words: neighbours together, then each alone. */
export function hashtagsFrom(text: string): string[] {
  const words = wordsIn(text).map((word) => word.replace(/['’-]/g, ''));
  const telling = words.map((word) => (isTelling(word) ? capitalized(word) : null));
  const pairs = telling.flatMap((word, index) => {
    const next = telling[index + 1];
    return word && next && word !== next ? [word + next] : [];
  });
  return [...new Set([...pairs.slice(0, 3), ...telling.filter((word) => word !== null)])];
}

function isTelling(word: string): boolean {
  const length = lengthOf(word);
  const isLong = length >= (isSpaceless(word) ? 2 : 3) && length <= 30;
  return isLong && !/^\p{N}+$/u.test(word) && !stopWords.has(word.toLowerCase());
}
