import type { ListedMember } from './beat.ts';
import type { Time } from './timing.ts';

/** When each member's last beat was first seen here. The beat was sent before, so its lease ends at most `leaseMs` later. */
export class SeenBeats {
  readonly #time: Time;
  readonly #seen = new Map<string, { beat: number; atMs: number }>();

  constructor(time: Time) {
    this.#time = time;
  }

  /** Notes all members that a statement listed. Forgets the others. */
  observe(members: readonly ListedMember[]): void {
    const listed = new Map(members);
    for (const id of this.#seen.keys()) if (!listed.has(id)) this.#seen.delete(id);
    const atMs = this.#time.now();
    for (const [id, beat] of listed) if (this.#seen.get(id)?.beat !== beat) this.#seen.set(id, { beat, atMs });
  }

  /** When this beat of the member was first seen; undefined if another one, or none, was. */
  firstSeenMs([id, beat]: ListedMember): number | undefined {
    const seen = this.#seen.get(id);
    return seen?.beat === beat ? seen.atMs : undefined;
  }

  /** The members whose beat has not changed for longer than a time. */
  silentFor(ms: number): ListedMember[] {
    const before = this.#time.now() - ms;
    return [...this.#seen].filter(([, { atMs }]) => atMs < before).map(([id, { beat }]) => [id, beat]);
  }
}
