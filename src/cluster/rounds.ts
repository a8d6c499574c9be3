import type { PublishedRow } from './messages.ts';

/** A row as its mutation wrote it. */
export interface WrittenRow extends PublishedRow {
  /** The epoch of its position. */
  readonly epoch: string | null;
}

/** Rows of one mutation, until every process knows them. */
export interface Pending {
  readonly rows: readonly WrittenRow[];
  /** When it was given to the member. */
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One publication: what was sent together, and who has not acknowledged it. */
interface Round {
  readonly pending: readonly Pending[];
  /** Undefined until the statement that published it has told who is listed. */
  missing: Set<string> | undefined;
  /** Members that acknowledged, or are gone, before it was known who is listed. */
  readonly early: Set<string>;
}

/**
 * The publications that wait for acknowledgements, by their sequence numbers. An acknowledgement is cumulative: it stands for all
 * publications of this process up to its number, as notifications of one connection arrive in order.
 */
export class Rounds {
  readonly #rounds = new Map<number, Round>();
  readonly #maySettle: () => boolean;
  #last = 0;

  /** `maySettle` says whether mutations may be answered: not before the epoch is settled. */
  constructor(maySettle: () => boolean) {
    this.#maySettle = maySettle;
  }

  /** Takes `lists` sequence numbers for a publication. Returns the first; the round is settled by acknowledgements of the last. */
  begin(pending: readonly Pending[], lists: number): { first: number; last: number } {
    const first = this.#last + 1;
    this.#last += lists;
    this.#rounds.set(this.#last, { pending, missing: undefined, early: new Set() });
    return { first, last: this.#last };
  }

  /** The publication was sent, and these members have to acknowledge it. */
  sent(sequence: number, members: readonly string[]): void {
    const round = this.#rounds.get(sequence);
    if (!round) return;
    round.missing = new Set(members.filter((id) => !round.early.has(id)));
    this.#settle(sequence, round);
  }

  acknowledged(id: string, upTo: number): void {
    for (const [sequence, round] of this.#rounds) {
      if (sequence > upTo) break;
      this.#cross(sequence, round, id);
    }
  }

  /** The member answers nothing from memory any more, for good. */
  gone(id: string): void {
    for (const [sequence, round] of this.#rounds) this.#cross(sequence, round, id);
  }

  missing(sequence: number): readonly string[] {
    return [...(this.#rounds.get(sequence)?.missing ?? [])];
  }

  /** Settles what waited for the epoch alone. */
  settleAll(): void {
    for (const [sequence, round] of this.#rounds) this.#settle(sequence, round);
  }

  /** Takes back everything that is not settled, in order, to be published again. */
  takeAll(): Pending[] {
    const taken = [...this.#rounds.values()].flatMap(({ pending }) => pending);
    this.#rounds.clear();
    return taken;
  }

  #cross(sequence: number, round: Round, id: string): void {
    if (round.missing === undefined) round.early.add(id);
    else if (round.missing.delete(id)) this.#settle(sequence, round);
  }

  #settle(sequence: number, { missing, pending }: Round): void {
    if (missing === undefined || missing.size > 0 || !this.#maySettle()) return;
    this.#rounds.delete(sequence);
    for (const { resolve } of pending) resolve();
  }
}
