import { networkLimits } from '../accounts/network.ts';
import { type AiAnswer, AiProviderError, type AiSuggestion, type AiTask } from './provider.ts';

const maxTextLength = 10_000;
const maxHashtags = 30;

/** What a model wrote, brought into the form that the schema promises, whatever the model thought of it. */
export function tidySuggestions(answer: AiAnswer, task: AiTask, count: number): AiSuggestion[] {
  const suggestions = task.kind === 'HASHTAGS' ? hashtagsOf(answer, count) : textsOf(answer, task).slice(0, count);
  if (suggestions.length === 0)
    throw new AiProviderError('The model was expected to write something, but wrote nothing.', { isRetryable: true });
  return suggestions;
}

function hashtagsOf({ suggestions }: AiAnswer, count: number): AiSuggestion[] {
  const hashtags = distinct(suggestions.flatMap((suggestion) => [...suggestion.hashtags])).slice(0, count);
  return hashtags.length === 0 ? [] : [{ text: hashtags.map((hashtag) => `#${hashtag}`).join(' '), hashtags }];
}

function textsOf({ suggestions }: AiAnswer, task: AiTask): AiSuggestion[] {
  const network = task.kind === 'CAPTION' ? task.network : null;
  const limit = network ? networkLimits[network].maxTextLength : maxTextLength;
  return suggestions
    .map(({ text, hashtags }) => ({ text: shortened(plain(text), limit), hashtags: distinct(hashtags) }))
    .filter(({ text }) => text !== '');
}

/** Cut after a whole word, so that it fits the network. */
function shortened(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  const cut = characters.slice(0, limit - 1).join('');
  return `${cut.replace(/\s+\S*$/, '')}…`;
}

function distinct(hashtags: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const hashtag of hashtags) {
    const bare = plain(hashtag).replace(/[\s#]/g, '').slice(0, 100);
    if (bare !== '' && !found.has(bare.toLowerCase())) found.set(bare.toLowerCase(), bare);
  }
  return [...found.values()].slice(0, maxHashtags);
}

/** PostgreSQL's jsonb takes neither NUL nor half a surrogate pair. */
function plain(text: string): string {
  return text.replace(/[\0\p{Cs}]/gu, '').trim();
}
