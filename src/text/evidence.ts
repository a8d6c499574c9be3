import { excerpt } from './shown.ts';

/**
 * Length of the part that is searched for secrets, in UTF-16 units. Bounds the work; more than `maxShownChars`, as masks shorten
 * it.
 */
const maxReadChars = 4_000;
const maxShownChars = 300;
/** Shorter pieces of a secret occur in any text and are not masked. */
const minPieceChars = 6;
const mask = '•••';

/**
 * An excerpt of an external text for a log, such as the response of another server. Masks the secrets that were sent to that
 * server, whole or in pieces, as the server may repeat them.
 */
export function evidence(text: string, secrets: readonly (string | undefined)[]): string {
  let safe = excerpt(text, maxReadChars);
  for (const secret of secrets) if (secret) safe = withoutPieces(safe, secret);
  return excerpt(safe, maxShownChars);
}

/** Masks the longest pieces of a secret. A secret of less than six characters is masked only as a whole. */
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
