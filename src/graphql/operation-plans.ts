/** What was read of an operation for one choice of the fields that are left out. */
interface Kept<T> {
  readonly read: T;
  bytes: number;
  uses: number;
}

/** Of one operation. */
const maxPlans = 64;

/**
 * OperationPlans of an operation, each read once while it is kept. The one that was used least goes, the oldest first; a newcomer counts
 * as used as often as that, so that it is not always the next to go.
 */
export class OperationPlans<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #onGrowth: (bytes: number) => void;

  /** `onGrowth` is told of the bytes that plans have taken; below zero, of those that went. */
  constructor(onGrowth: (bytes: number) => void) {
    this.#onGrowth = onGrowth;
  }

  /** `make` calls `grow` for all that the plan takes, and may do so later, while it is used. */
  of(choice: string, make: (grow: (bytes: number) => void) => T): T {
    const earlier = this.#kept.get(choice);
    if (earlier) {
      earlier.uses++;
      return earlier.read;
    }
    let bytes = 0;
    let added: Kept<T> | undefined;
    const read = make((more) => {
      bytes += more;
      if (!added || this.#kept.get(choice) !== added) return; // it went, and is executed for the last time
      added.bytes = bytes;
      this.#onGrowth(more);
    });
    added = { read, bytes, uses: 1 + this.#makeRoom() };
    this.#kept.set(choice, added);
    this.#onGrowth(bytes);
    return read;
  }

  /** Returns how often what goes was used; 0 when nothing has to. */
  #makeRoom(): number {
    if (this.#kept.size < maxPlans) return 0;
    const [choice, { bytes, uses }] = [...this.#kept].reduce((least, one) =>
      one[1].uses < least[1].uses ? one : least,
    );
    this.#kept.delete(choice);
    this.#onGrowth(-bytes);
    return uses;
  }
}
