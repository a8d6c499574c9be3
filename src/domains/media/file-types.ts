import { docTypeIn } from './file-types/ebml.ts';
import { beginsAsGif, isGif } from './file-types/gif.ts';
import { isoMediaIn } from './file-types/iso-media.ts';
import { beginsAsJpeg, isJpeg } from './file-types/jpeg.ts';
import { beginsAsPdf, isPdf } from './file-types/pdf.ts';
import { beginsAsPng, isPng } from './file-types/png.ts';
import { beginsAsWebp, isWebp } from './file-types/webp.ts';

/** The accepted types. A file's type is determined by its content, never by its name or the sender's claim. */
export type MediaType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'video/mp4' | 'application/pdf';

/** The type of a file: an accepted one, or a description of the other content. */
export type FileType = { readonly mimeType: MediaType } | { readonly mimeType: undefined; readonly found: string };

type Test = (bytes: Buffer) => boolean;

/** For each type a test of the first bytes, and a test of what its specification requires up to the first image, page or track. */
const formats: readonly (readonly [MediaType, string, Test, Test])[] = [
  ['image/png', 'PNG', beginsAsPng, isPng],
  ['image/jpeg', 'JPEG', beginsAsJpeg, isJpeg],
  ['image/gif', 'GIF', beginsAsGif, isGif],
  ['image/webp', 'WebP', beginsAsWebp, isWebp],
  ['application/pdf', 'PDF', beginsAsPdf, isPdf],
];

/** Determines the type of a file. Accepts any bytes, and takes linear time. */
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
