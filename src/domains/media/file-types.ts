/** The types that Magpie takes. Each is known by how its files begin, never by their name or what the sender says. */
export type MediaType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'video/mp4' | 'application/pdf';

const signatures: readonly { type: MediaType; fits: (bytes: Buffer) => boolean }[] = [
  // PNG specification, 5.2 and 5.6: the signature, then the IHDR chunk.
  { type: 'image/png', fits: (bytes) => begins(bytes, '89504e470d0a1a0a0000000d49484452') },
  // JFIF and Exif: start of image, then another marker.
  { type: 'image/jpeg', fits: (bytes) => begins(bytes, 'ffd8ff') && bytes.length > 3 && bytes[3]! >= 0xc0 },
  { type: 'image/gif', fits: (bytes) => ['GIF87a', 'GIF89a'].includes(text(bytes, 0, 6)) && bytes.length >= 13 },
  // RFC 9649, 2.4: RIFF, the size, WEBP, and one of three chunks.
  {
    type: 'image/webp',
    fits: (bytes) =>
      text(bytes, 0, 4) === 'RIFF' &&
      text(bytes, 8, 12) === 'WEBP' &&
      ['VP8 ', 'VP8L', 'VP8X'].includes(text(bytes, 12, 16)),
  },
  // ISO/IEC 14496-12, 4.3: a file type box whose brand is one of MP4's, not those of QuickTime, HEIC or AVIF.
  {
    type: 'video/mp4',
    fits: (bytes) => text(bytes, 4, 8) === 'ftyp' && mp4Brands.has(text(bytes, 8, 12)) && bytes.readUInt32BE(0) >= 16,
  },
  // ISO 32000-2, 7.5.2, without the leniency of some readers about what may come before.
  { type: 'application/pdf', fits: (bytes) => /^%PDF-\d\.\d/.test(text(bytes, 0, 8)) },
];

const mp4Brands = new Set(
  ['isom', 'iso2', 'iso3', 'iso4', 'iso5', 'iso6', 'iso7', 'iso8', 'iso9', 'mp41', 'mp42', 'mp71'].concat([
    'avc1',
    'hvc1',
    'dash',
    'msdh',
    'MSNV',
    'M4V ',
    'M4VH',
    'M4VP',
    'f4v ',
    'mmp4',
    '3gp4',
    '3gp5',
    '3gp6',
  ]),
);

/** The type of a file, by its content; undefined when it is none that Magpie takes. */
export function typeOfFile(content: Uint8Array): MediaType | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return signatures.find(({ fits }) => fits(bytes))?.type;
}

function begins(bytes: Buffer, hex: string): boolean {
  return bytes.subarray(0, hex.length / 2).toString('hex') === hex;
}

function text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}
