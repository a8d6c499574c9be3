/**
 * Describes the first part of a text that cannot be stored, with its offset in UTF-16 units: half a surrogate pair, which UTF-8
 * cannot encode, or NUL, which PostgreSQL does not accept in a text. Undefined when the text can be stored.
 */
export function unstorableIn(text: string): string | undefined {
  if (isStorable(text)) return undefined;
  const at = text.search(unstorable);
  const unit = text.charCodeAt(at);
  const name = unit === 0 ? 'a NUL character' : 'half a surrogate pair';
  return `${name} (U+${unit.toString(16).toUpperCase().padStart(4, '0')}) at offset ${at}`;
}

/** Whether a text can be stored unchanged. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** A text of an external system in a form that can be stored: U+FFFD replaces each part that cannot. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replace(unstorable, '\ufffd');
}

const unstorable = /[\0\p{Cs}]/gu;
