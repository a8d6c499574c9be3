import { lengthOf, shortened } from '../../text/graphemes.ts';
import { capitalized, isSpaceless, uncapitalized, wordsIn } from '../../text/words.ts';

const maxSubjectLength = 120;
/** Length of the part of a prompt in which the subject is looked for, in UTF-16 units. */
const maxReadChars = 1_000;
/** The usual beginning of a prompt, up to its subject. Expects single spaces between words. */
const request =
  /^(?:please )?(?:write|create|make|draft|give me|announce|promote|post) (?:(?:me )?(?:(?:an?|some|the|\d+) )?(?:(?:short|new|nice|catchy|instagram) )*(?:captions?|posts?|texts?) (?:(?:for|on|that) )?)?(?:about )?/i;

/** The subject of a prompt, for use inside a sentence: "our autumn roast" of "Write a caption about our autumn roast." */
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

/** Whether the first capital must stay: a second one follows in the word, or the next word has one too. */
function startsAcronymOrName(text: string): boolean {
  return /^\p{Lu}(?:\S*\p{Lu}|\S*\s\p{Lu}|['’])/u.test(text);
}

const stopWords = new Set(
  `about after again also and any are because been before but can could did does every for from get had has have her here his how
  into its just like made make many more most much new not now off one only other our out over own really should some such
  than that the their them then there these they this those through today too under until very want was were what when where
  which while who why will with would you your post caption write please text short announce promote`.split(/\s+/),
);

/** Hashtags from the words of a text: pairs of neighbours first, then single words. */
export function hashtagsFrom(text: string): string[] {
  const words = wordsIn(text).map((word) => word.replace(/['’-]/g, ''));
  const keywords = words.map((word) => (isKeyword(word) ? capitalized(word) : null));
  const pairs = keywords.flatMap((word, index) => {
    const next = keywords[index + 1];
    return word && next && word !== next ? [word + next] : [];
  });
  return [...new Set([...pairs.slice(0, 3), ...keywords.filter((word) => word !== null)])];
}

function isKeyword(word: string): boolean {
  const length = lengthOf(word);
  const isLong = length >= (isSpaceless(word) ? 2 : 3) && length <= 30;
  return isLong && !/^\p{N}+$/u.test(word) && !stopWords.has(word.toLowerCase());
}
