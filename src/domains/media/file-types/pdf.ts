/** ISO 32000-2, 7.5.2: the header. It must be at the start, though some readers accept bytes before it. */
export function beginsAsPdf(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === '%PDF-';
}

/** An existing version, an object (7.3.10), and the end marker (7.5.5), which readers look for in the last 1,024 bytes. */
export function isPdf(bytes: Buffer): boolean {
  return (
    /^%PDF-(1\.[0-7]|2\.0)\s/.test(bytes.toString('latin1', 0, 9)) &&
    bytes.includes(' obj') &&
    bytes.includes('%%EOF', -1_024)
  );
}
