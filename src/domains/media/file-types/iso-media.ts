/**
 * The kinds of files of the ISO base media file format (ISO/IEC 14496-12) and of QuickTime (QTFF), its predecessor. The brands of a
 * file name the formats to which it conforms (4.3); its tracks show whether it is a film.
 */
export type IsoMedia =
  | 'video/mp4'
  | 'audio in MP4'
  | 'a QuickTime film'
  | 'a HEIF or AVIF image'
  | 'an MP4 file that is broken or cut off';

interface Box {
  readonly type: string;
  /** Offset of the content. */
  readonly start: number;
  readonly end: number;
}

/** The kind of a file; undefined if it has another format or kind. */
export function isoMediaIn(bytes: Buffer): IsoMedia | undefined {
  let [fileType, movie]: (Box | undefined)[] = [];
  for (const box of boxes(bytes, { start: 0, end: bytes.length })) {
    if (!padding.has(box.type)) fileType ??= box;
    if (box.type === 'moov') movie ??= box;
  }
  if (fileType?.type !== 'ftyp') return movie && 'a QuickTime film'; // QuickTime does not require `ftyp`
  const brands = brandsIn(bytes, fileType);
  if (!brands) return undefined;
  const handlers = movie ? handlersIn(bytes, movie) : [];
  if (brands.some(isMp4)) {
    if (handlers.includes('vide')) return 'video/mp4';
    if (handlers.includes('soun')) return 'audio in MP4';
  }
  if (brands.includes('qt  ')) return movie && 'a QuickTime film';
  if (brands.some((brand) => imageBrands.has(brand))) return 'a HEIF or AVIF image';
  return brands.some(isMp4) ? 'an MP4 file that is broken or cut off' : undefined;
}

/** Boxes that may precede the file type: free space, and QuickTime's reserve for a larger header (QTFF, "Basic data types"). */
const padding = new Set(['free', 'skip', 'wide']);

/** Major brand, minor version, compatible brands: four bytes each (4.3.2). */
function brandsIn(bytes: Buffer, { start, end }: Box): string[] | undefined {
  if (end - start < 8 || (end - start) % 4 !== 0) return undefined;
  const brands = [text(bytes, start)];
  for (let at = start + 8; at < end; at += 4) brands.push(text(bytes, at));
  return brands;
}

/**
 * The file format's own brands (14496-12, annex E), MP4's (14496-14), and those that the MP4 registration authority lists for films
 * in it.
 */
function isMp4(brand: string): boolean {
  return /^(iso[m2-9a-c]|mp4[12]|mp71|3gp[4-9])$/.test(brand) || filmBrands.has(brand);
}

const filmBrands = new Set([
  ...['avc1', 'hvc1', 'hev1', 'av01', 'dash', 'msdh', 'cmfc', 'cmf2', 'cmfs', 'MSNV', 'mmp4', 'piff'],
  ...['M4V ', 'M4VH', 'M4VP', 'f4v ', 'XAVC'],
]);

/** Image file format (ISO/IEC 23008-12, 10) and AVIF 1.1, section 6. */
const imageBrands = new Set(
  ['mif1', 'mif2', 'msf1', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'].concat(['avif', 'avis']),
);

/** The handler types of a movie's tracks (8.4.3): `vide`, `soun`, … */
function handlersIn(bytes: Buffer, movie: Box): string[] {
  const handlers: string[] = [];
  for (const track of boxes(bytes, movie, 'trak'))
    for (const media of boxes(bytes, track, 'mdia'))
      for (const { start, end } of boxes(bytes, media, 'hdlr'))
        if (end - start >= 12) handlers.push(text(bytes, start + 8));
  return handlers;
}

/**
 * The boxes of one type, or of all, in their order (4.2). A size of 1 means that the size follows in 64 bits, and 0 that the box
 * extends to the end of the file. Ends before a box that is cut off or smaller than its header.
 */
function* boxes(bytes: Buffer, { start, end }: Pick<Box, 'start' | 'end'>, wanted?: string): Generator<Box> {
  let at = start;
  while (at + 8 <= end) {
    const type = text(bytes, at + 4);
    const size = bytes.readUInt32BE(at);
    if (size === 1 && at + 16 > end) return;
    const header = size === 1 ? 16 : 8;
    const length = size === 0 ? end - at : size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : size;
    if (length < header || length > end - at) return;
    if (wanted === undefined || wanted === type) yield { type, start: at + header, end: at + length };
    at += length;
  }
}

function text(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
