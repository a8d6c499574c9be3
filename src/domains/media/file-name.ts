const maxLength = 255;

/** Name of a file for people: without folders, control characters and what turns text around; at most 255 characters. */
export function safeFileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const printable = last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '').trim();
  return shortened([...printable.normalize('NFC')]);
}

/** Keeps the extension, as people tell types by it. */
function shortened(characters: string[]): string {
  if (characters.length <= maxLength) return characters.join('');
  const dot = characters.lastIndexOf('.');
  const extension = dot > 0 && characters.length - dot <= 16 ? characters.slice(dot) : [];
  return [...characters.slice(0, maxLength - extension.length), ...extension].join('');
}
