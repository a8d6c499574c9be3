import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { typeOfFile } from '../../../src/domains/media/file-types.ts';
import { postRules } from '../../../src/domains/networks/media-rules.ts';
import { box, files, fileType, joined, movie, uint32, zeros } from '../files.ts';

const mimeTypeOf = (content: Buffer | string) => typeOfFile(joined(content)).mimeType;
const foundIn = (content: Buffer | string) => (typeOfFile(joined(content)) as { found?: string }).found;
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const mimeTypes = {
  ...{ png: 'image/png', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' },
  ...{ mp4: 'video/mp4', pdf: 'application/pdf' },
} as const;
const names = Object.keys(mimeTypes) as (keyof typeof mimeTypes)[];

/** PNG specification, 5.3. */
function chunk(type: string, content: Buffer | string): Buffer {
  const named = joined(type, content);
  return joined(uint32(named.length - 4), named, uint32(crc32(named)));
}
const pngSignature = '\x89PNG\r\n\x1a\n';
const imageHeader = (rest = '08 06 00 00 00', width = 1, height = 1) =>
  chunk('IHDR', joined(uint32(width), uint32(height), hex(rest)));
const png = (...chunks: Buffer[]) => joined(pngSignature, ...chunks, chunk('IDAT', 'x'), chunk('IEND', ''));

/** A segment of a JPEG: its marker, its length, its content. */
const segment = (marker: number, content: Buffer | string) =>
  joined(Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff]), content);
const frame = (marker = 0xc0) => segment(marker, hex('08 0001 0001 01 01 11 00'));
const jpeg = (...segments: Buffer[]) => joined(hex('ffd8'), ...segments, hex('ffd9'));

const uint32le = (value: number) => Buffer.from(uint32(value)).reverse();
/** RFC 9649, 2.3: a chunk of RIFF. */
const riff = (type: string, content: Buffer) =>
  joined(type, uint32le(content.length), content, zeros(content.length % 2));
const webp = (...chunks: Buffer[]) => riff('RIFF', joined('WEBP', ...chunks));
const lossy = riff('VP8 ', joined(hex('30 01 00 9d 01 2a 01 00 01 00'), 'x'));
const lossless = riff('VP8L', hex('2f 00 00 00 00 00'));
const extended = (flags: number) => riff('VP8X', joined(Buffer.from([flags]), zeros(9)));

const gif = (flags: number, ...blocks: Buffer[]) =>
  joined('GIF87a', hex('01 00 01 00'), Buffer.from([flags, 0, 0]), ...blocks);
const image = joined(hex('2c 00000000 0100 0100 00'), hex('02 02 4c 01 00'));

const film = (...parts: (Buffer | string)[]) => joined(...parts, movie('soun', 'vide'), box('mdat', 'x'));

describe('the type of a file', () => {
  it.each(names)('%s is told by its content', (name) => {
    expect(typeOfFile(files[name])).toEqual({ mimeType: mimeTypes[name] });
  });

  it.each<[string, string, Buffer]>([
    ['grey of one bit', 'image/png', png(imageHeader('01 00 00 00 01'))],
    [
      'a palette, and chunks before the data',
      'image/png',
      png(imageHeader('08 03 00 00 00'), chunk('PLTE', 'abc'), chunk('tEXt', 'a\0<script>')),
    ],
    ['an animation', 'image/png', png(imageHeader(), chunk('acTL', zeros(8)), chunk('fcTL', zeros(26)))],
    ['neither JFIF nor Exif', 'image/jpeg', jpeg(segment(0xdb, zeros(65)), frame())],
    ['Exif', 'image/jpeg', jpeg(segment(0xe1, 'Exif\0\0MM\0*'), frame())],
    ['Adobe and a comment', 'image/jpeg', jpeg(segment(0xee, 'Adobe'), segment(0xfe, 'hello'), frame(0xc2))],
    ['a frame at once', 'image/jpeg', jpeg(frame(0xc1))],
    ['fill bytes', 'image/jpeg', joined(hex('ffd8 ffffff'), frame())],
    ['arithmetic coding', 'image/jpeg', jpeg(segment(0xcc, '\0\x10'), frame(0xc9))],
    ['the version of 1987', 'image/gif', gif(0, image)],
    ['colours of its own', 'image/gif', gif(0x80, zeros(6), image)],
    [
      'extensions before its image',
      'image/gif',
      gif(0, hex('21fe 03616263 00'), hex('21ff 0b'), Buffer.from('NETSCAPE2.0'), hex('03010000 00'), image),
    ],
    ['a lossy picture', 'image/webp', webp(lossy)],
    ['a lossless picture', 'image/webp', webp(lossless)],
    [
      'a profile and an alpha channel',
      'image/webp',
      webp(extended(0x30), riff('ICCP', Buffer.from('odd')), riff('ALPH', zeros(5)), lossy),
    ],
    [
      'an animated WebP',
      'image/webp',
      webp(extended(2), riff('ANIM', zeros(6)), riff('ANMF', joined(zeros(16), lossy))),
    ],
    ['what follows a WebP', 'image/webp', joined(webp(lossless), 'trailer')],
    ['PDF 2.0', 'application/pdf', joined('%PDF-2.0\r\n1 0 obj\r\nnull endobj\r\nstartxref\r\n0\r\n%%EOF\r\n')],
  ])('is told with %s', (_, mimeType, content) => {
    expect(typeOfFile(content)).toEqual({ mimeType });
  });

  it('is what the rules of the networks go by', () => {
    const ruled = Object.values(postRules).flatMap(({ media }) => media.flatMap((rule) => rule.mimeTypes));
    expect([...new Set(ruled)].sort()).toEqual(Object.values(mimeTypes).sort());
  });
});

describe('a file of boxes', () => {
  const mp4Brands = [
    ...['isom', 'iso2', 'iso3', 'iso4', 'iso5', 'iso6', 'iso7', 'iso8', 'iso9', 'isoa', 'isob', 'isoc'],
    ...[
      'mp41',
      'mp42',
      'mp71',
      'avc1',
      'hvc1',
      'av01',
      'dash',
      'msdh',
      'cmfc',
      'MSNV',
      'mmp4',
      'M4V ',
      'M4VH',
      'M4VP',
      'f4v ',
    ],
    ...['3gp4', '3gp5', '3gp6', '3gp7'],
  ];

  it.each(mp4Brands)('is an MP4 by the brand %j, wherever it stands', (brand) => {
    for (const type of [
      fileType(brand),
      fileType(brand, brand),
      fileType('xxxx', brand),
      fileType('xxxx', 'yyyy', brand),
    ])
      expect(mimeTypeOf(film(type))).toBe('video/mp4');
  });

  it.each<[string, Buffer]>([
    ['with a size of 64 bits', film(joined(uint32(1), 'ftyp', uint32(0), uint32(24), 'isom', zeros(4)))],
    ['behind free space', film(box('free', zeros(7)), box('skip'), box('wide'), fileType('isom'))],
    ['with its data before its tracks', joined(fileType('isom'), box('mdat', 'x'), movie('vide'))],
    [
      'with data of 64 bits of size',
      joined(fileType('isom'), uint32(1), 'mdat', uint32(0), uint32(17), 'x', movie('vide')),
    ],
    ['with tracks to the end', joined(fileType('isom'), uint32(0), movie('vide').subarray(4))],
    [
      'with tracks of 64 bits of size',
      joined(
        fileType('isom'),
        uint32(1),
        'moov',
        uint32(0),
        uint32(movie('vide').length + 8),
        movie('vide').subarray(8),
      ),
    ],
    ['with data to the end', joined(fileType('isom'), movie('vide'), uint32(0), 'mdat', 'x')],
    ['in fragments', joined(fileType('iso6', 'dash'), movie('vide'), box('moof'), box('mdat'))],
    ['that QuickTime can read as well', film(fileType('qt  ', 'qt  ', 'mp42'))],
    ['with data that looks like a file type', joined(fileType('isom'), box('mdat', fileType('qt  ')), movie('vide'))],
  ])('is an MP4 %s', (_, content) => {
    expect(typeOfFile(content)).toEqual({ mimeType: 'video/mp4' });
  });

  it.each<[string, string, Buffer]>([
    ['a QuickTime film', 'of its brand', film(fileType('qt  ', 'qt  '))],
    ['a QuickTime film', 'without a file type', film()],
    ['a QuickTime film', 'that begins with its data', joined(box('wide'), box('mdat', 'x'), movie('vide'))],
    ['audio in MP4', 'of its brand', joined(fileType('M4A ', 'M4A ', 'mp42', 'isom'), movie('soun'))],
    ['audio in MP4', 'of the brand of films', joined(fileType('isom', 'mp41'), movie('soun'))],
    ['a HEIF or AVIF image', 'HEIC', joined(fileType('heic', 'mif1', 'heic'), box('meta', zeros(4)))],
    ['a HEIF or AVIF image', 'AVIF', joined(fileType('avif', 'avif', 'mif1', 'miaf'), box('meta', zeros(4)))],
    ['a HEIF or AVIF image', 'a sequence', joined(fileType('avis', 'msf1', 'iso8', 'avis'), movie('pict'))],
    ['a HEIF or AVIF image', 'of the general brand', joined(fileType('mif1'), box('meta', zeros(4)))],
    ['an MP4 file that is broken or cut off', 'without tracks', fileType('isom')],
    ['an MP4 file that is broken or cut off', 'and HTML', joined(fileType('isom'), '<script>alert(1)</script>')],
    ['content of another type', 'of brands that nobody knows', film(fileType('xxxx', 'yyyy'))],
    ['content of another type', 'with brands of three bytes', film(box('ftyp', 'isom', zeros(4), 'iso'))],
    ['content of another type', 'with a file type that is too small', joined(uint32(7), 'ftyp', 'isom')],
  ])('is %s: %s', (found, _, content) => {
    expect(typeOfFile(content)).toEqual({ mimeType: undefined, found });
  });
});

describe('a file that is none of these', () => {
  /** RFC 8794: an element, its id in hexadecimal digits, its size in a number of bytes. */
  const element = (id: string, content: Buffer | string, sizeLength = 1) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE((1n << BigInt(7 * sizeLength)) + BigInt(content.length));
    return joined(hex(id), size.subarray(8 - sizeLength), content);
  };
  const ebml = (docType: string, sizeLength = 1) =>
    element('1a45dfa3', joined(element('4286', '\x01'), element('4282', docType, sizeLength)), sizeLength);

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is known as WebM or Matroska, with sizes of %i bytes', (sizeLength) => {
    expect(foundIn(joined(ebml('webm', sizeLength), 'rest'))).toBe('a WebM film');
    expect(foundIn(ebml('webm\0\0', sizeLength))).toBe('a WebM film');
    expect(foundIn(ebml('matroska', sizeLength))).toBe('a Matroska film');
    expect(foundIn(ebml('other', sizeLength))).toBe('content of another type');
  });

  it.each<[string, Buffer | string]>([
    ['nothing', ''],
    ['text', 'Hello'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['SVG behind an XML declaration', '<?xml version="1.0"?><svg/>'],
    ['HTML before a PDF', '<html>%PDF-1.7'],
    ['HTML before a PNG', joined('<html>', files.png)],
    ['a RIFF of sound', 'RIFF\x22\0\0\0WAVEfmt '],
    ['a BMP', 'BM\x3a\0\0\0\0\0\0\0\x36\0\0\0'],
    ['a TIFF', 'II*\0\x08\0\0\0'],
    ['a program', 'MZ\x90\0'],
    ['an archive', 'PK\x03\x04'],
    ['EBML without a type', element('1a45dfa3', element('4286', '\x01'))],
    ['EBML that never ends', hex('1a45dfa3 ff')],
    ['EBML with an id that is too long', hex('1a45dfa3 85 08 00 00 00 00')],
  ])('is refused: %s', (_, content) => {
    expect(typeOfFile(joined(content))).toEqual({ mimeType: undefined, found: 'content of another type' });
  });

  it.each<[string, Buffer | string]>([
    ['PNG', pngSignature],
    ['PNG', joined(pngSignature, '<html>', zeros(40))],
    ['PNG', joined(pngSignature, imageHeader(), '<script>alert(1)</script>')],
    ['PNG', png(imageHeader('08 06 00 00 00', 0))],
    ['PNG', png(imageHeader('08 06 00 00 00', 2 ** 31))],
    ['PNG', png(imageHeader('03 00 00 00 00'))],
    ['PNG', png(imageHeader('08 05 00 00 00'))],
    ['PNG', png(imageHeader('08 06 01 00 00'))],
    ['PNG', png(imageHeader('08 06 00 00 02'))],
    ['PNG', png(chunk('tEXt', 'a'), imageHeader())],
    ['PNG', joined(pngSignature, imageHeader().fill(0, 21), chunk('IDAT', 'x'))],
    ['JPEG', hex('ffd8ff')],
    ['JPEG', joined(hex('ffd8ffe0'), '<html><script>alert(1)</script>')],
    ['JPEG', joined(hex('ffd8'), '<html>')],
    ['JPEG', jpeg(segment(0xe0, 'JFIF\0'))],
    ['JPEG', jpeg(segment(0xe0, 'JFIF\0'), segment(0xc0, hex('08 0001 0000 01 01 11 00')))],
    ['JPEG', jpeg(segment(0xc0, hex('08 0001 0001 03 01 11 00')))],
    ['JPEG', joined(hex('ffd8 ffe0 0001'), frame())],
    ['JPEG', joined(hex('ffd8 ff00 0002'), frame())],
    ['GIF', 'GIF89a'],
    ['GIF', 'GIF89a<script>alert(1)</script>'],
    ['GIF', gif(0x80, image)],
    ['GIF', gif(0, hex('3b'))],
    ['GIF', gif(0, joined(hex('2c 00000000 0000 0100 00'), hex('02 02 4c 01 00')))],
    ['WebP', 'RIFF\x22\0\0\0WEBP'],
    ['WebP', webp(riff('HTML', Buffer.from('<script>')))],
    ['WebP', webp(riff('VP8 ', Buffer.from('<script>alert')))],
    ['WebP', webp(riff('VP8L', Buffer.from('<script>')))],
    ['WebP', webp(extended(0), riff('EXIF', zeros(4)))],
    ['WebP', webp(riff('VP8X', zeros(4)), lossy)],
    ['PDF', '%PDF-1.7'],
    ['PDF', '%PDF-1.7\n<script>alert(1)</script>'],
    ['PDF', '%PDF-9.9\n1 0 obj\n%%EOF'],
  ])('is refused when it only begins as %s', (name, content) => {
    expect(typeOfFile(joined(content))).toEqual({
      ...{ mimeType: undefined, found: `a ${name} file that is broken or cut off` },
    });
  });
});

describe('a file that is cut off', () => {
  const samples = [
    ...names.map((name) => [mimeTypes[name], files[name]] as const),
    ['image/webp', webp(extended(2), riff('ANIM', zeros(6)), riff('ANMF', joined(zeros(16), lossy)))] as const,
    ['video/mp4', film(box('free'), fileType('M4V ', 'mp42'))] as const,
    ['image/jpeg', jpeg(segment(0xe1, 'Exif\0\0'), segment(0xdb, zeros(65)), frame())] as const,
  ];

  it('is of its own type or of none, at each byte, and of none in its first half', () => {
    for (const [mimeType, content] of samples) {
      expect(mimeTypeOf(content)).toBe(mimeType);
      for (let end = 0; end < content.length; end += 1) {
        const type = typeOfFile(content.subarray(0, end));
        if (type.mimeType === undefined) expect(type.found).toMatch(/\w/);
        else expect([type.mimeType, end > content.length / 2]).toEqual([mimeType, true]);
      }
    }
  });

  it('has an answer with any byte changed', () => {
    for (const [, content] of samples)
      for (let at = 0; at < content.length; at += 1)
        for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
          const changed = Buffer.from(content);
          changed[at] = value;
          expect(() => typeOfFile(changed)).not.toThrow();
        }
  });

  it('is read in a time that its size bounds, whatever its structure', () => {
    const size = 10 * 1024 * 1024;
    const tiny = Buffer.alloc(size);
    for (let at = 0; at < size; at += 8) tiny.writeUInt32BE(8, at);
    for (const content of [tiny, joined(fileType('isom'), tiny), joined('GIF89a', zeros(7), hex('21fe'), tiny.fill(1))])
      expect(mimeTypeOf(content)).toBeUndefined();
  });
});
