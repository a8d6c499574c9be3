/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2). */
export function box(type: string, ...content: readonly (Buffer | string)[]): Buffer {
  const body = joined(...content);
  return joined(uint32(body.length + 8), type, body);
}

/** The boxes of a movie that tell what is in its tracks (8.4.3): `vide`, `soun`, … */
export function movie(...handlers: readonly string[]): Buffer {
  const track = (handler: string) =>
    box('trak', box('tkhd', zeros(84)), box('mdia', box('mdhd', zeros(24)), box('hdlr', zeros(8), handler, zeros(13))));
  return box('moov', box('mvhd', zeros(100)), ...handlers.map(track));
}

/** The file type (4.3): the major brand, its minor version, the compatible brands. */
export function fileType(major: string, ...compatible: readonly string[]): Buffer {
  return box('ftyp', major, uint32(0x200), ...compatible);
}

export function joined(...parts: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const zeros = (count: number): Buffer => Buffer.alloc(count);

/** The shortest files that are of each type, as far as their structure tells. */
export const files = {
  png: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
    'base64',
  ),
  jpeg: Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffd9', 'hex'),
  gif: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  webp: Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64'),
  mp4: joined(fileType('isom', 'isom', 'iso2'), movie('vide'), box('mdat', 'x')),
  pdf: Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj<<>>endobj\n%%EOF', 'latin1'),
} as const;

export function fileOf(bytes: Uint8Array | string, name = 'file', type = ''): File {
  return new File([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)], name, { type });
}
