/** GIF89a specification, 17: the signature and one of two versions. */
export function beginsAsGif(bytes: Buffer): boolean {
  return ['GIF87a', 'GIF89a'].includes(bytes.toString('latin1', 0, 6));
}

/** Appendix B: the screen and its colours, then blocks, of which one is an image. */
export function isGif(bytes: Buffer): boolean {
  if (bytes.length < 13) return false;
  let at = 13 + coloursAt(bytes[10]!);
  while (bytes[at] === 0x21) at = endOfBlocks(bytes, at + 2); // extensions
  if (bytes[at] !== 0x2c || at + 10 > bytes.length) return false;
  const isSized = bytes.readUInt16LE(at + 5) > 0 && bytes.readUInt16LE(at + 7) > 0;
  const data = at + 10 + coloursAt(bytes[at + 9]!);
  const codeSize = bytes[data] ?? 0; // at least 2 (appendix F)
  return isSized && codeSize >= 2 && codeSize <= 8 && endOfBlocks(bytes, data + 1) <= bytes.length;
}

/** Length in bytes of the colour table that follows, from the flags of a descriptor (18 and 20). */
function coloursAt(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** The end of a sequence of data blocks (15 and 16): each begins with its size, and the last one has the size 0. */
function endOfBlocks(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  return at + 1;
}
