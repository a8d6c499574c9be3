/** The document type that a file of EBML elements (RFC 8794) declares, such as `webm` or `matroska`; undefined if there is none. */
export function docTypeIn(bytes: Buffer): string | undefined {
  const header = elementAt(bytes, 0);
  if (header?.id !== 0x1a45dfa3) return undefined;
  let at = header.start;
  while (at < header.end) {
    const element = elementAt(bytes, at);
    if (!element || element.end > header.end) return undefined;
    // A string may be padded with NUL (7.4).
    if (element.id === 0x4282) return bytes.toString('latin1', element.start, element.end).split('\0', 1)[0]!;
    at = element.end;
  }
  return undefined;
}

interface Element {
  readonly id: number;
  /** Offset of the content. */
  readonly start: number;
  readonly end: number;
}

/** An element: an id and a size, whose first bytes hold their lengths (4.1). The length marker is part of the id (5). */
function elementAt(bytes: Buffer, at: number): Element | undefined {
  const idLength = lengthAt(bytes, at);
  const sizeLength = lengthAt(bytes, at + idLength);
  const start = at + idLength + sizeLength;
  if (idLength > 4 || sizeLength > 8 || start > bytes.length) return undefined;
  let size = bytes[at + idLength]! & (0xff >> sizeLength);
  for (const byte of bytes.subarray(at + idLength + 1, start)) size = size * 256 + byte;
  return start + size > bytes.length ? undefined : { id: bytes.readUIntBE(at, idLength), start, end: start + size };
}

/** Length of an id or a size, from 1 to 8: one more than the number of leading zero bits; 9 if the byte is zero. */
function lengthAt(bytes: Buffer, at: number): number {
  return Math.clz32(((bytes[at] ?? 0) << 24) | 0xffffff) + 1;
}
