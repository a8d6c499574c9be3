import { bytesOfText, DATE, LIST, NUMBER, OBJECT, REFERENCE, TABLE, TABLE_PLACE, textBytes, VIEW } from './bytes.ts';

const MAX_DEPTH = 64;
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const MAX_SAMPLES = 256;

/** Size and digest of a value, from one pass over it. */
export interface ValueMeasure {
  /** Approximate size in memory (see `bytes.ts`); infinite if the value exceeds the limit or is nested too deeply. */
  readonly bytes: number;
  /**
   * Equal for equal values, rarely for others, because long texts are sampled. Use it only to count reloads of an unchanged value.
   */
  readonly digest: number;
}

/** Measures, digests and deeply freezes a plain value. Stops beyond `maxBytes`, because such a value is not kept. */
export function measureAndFreeze(value: unknown, maxBytes: number): ValueMeasure {
  const measuringPass = new MeasuringPass(maxBytes);
  try {
    measuringPass.visit(value, 0);
  } catch {
    measuringPass.bytes = Number.POSITIVE_INFINITY; // not plain data: a getter threw, or a part cannot be frozen
  }
  return {
    bytes: measuringPass.bytes <= maxBytes ? measuringPass.bytes : Number.POSITIVE_INFINITY,
    digest: measuringPass.digest >>> 0,
  };
}

/**
 * Hashes a text to unsigned 32 bits: FNV-1a over UTF-16 code units, then the finalizer of MurmurHash3, because keys often differ in
 * their last digits only.
 */
export function hashText(text: string): number {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return mixBits(hash);
}

/** The finalizer of MurmurHash3: unsigned 32 bits, each of which depends on each bit of the number. */
export function mixBits(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

class MeasuringPass {
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
    if (this.bytes > this.#maxBytes) return;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) this.#members(value, OBJECT, depth);
    else if (Array.isArray(value)) this.#items(value, depth);
    else if (ArrayBuffer.isView(value)) this.#memory(value.buffer, VIEW);
    else if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) this.#memory(value, VIEW);
    else if (value instanceof Map || value instanceof Set) this.#table(value, depth);
    else if (value instanceof Date) this.#date(value, depth);
    else this.#members(value, OBJECT, depth);
  }

  #items(value: readonly unknown[], depth: number): void {
    this.bytes += LIST + REFERENCE * value.length;
    this.#mix(value.length);
    for (const item of value) {
      if (this.bytes > this.#maxBytes) return;
      this.visit(item, depth + 1);
    }
    const names = Reflect.ownKeys(value);
    this.#named(value, names.slice(names.lastIndexOf('length') + 1), depth); // integer names come first, then `length`
    Object.freeze(value);
  }

  #date(value: Date, depth: number): void {
    this.#mix(value.getTime() | 0);
    this.#members(value, DATE, depth);
  }

  #members(value: object, ownBytes: number, depth: number): void {
    this.bytes += ownBytes;
    this.#named(value, Reflect.ownKeys(value), depth); // hidden and symbolic ones too
    Object.freeze(value);
  }

  #named(value: object, names: readonly PropertyKey[], depth: number): void {
    for (const name of names) {
      if (this.bytes > this.#maxBytes) return;
      this.bytes += REFERENCE;
      if (typeof name === 'string') this.#mix(name.length);
      this.visit((value as Record<PropertyKey, unknown>)[name], depth + 1);
    }
  }

  #table(value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>, depth: number): void {
    this.bytes += TABLE + TABLE_PLACE * value.size;
    this.#mix(value.size);
    for (const [key, member] of value.entries()) {
      if (this.bytes > this.#maxBytes) return;
      this.visit(key, depth + 1);
      if (member !== key) this.visit(member, depth + 1);
    }
    this.#members(value, 0, depth);
  }

  /** Counts the whole buffer, because a view of a part keeps all of it alive. */
  #memory({ byteLength }: ArrayBufferLike, ownBytes: number): void {
    this.bytes += ownBytes + byteLength;
    this.#mix(byteLength);
  }

  #atom(value: unknown): void {
    if (typeof value === 'number' && (value | 0) === value) {
      this.#mix(value);
      return;
    }
    const text = String(value);
    if (typeof value === 'number') this.bytes += NUMBER;
    else if (typeof value === 'bigint') this.bytes += NUMBER + text.length / 2;
    this.#mix(hashText(text));
  }

  /** Samples long texts, because most of the time of a pass is spent here. */
  #text(text: string): void {
    const { length } = text;
    const step = length > MAX_SAMPLES ? Math.floor(length / MAX_SAMPLES) : 1;
    let digest = Math.imul(this.digest ^ length, PRIME);
    let units = 0;
    for (let at = length - 1; at >= 0; at -= step) {
      const unit = text.charCodeAt(at);
      units |= unit;
      digest = Math.imul(digest ^ unit, PRIME);
    }
    this.bytes += step === 1 ? bytesOfText(length, units > 0xff) : textBytes(text);
    this.digest = digest;
  }

  #mix(unit: number): void {
    this.digest = Math.imul(this.digest ^ unit, PRIME);
  }
}
