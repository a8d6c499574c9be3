import { isBlank } from '../../text/folding.ts';
import { beginningOf, lengthOf } from '../../text/graphemes.ts';

const maxLength = 255;

/** All that cannot be seen, but for joiners and tags, which make one character of several. */
const unwanted = /(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Name of a file for people: without folders, control characters and what turns text around; at most 255 characters. */
export function safeFileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const printable = last.replace(unwanted, '').trim();
  return isBlank(printable) ? '' : withinLength(printable.normalize('NFC'));
}

/** Keeps the extension, as people tell types by it. */
function withinLength(name: string): string {
  if (lengthOf(name) <= maxLength) return beginningOf(name, maxLength);
  const extension = /(?<=.)\.[^.]{1,15}$/su.exec(name)?.[0] ?? '';
  return `${beginningOf(name.slice(0, name.length - extension.length), maxLength - lengthOf(extension))}${extension}`;
}
