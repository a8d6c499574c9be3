/**
 * Says what a text has that cannot be stored, and where: half a surrogate pair, which UTF-8 has no bytes for, or NUL, which
 * PostgreSQL keeps in no text. Undefined when all of it can be. Offsets count UTF-16 units.
 */
export function unstorableIn(text: string): string | undefined {
  if (isStorable(text)) return undefined;
  const at = text.search(unstorable);
  const unit = text.charCodeAt(at);
  const name = unit === 0 ? 'a NUL character' : 'half a surrogate pair';
  return `${name} (U+${unit.toString(16).toUpperCase().padStart(4, '0')}) at offset ${at}`;
}

/** Whether a text is stored as it is. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** What is stored of a text that others than our clients wrote, such as a network: U+FFFD stands for each part that cannot be. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replace(unstorable, '\ufffd');
}

const unstorable = /[\0\p{Cs}]/gu;
