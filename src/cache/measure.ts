const MAX_DEPTH = 64;
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** What one pass over a value finds. */
export interface Measure {
  /** Of its JSON text in UTF-8, about; more than the limit, at once, for a value that is larger or nested too deeply. */
  readonly bytes: number;
  /** Equal for equal values (FNV-1a, 32 bits): good enough to count reloads that found nothing new, for nothing else. */
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
    else this.#text(String(value), 0);
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
      this.#mix(91);
      for (const item of value) {
        if (this.bytes > this.#maxBytes) return;
        this.bytes++;
        this.visit(item, depth + 1);
      }
    } else {
      this.#mix(123);
      for (const [name, member] of Object.entries(value)) {
        if (this.bytes > this.#maxBytes) return;
        this.bytes += 2;
        this.#text(name);
        this.visit(member, depth + 1);
      }
    }
    this.#mix(93);
    Object.freeze(value);
  }

  #text(text: string, quotes = 2): void {
    this.bytes += quotes + text.length;
    if (this.bytes > this.#maxBytes) return;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) this.bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
      this.#mix(unit);
    }
    this.#mix(quotes);
  }

  #mix(unit: number): void {
    this.digest = Math.imul(this.digest ^ unit, PRIME);
  }
}
