import { type AiCompletion, AiProviderError, type AiSuggestion } from './provider.ts';

/**
 * Reads a chat completion. Accepts JSON within fences or prose, and bare strings, as models send all of these. Throws
 * `AiProviderError` for anything else. Estimates the tokens that the server did not count.
 */
export function readCompletion(body: string, requestLength: number): AiCompletion {
  const completion = asObject(parsed(body));
  const choice = asObject(asArray(completion.choices)[0]);
  const content = contentOf(asObject(choice.message).content);
  if (content === undefined) throw unexpected('a message');
  const usage = asObject(completion.usage);
  return {
    suggestions: suggestionsOf(content),
    inputTokens: countOf(usage.prompt_tokens) ?? Math.ceil(requestLength / 4),
    outputTokens: countOf(usage.completion_tokens) ?? Math.ceil(content.length / 4),
  };
}

/** The content of a message: a string, or the text parts of a list joined. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  const texts = asArray(content).map((part) => asObject(part).text);
  const joined = texts.filter((text) => typeof text === 'string').join('');
  return joined === '' ? undefined : joined;
}

function suggestionsOf(content: string): AiSuggestion[] {
  const value = embedded(content, '{', '}') ?? embedded(content, '[', ']');
  const object = asObject(value);
  const items = Array.isArray(value) ? value : asArray(object.suggestions ?? [object]);
  const suggestions = items.map(suggestionOf).filter((suggestion) => suggestion !== undefined);
  if (suggestions.length === 0) throw unexpected('JSON with suggestions');
  return suggestions;
}

function suggestionOf(item: unknown): AiSuggestion | undefined {
  if (typeof item === 'string') return { text: item, hashtags: [] };
  const { text, hashtags } = asObject(item);
  const words = asArray(hashtags).filter((hashtag) => typeof hashtag === 'string');
  if (typeof text !== 'string' && words.length === 0) return undefined;
  return { text: typeof text === 'string' ? text : '', hashtags: words };
}

/** The JSON between the first opening and the last closing bracket. */
function embedded(content: string, open: string, close: string): unknown {
  const start = content.indexOf(open);
  const end = content.lastIndexOf(close);
  if (start < 0 || end < start) return undefined;
  try {
    return JSON.parse(content.slice(start, end + 1));
  } catch {
    return undefined;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw unexpected('JSON');
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** Members read the message, and the response may repeat the API key; so nothing of the response is in it. */
function unexpected(expected: string): AiProviderError {
  return new AiProviderError(`Expected ${expected} from the AI server, but got something else.`, {
    ...{ isRetryable: true, isCharged: true },
  });
}
