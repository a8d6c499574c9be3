/** RFC 9649, 2.4: a RIFF file of the form WEBP. */
export function beginsAsWebp(bytes: Buffer): boolean {
  return text(bytes, 0) === 'RIFF' && text(bytes, 8) === 'WEBP';
}

/** 2.5 to 2.7: an image, or the extended format with an image or an animation. Ignores bytes after the end of the file. */
export function isWebp(bytes: Buffer): boolean {
  if (bytes.length < 20) return false;
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) return false;
  const isExtended = text(bytes, 12) === 'VP8X';
  let at = 12;
  while (at + 8 <= end) {
    const type = text(bytes, at);
    const size = bytes.readUInt32LE(at + 4);
    if (at + 8 + size > end) return false;
    const content = bytes.subarray(at + 8, at + 8 + size);
    if (type === 'VP8 ') return isLossy(content);
    if (type === 'VP8L') return content[0] === 0x2f && content.length >= 5 && content[4]! >> 5 === 0; // 3.4
    if (!isExtended) return false;
    if (at === 12 && size < 10) return false;
    if (type === 'ANMF') return size >= 24;
    at += 8 + size + (size % 2);
  }
  return false;
}

/** RFC 6386, 9.1: the tag of a key frame, then its start code. */
function isLossy(content: Buffer): boolean {
  return content.length >= 10 && (content[0]! & 1) === 0 && content.subarray(3, 6).toString('hex') === '9d012a';
}

function text(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
