import { excerpt } from './shown.ts';

/** Read of a text at most: what is kept of it is shorter still. */
const maxReadChars = 4_000;
const maxShownChars = 300;
/** A shorter piece of a secret says nothing about it. */
const minPieceChars = 6;
const mask = '•••';

/**
 * What a log shows of a text that came from outside, such as the answer of another server: cut, and without the secrets that were sent
 * there, whole or in pieces. Such a server may repeat what it was sent.
 */
export function evidence(text: string, secrets: readonly (string | undefined)[]): string {
  let safe = excerpt(text, maxReadChars);
  for (const secret of secrets) if (secret) safe = withoutPieces(safe, secret);
  return excerpt(safe, maxShownChars);
}

/** Replaces every longest piece of a secret; a short secret only as a whole. */
function withoutPieces(text: string, secret: string): string {
  const least = Math.min(minPieceChars, secret.length);
  let kept = '';
  for (let at = 0; at < text.length; ) {
    let end = at + least;
    if (end > text.length || !secret.includes(text.slice(at, end))) {
      kept += text[at];
      at += 1;
      continue;
    }
    while (end < text.length && secret.includes(text.slice(at, end + 1))) end += 1;
    kept += mask;
    at = end;
  }
  return kept;
}
