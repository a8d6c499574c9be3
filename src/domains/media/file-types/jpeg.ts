/** ISO/IEC 10918-1, B.1.1.3: a marker that starts the image. */
export function beginsAsJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** B.2.1: any number of segments of tables and applications, such as JFIF and Exif, then the header of a frame. */
export function isJpeg(bytes: Buffer): boolean {
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff) return false;
    while (bytes[at] === 0xff) at += 1; // any number of fill bytes may come before a marker (B.1.1.2)
    const marker = bytes[at] ?? 0;
    at += 1;
    const isFrame = frames.has(marker);
    if (at + 2 > bytes.length || !(isFrame || isTable(marker))) return false;
    const length = bytes.readUInt16BE(at);
    if (length < 2) return false;
    if (isFrame) return isFrameHeader(bytes.subarray(at, at + length));
    at += length;
  }
}

/** SOF0 to SOF15 (table B.1), without the markers DHT, JPG and DAC in between. */
const frames = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/** DHT, DAC, DQT, DRI; DHP, which comes before the frames of a hierarchy; APP0 to APP15; COM. */
function isTable(marker: number): boolean {
  return [0xc4, 0xcc, 0xdb, 0xdd, 0xde, 0xfe].includes(marker) || (marker >= 0xe0 && marker <= 0xef);
}

/** B.2.2: length, precision, lines (0 if a later marker defines them), samples in a line, and three bytes for each component. */
function isFrameHeader(segment: Buffer): boolean {
  if (segment.length < 8) return false;
  const components = segment[7]!;
  return segment.readUInt16BE(5) > 0 && components > 0 && segment.length === 8 + 3 * components;
}
