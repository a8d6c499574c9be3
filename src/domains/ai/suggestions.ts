import type { NetworkName } from '../../generated/schema.ts';
import { hashtagKey, isBlank } from '../../text/folding.ts';
import { beginningOf, shortened, shortenedTo } from '../../text/graphemes.ts';
import { storable } from '../../text/storable.ts';
import { maxPostLength, textLength } from '../networks/text-length.ts';
import { type AiCompletion, AiProviderError, type AiSuggestion, type AiTask } from './provider.ts';

const maxHashtags = 30;
const maxHashtagLength = 100;

/** Brings the output of a model into the form that the schema promises. */
export function tidySuggestions(completion: AiCompletion, task: AiTask, count: number): AiSuggestion[] {
  const suggestions =
    task.kind === 'HASHTAGS' ? hashtagsOf(completion, count) : textsOf(completion, task).slice(0, count);
  if (suggestions.length === 0)
    throw new AiProviderError('Expected text from the model, but got none.', { isRetryable: true, isCharged: true });
  return suggestions;
}

function hashtagsOf({ suggestions }: AiCompletion, count: number): AiSuggestion[] {
  const hashtags = distinct(suggestions.flatMap((suggestion) => [...suggestion.hashtags])).slice(0, count);
  return hashtags.length === 0 ? [] : [{ text: hashtags.map((hashtag) => `#${hashtag}`).join(' '), hashtags }];
}

function textsOf({ suggestions }: AiCompletion, task: AiTask): AiSuggestion[] {
  const network = task.kind === 'CAPTION' ? task.network : null;
  return suggestions
    .map(({ text, hashtags }) => ({ text: fitting(storable(text).trim(), network), hashtags: distinct(hashtags) }))
    .filter(({ text }) => !isBlank(text));
}

/** A text, cut if necessary to the network's limit by the network's measure. */
function fitting(text: string, network: NetworkName | null): string {
  const kept = shortened(text, maxPostLength);
  return network ? shortenedTo(kept, (candidate) => textLength(network, candidate).isWithinLimit) : kept;
}

function distinct(hashtags: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const hashtag of hashtags) {
    const bare = beginningOf(storable(hashtag).replace(/[\s#＃]/gu, ''), maxHashtagLength);
    const key = hashtagKey(bare);
    if (key !== '' && !found.has(key)) found.set(key, bare);
  }
  return [...found.values()].slice(0, maxHashtags);
}
