import { isBlank } from '../../text/folding.ts';
import { beginningOf, lengthOf } from '../../text/graphemes.ts';
import { normalized } from '../../text/normal-form.ts';

const maxLength = 255;

/** Invisible characters, except joiners and tags, which combine several characters to one. */
const unwanted = /(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A file name of at most 255 characters, without folders, control characters and direction marks; empty if nothing visible is left.
 */
export function safeFileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const printable = last.replace(unwanted, '').trim();
  return isBlank(printable) ? '' : withinLength(normalized(printable, 'NFC'));
}

/** A name of at most 255 characters with its extension, which shows the type. */
function withinLength(name: string): string {
  if (lengthOf(name) <= maxLength) return beginningOf(name, maxLength);
  const extension = /(?<=.)\.[^.]{1,15}$/su.exec(name)?.[0] ?? '';
  return `${beginningOf(name.slice(0, name.length - extension.length), maxLength - lengthOf(extension))}${extension}`;
}
