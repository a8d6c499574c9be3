import { crc32 } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

/** PNG specification (W3C, third edition), 5.2: the signature. */
export function beginsAsPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 8).equals(signature);
}

/** 5.6: the image header comes first, and chunks follow up to the image data. Accepts an animated PNG (11.3.6). */
export function isPng(bytes: Buffer): boolean {
  let at = signature.length;
  let isHeaded = false;
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (end > bytes.length || !/^[A-Za-z]{4}$/.test(type)) return false;
    if (!isHeaded && !isImageHeader(type, bytes.subarray(at + 4, end))) return false;
    if (type === 'IDAT') return true;
    isHeaded = true;
    at = end;
  }
  return false;
}

/** 11.2.1: width, height, bit depth, colour type, methods of compression, filter and interlace; then the checksum (5.3). */
function isImageHeader(type: string, chunk: Buffer): boolean {
  if (type !== 'IHDR' || chunk.length !== 4 + 13 + 4) return false;
  const [depth, colour, compression, filter, interlace] = chunk.subarray(12, 17);
  const isSized = [4, 8].every((at) => chunk.readInt32BE(at) > 0);
  const isKnown = compression === 0 && filter === 0 && interlace! <= 1;
  return (
    isSized &&
    isKnown &&
    depths[colour!]?.includes(depth!) === true &&
    crc32(chunk.subarray(0, 17)) === chunk.readUInt32BE(17)
  );
}

/** The allowed bit depths by colour type. */
const depths: Readonly<Record<number, readonly number[]>> = {
  ...{ 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] },
};
