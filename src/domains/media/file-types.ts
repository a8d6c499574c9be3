import { docTypeIn } from './file-types/ebml.ts';
import { beginsAsGif, isGif } from './file-types/gif.ts';
import { isoMediaIn } from './file-types/iso-media.ts';
import { beginsAsJpeg, isJpeg } from './file-types/jpeg.ts';
import { beginsAsPdf, isPdf } from './file-types/pdf.ts';
import { beginsAsPng, isPng } from './file-types/png.ts';
import { beginsAsWebp, isWebp } from './file-types/webp.ts';

/** The types that Magpie takes. Each is known by its content, never by a name or by what the sender says. */
export type MediaType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'video/mp4' | 'application/pdf';

/** What a file is: one that is taken, or in words what it is else. */
export type FileType = { readonly mimeType: MediaType } | { readonly mimeType: undefined; readonly found: string };

type Test = (bytes: Buffer) => boolean;

/** How a file of each type begins, and what else its specification wants up to its first image, page or track. */
const formats: readonly (readonly [MediaType, string, Test, Test])[] = [
  ['image/png', 'PNG', beginsAsPng, isPng],
  ['image/jpeg', 'JPEG', beginsAsJpeg, isJpeg],
  ['image/gif', 'GIF', beginsAsGif, isGif],
  ['image/webp', 'WebP', beginsAsWebp, isWebp],
  ['application/pdf', 'PDF', beginsAsPdf, isPdf],
];

/** Tells what a file is. Reads any bytes whatsoever, in a time that their number bounds. */
export function typeOfFile(content: Uint8Array): FileType {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  for (const [mimeType, name, begins, isOne] of formats)
    if (begins(bytes)) return isOne(bytes) ? { mimeType } : other(`a ${name} file that is broken or cut off`);
  const isoMedia = isoMediaIn(bytes);
  if (isoMedia === 'video/mp4') return { mimeType: isoMedia };
  if (isoMedia !== undefined) return other(isoMedia);
  const docType = docTypeIn(bytes);
  if (docType === 'webm') return other('a WebM film');
  if (docType === 'matroska') return other('a Matroska film');
  return other('content of another type');
}

function other(found: string): FileType {
  return { mimeType: undefined, found };
}
