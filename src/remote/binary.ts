/** Writes the parts of an entry one after the other: numbers of 64 bits, and texts and bytes with their length in front. */
export class Writer {
  readonly #parts: Buffer[] = [];

  byte(value: number): this {
    return this.raw(Buffer.of(value));
  }

  number(value: number): this {
    const part = Buffer.allocUnsafe(8);
    part.writeDoubleLE(value);
    return this.raw(part);
  }

  length(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeUInt32LE(value);
    return this.raw(part);
  }

  bytes(value: Buffer): this {
    return this.length(value.length).raw(value);
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  raw(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }

  end(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Reads what a `Writer` wrote. Throws a `RangeError` beyond the end. */
export class Reader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  byte(): number {
    return this.#take(1)[0]!;
  }

  number(): number {
    return this.#take(8).readDoubleLE();
  }

  length(): number {
    return this.#take(4).readUInt32LE();
  }

  bytes(): Buffer {
    return this.#take(this.length());
  }

  text(): string {
    return this.bytes().toString();
  }

  /** A number of texts that follow: no more than there is room for. */
  count(): number {
    const count = this.length();
    if (count * 4 > this.#buffer.length) throw new RangeError(`expected fewer texts, but got ${count}`);
    return count;
  }

  rest(): Buffer {
    return this.#take(this.#buffer.length - this.#at);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#buffer.length) throw new RangeError(`expected ${length} more bytes, but got an end`);
    const part = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
