/** Something to write. */
export interface Order {
  /** Makes it; undefined if it is not to be written. */
  readonly make: () => Letter | undefined;
  /** Called at the end, with whether it was sent. */
  readonly sent?: ((isSent: boolean) => void) | undefined;
}

/** Bytes to write, and where. */
export interface Letter {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lifetimeMs: number;
}

const maxWaiting = 1_000;
const maxBytesUnderWay = 8 * 1024 * 1024;

/**
 * What is to be written to the store. Each is made in a turn of the event loop of its own, after the answers that wait, and only
 * while less than some MB are under way.
 */
export class Outbox {
  readonly #send: (bytes: Buffer, letter: Letter) => Promise<void>;
  readonly #waiting: Order[] = [];
  #bytesUnderWay = 0;
  #isScheduled = false;
  #underWay = 0;
  #flushing: (() => void)[] = [];

  /** `send` does not reject. */
  constructor(send: (bytes: Buffer, letter: Letter) => Promise<void>) {
    this.#send = send;
  }

  /** Makes the bytes later. Returns false if too many wait. */
  add(order: Order): boolean {
    if (this.#waiting.length >= maxWaiting) return false;
    this.#waiting.push(order);
    this.#schedule();
    return true;
  }

  flushed(): Promise<void> {
    if (this.#isEmpty) return Promise.resolve();
    return new Promise((resolve) => this.#flushing.push(resolve));
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#underWay === 0;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0 || this.#bytesUnderWay >= maxBytesUnderWay) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const { make, sent } = this.#waiting.shift()!;
      const letter = attempted(make);
      if (letter) void this.#post(letter).then(() => sent?.(true));
      else {
        sent?.(false);
        this.#settle();
      }
      this.#schedule();
    });
  }

  async #post(letter: Letter): Promise<void> {
    this.#underWay++;
    this.#bytesUnderWay += letter.bytes.length;
    await this.#send(letter.bytes, letter);
    this.#underWay--;
    this.#bytesUnderWay -= letter.bytes.length;
    this.#settle();
    this.#schedule();
  }

  #settle(): void {
    if (!this.#isEmpty) return;
    for (const resolve of this.#flushing) resolve();
    this.#flushing = [];
  }
}

/** A value that cannot be written is not; nobody waits for it. */
function attempted(make: () => Letter | undefined): Letter | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
