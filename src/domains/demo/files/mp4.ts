const width = 128;
const height = 96;
const macroblock = 16;
const seconds = 4;

/**
 * A video that shows one picture for four seconds. Its stream is the simplest form of H.264: each macroblock has uncompressed
 * samples (I_PCM, ITU-T H.264, 7.3.5). The colours, `#rrggbb`, form a vertical gradient.
 */
export function mp4Of(top: string, bottom: string): Uint8Array {
  const slice = sliceOf(top, bottom);
  const sample = Buffer.concat([uint32(slice.length), slice]);
  const fileType = box('ftyp', 'isom', uint32(0x200), 'isomiso2avc1mp41');
  const content = box('mdat', sample);
  const sampleAt = fileType.length + 8;
  return Buffer.concat([fileType, content, movie(sample.length, sampleAt)]);
}

/** Baseline profile, level 1, 8 × 6 macroblocks, pictures in the order of their numbers. */
const sequenceParameters = Buffer.from('6742000af841a2', 'hex');
const pictureParameters = Buffer.from('68ce3880', 'hex');
/** An IDR slice up to the samples of its first macroblock. */
const sliceHeader = Buffer.from('6588840868', 'hex');
/** mb_type I_PCM, and zero bits up to the next byte. */
const macroblockHeader = Buffer.from('0d00', 'hex');
const stopBit = Buffer.from('80', 'hex');

function sliceOf(top: string, bottom: string): Buffer {
  const from = yCbCr(top);
  const to = yCbCr(bottom);
  const parts: Buffer[] = [sliceHeader];
  for (let index = 0; index < (width / macroblock) * (height / macroblock); index += 1) {
    if (index > 0) parts.push(macroblockHeader);
    const row = Math.floor(index / (width / macroblock));
    const share = row / (height / macroblock - 1);
    const [y, cb, cr] = from.map((value, channel) => Math.round(value + (to[channel]! - value) * share));
    parts.push(Buffer.alloc(256, y), Buffer.alloc(64, cb), Buffer.alloc(64, cr));
  }
  parts.push(stopBit);
  return Buffer.concat(parts);
}

/** ITU-R BT.601, video range: never 0, so that no samples look like a start code. */
function yCbCr(colour: string): number[] {
  const [r, g, b] = rgb(colour).map((value) => value / 255) as [number, number, number];
  return [
    Math.round(16 + 65.481 * r + 128.553 * g + 24.966 * b),
    Math.round(128 - 37.797 * r - 74.203 * g + 112 * b),
    Math.round(128 + 112 * r - 93.786 * g - 18.214 * b),
  ];
}

/** The `moov` box of ISO/IEC 14496-12, with those of 14496-15 for H.264. Times are in milliseconds. */
function movie(sampleBytes: number, sampleAt: number): Buffer {
  const duration = uint32(seconds * 1_000);
  const matrix = Buffer.concat([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(uint32));
  const zeros = (bytes: number) => Buffer.alloc(bytes);
  const version = uint32(0);
  const one = uint32(1);

  const decoder = box(
    'avcC',
    Buffer.from([1, ...sequenceParameters.subarray(1, 4), 0xff, 0xe1]),
    ...[uint16(sequenceParameters.length), sequenceParameters, Buffer.from([1])],
    ...[uint16(pictureParameters.length), pictureParameters],
  );
  const entry = box(
    'avc1',
    ...[zeros(6), uint16(1), zeros(16), uint16(width), uint16(height)],
    ...[uint32(0x480000), uint32(0x480000), zeros(4), uint16(1), zeros(32), uint16(24), uint16(0xffff), decoder],
  );
  const samples = box(
    'stbl',
    box('stsd', version, one, entry),
    box('stts', version, one, one, duration),
    box('stsc', version, one, one, one, one),
    box('stsz', version, zeros(4), one, uint32(sampleBytes)),
    box('stco', version, one, uint32(sampleAt)),
  );
  const media = box(
    'minf',
    box('vmhd', uint32(1), zeros(8)),
    box('dinf', box('dref', version, one, box('url ', uint32(1)))),
    samples,
  );
  const track = box(
    'trak',
    box(
      'tkhd',
      ...[uint32(3), zeros(8), one, zeros(4), duration, zeros(8), uint16(0), uint16(0), uint16(0), uint16(0), matrix],
      ...[uint32(width << 16), uint32(height << 16)],
    ),
    box(
      'mdia',
      box('mdhd', version, zeros(8), uint32(1_000), duration, uint16(0x55c4), uint16(0)),
      box('hdlr', version, zeros(4), 'vide', zeros(12), 'video\0'),
      media,
    ),
  );
  const header = box(
    'mvhd',
    ...[
      version,
      zeros(8),
      uint32(1_000),
      duration,
      uint32(0x10000),
      uint16(0x100),
      zeros(10),
      matrix,
      zeros(24),
      uint32(2),
    ],
  );
  return box('moov', header, track);
}

function box(type: string, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  return Buffer.concat([uint32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function rgb(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
