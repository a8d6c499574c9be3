/** ISO 32000-2, 7.5.2: the header, without the leniency of some readers about what may come before. */
export function beginsAsPdf(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === '%PDF-';
}

/** A version that there is, an object (7.3.10), and the mark of the end (7.5.5), which readers look for in the last 1,024 bytes. */
export function isPdf(bytes: Buffer): boolean {
  return (
    /^%PDF-(1\.[0-7]|2\.0)\s/.test(bytes.toString('latin1', 0, 9)) &&
    bytes.includes(' obj') &&
    bytes.includes('%%EOF', -1_024)
  );
}
