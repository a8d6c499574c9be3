const maxSubjectLength = 120;
const verb = '(?:please\\s+)?(?:write|create|make|draft|give me|announce|promote|post)';
const text =
  '(?:me\\s+)?(?:(?:an?|some|the|\\d+)\\s+)?(?:(?:short|new|nice|catchy|instagram)\\s+)*(?:captions?|posts?|texts?)';
/** How people begin when they ask for a text, up to its subject. */
const request = new RegExp(`^${verb}\\s+(?:${text}\\s+(?:for|on|that)\\s+|${text}\\s+)?(?:about\\s+)?`, 'i');

/** What a prompt is about, to stand inside a sentence: "Write a caption about our autumn roast." is about "our autumn roast". */
export function subjectOf(prompt: string): string {
  const first = prompt
    .trim()
    .replace(/\s+/g, ' ')
    .replace(request, '')
    .split(/[.!?](?:\s|$)|\n/)[0]!
    .trim();
  const characters = [...(first || prompt.trim())];
  const subject = characters.slice(0, maxSubjectLength).join('');
  const whole = characters.length > maxSubjectLength ? subject.replace(/\s+\S*$/, '') : subject;
  return startsAcronymOrName(whole) ? whole : whole.charAt(0).toLowerCase() + whole.slice(1);
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
  const words = (text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).map((word) => word.replace(/['’-]/g, ''));
  const telling = words.map((word) => (isTelling(word) ? pascal(word) : null));
  const pairs = telling.flatMap((word, index) => {
    const next = telling[index + 1];
    return word && next && word !== next ? [word + next] : [];
  });
  return [...new Set([...pairs.slice(0, 3), ...telling.filter((word) => word !== null)])];
}

function isTelling(word: string): boolean {
  return word.length > 2 && word.length <= 30 && !/^\d+$/.test(word) && !stopWords.has(word.toLowerCase());
}

function pascal(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
