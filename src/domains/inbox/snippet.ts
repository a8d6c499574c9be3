export const maxMessageLength = 10_000;

const maxSnippetLength = 120;

/** The beginning of a message on one line, of at most 120 characters. */
export function snippetOf(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  if (characters.length <= maxSnippetLength) return characters.join('');
  return `${characters
    .slice(0, maxSnippetLength - 1)
    .join('')
    .trimEnd()}…`;
}
