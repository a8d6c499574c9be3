const MAX_DEPTH = 64;
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const LEAST_SAMPLES = 256;

/** What one pass over a value finds. */
export interface Measure {
  /** Of its JSON text in UTF-8, about; more than the limit, at once, for a value that is larger or nested too deeply. */
  readonly bytes: number;
  /** Equal for equal values, seldom for others (long texts are sampled): to count reloads that found nothing new, for nothing else. */
  readonly digest: number;
}

/** Measures, digests and deeply freezes a plain value. Gives up beyond `maxBytes`: such a value is not kept. */
export function measureAndFreeze(value: unknown, maxBytes: number): Measure {
  const pass = new Pass(maxBytes);
  try {
    pass.visit(value, 0);
  } catch {
    pass.bytes = Number.POSITIVE_INFINITY; // not plain data: a getter threw, or it cannot be frozen
  }
  return { bytes: pass.bytes, digest: pass.digest >>> 0 };
}

/** FNV-1a over UTF-16 code units, its bits mixed as in MurmurHash3 (keys often differ in their last digits only); unsigned 32 bits. */
export function hashText(text: string): number {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

class Pass {
  bytes = 0;
  digest = OFFSET;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  visit(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'object' && value !== null) this.#object(value, depth);
    else this.#atom(value);
  }

  #object(value: object, depth: number): void {
    if (depth === MAX_DEPTH) this.bytes = Number.POSITIVE_INFINITY; // also ends a cycle
    if (this.bytes > this.#maxBytes || ArrayBuffer.isView(value)) return;
    if (value instanceof Date) this.#text(value.toISOString());
    else this.#members(value, depth);
  }

  #members(value: object, depth: number): void {
    this.bytes += 2;
    if (Array.isArray(value)) {
      for (const item of value) {
        if (this.bytes > this.#maxBytes) return;
        this.bytes++;
        this.visit(item, depth + 1);
      }
      this.#mix(value.length);
    } else {
      for (const name of Object.keys(value)) {
        if (this.bytes > this.#maxBytes) return;
        this.bytes += name.length + 4;
        this.#mix(name.length);
        this.visit((value as Record<string, unknown>)[name], depth + 1);
      }
    }
    Object.freeze(value);
  }

  #atom(value: unknown): void {
    if (typeof value === 'number' && Number.isSafeInteger(value)) {
      this.bytes += value < 0 ? 2 : 1;
      for (let rest = Math.abs(value); rest >= 10; rest /= 10) this.bytes++;
      this.#mix(value | 0);
    } else {
      const text = String(value);
      this.bytes += text.length;
      this.#mix(hashText(text));
    }
  }

  /** Of a long text every so many characters are read: most of the time of a pass goes by here. */
  #text(text: string): void {
    const { length } = text;
    const step = length > LEAST_SAMPLES ? Math.floor(length / LEAST_SAMPLES) : 1;
    let digest = Math.imul(this.digest ^ length, PRIME);
    let beyondAscii = 0;
    for (let at = length - 1; at >= 0; at -= step) {
      const unit = text.charCodeAt(at);
      if (unit > 0x7f) beyondAscii += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
      digest = Math.imul(digest ^ unit, PRIME);
    }
    this.bytes += length + beyondAscii * step + 2;
    this.digest = digest;
  }

  #mix(unit: number): void {
    this.digest = Math.imul(this.digest ^ unit, PRIME);
  }
}
