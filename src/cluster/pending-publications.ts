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
interface Publication {
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
export class PendingPublications {
  readonly #publications = new Map<number, Publication>();
  readonly #maySettle: () => boolean;
  #last = 0;

  /** `maySettle` says whether mutations may be answered: not before the epoch is settled. */
  constructor(maySettle: () => boolean) {
    this.#maySettle = maySettle;
  }

  /** Takes `lists` sequence numbers for a publication. Returns the first; the publication is settled by acknowledgements of the last. */
  begin(pending: readonly Pending[], lists: number): { first: number; last: number } {
    const first = this.#last + 1;
    this.#last += lists;
    this.#publications.set(this.#last, { pending, missing: undefined, early: new Set() });
    return { first, last: this.#last };
  }

  /** The publication was sent, and these members have to acknowledge it. */
  sent(sequence: number, members: readonly string[]): void {
    const publication = this.#publications.get(sequence);
    if (!publication) return;
    publication.missing = new Set(members.filter((id) => !publication.early.has(id)));
    this.#settle(sequence, publication);
  }

  acknowledged(id: string, upTo: number): void {
    for (const [sequence, publication] of this.#publications) {
      if (sequence > upTo) break;
      this.#cross(sequence, publication, id);
    }
  }

  /** The member answers nothing from memory any more, for good. */
  gone(id: string): void {
    for (const [sequence, publication] of this.#publications) this.#cross(sequence, publication, id);
  }

  missing(sequence: number): readonly string[] {
    return [...(this.#publications.get(sequence)?.missing ?? [])];
  }

  /** Settles what waited for the epoch alone. */
  settleAll(): void {
    for (const [sequence, publication] of this.#publications) this.#settle(sequence, publication);
  }

  /** Takes back everything that is not settled, in order, to be published again. */
  takeAll(): Pending[] {
    const taken = [...this.#publications.values()].flatMap(({ pending }) => pending);
    this.#publications.clear();
    return taken;
  }

  #cross(sequence: number, publication: Publication, id: string): void {
    if (publication.missing === undefined) publication.early.add(id);
    else if (publication.missing.delete(id)) this.#settle(sequence, publication);
  }

  #settle(sequence: number, { missing, pending }: Publication): void {
    if (missing === undefined || missing.size > 0 || !this.#maySettle()) return;
    this.#publications.delete(sequence);
    for (const { resolve } of pending) resolve();
  }
}
