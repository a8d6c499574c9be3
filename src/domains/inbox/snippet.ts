import { shortened } from '../../text/graphemes.ts';

export const maxMessageLength = 10_000;

const maxSnippetLength = 120;

/** The beginning of a message on one line, of at most 120 characters. */
export function snippetOf(text: string): string {
  return shortened(text.replace(/\s+/g, ' ').trim(), maxSnippetLength);
}
