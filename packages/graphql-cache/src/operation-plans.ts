/** A plan of an operation for one combination of `@skip` and `@include` conditions. */
interface Kept<T> {
  readonly plan: T;
  bytes: number;
  uses: number;
}

/** Most plans of one operation. */
const maxPlans = 64;

/**
 * The plans of one operation, one for each combination of conditions. The least used plan is removed, the oldest on ties. A new
 * plan starts with that plan's use count; otherwise it would always be the next victim.
 */
export class OperationPlans<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #onGrowth: (bytes: number) => void;

  /** `onGrowth` receives the bytes of added plans, and the negative bytes of removed ones. */
  constructor(onGrowth: (bytes: number) => void) {
    this.#onGrowth = onGrowth;
  }

  /** Returns the plan of a combination. `make` calls `grow` with the bytes of the plan, also later while the plan is used. */
  of(choice: string, make: (grow: (bytes: number) => void) => T): T {
    const earlier = this.#kept.get(choice);
    if (earlier) {
      earlier.uses++;
      return earlier.plan;
    }
    let bytes = 0;
    let added: Kept<T> | undefined;
    const plan = make((more) => {
      bytes += more;
      if (!added || this.#kept.get(choice) !== added) return; // removed, and executed for the last time
      added.bytes = bytes;
      this.#onGrowth(more);
    });
    added = { plan, bytes, uses: 1 + this.#makeRoom() };
    this.#kept.set(choice, added);
    this.#onGrowth(bytes);
    return plan;
  }

  /** Removes a plan if there are too many. Returns its use count, otherwise 0. */
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
