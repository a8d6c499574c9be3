import { isLockTimeout } from '../database/errors.ts';
import type { MemberConnection } from './member-connection.ts';
import { endBackends, removeFenced } from './removal.ts';
import type { SeenBeats } from './seen-beats.ts';
import type { Time, Timing } from './timing.ts';

/** Marks the rows. Deleting them would let a beat fail for another reason, and a later member of the same name go unnoticed. */
const mark = `
  update cache_members set is_fenced = true where id = any($1) returning id, beat::float8 as beat`;

export interface FencesOptions {
  readonly time: Time;
  readonly timing: Timing;
  readonly seenBeats: SeenBeats;
  /** Called when a member's lease is over for good. */
  readonly onOver: (id: string) => void;
  readonly onFence: (ids: readonly string[]) => void;
}

/** Fences members that do not acknowledge: they may not renew their leases, and what they have ends by itself. */
export class Fences {
  readonly #options: FencesOptions;
  readonly #running = new Map<string, () => void>(); // by the member's id, with what cancels the waiting

  constructor(options: FencesOptions) {
    this.#options = options;
  }

  /** Fences each member that is not fenced from here already. Rejects when the connection is lost. */
  async fence(connection: MemberConnection, ids: readonly string[]): Promise<void> {
    const { time, onFence } = this.#options;
    const fresh = ids.filter((id) => !this.#running.has(id));
    if (fresh.length === 0) return;
    for (const id of fresh) this.#running.set(id, () => {});
    onFence(fresh);
    const rows = await this.#mark(connection, fresh);
    const answeredAtMs = time.now();
    const beats = new Map(rows.map(({ id, beat }) => [id, beat]));
    for (const id of fresh) this.#wait(connection, id, this.#leaseEndMs(id, { beat: beats.get(id), answeredAtMs }));
  }

  /** Forgets what is running, as its connection is lost. What is published again is fenced again. */
  clear(): void {
    for (const cancel of this.#running.values()) cancel();
    this.#running.clear();
  }

  /** A member that was stopped in the middle of a beat holds the lock of its row: its backend is ended. */
  async #mark(connection: MemberConnection, ids: readonly string[]): Promise<{ id: string; beat: number }[]> {
    const marking = { text: mark, values: [ids] };
    try {
      return await connection.query(marking);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await endBackends(connection, ids);
      return await connection.query(marking);
    }
  }

  /**
   * Returns when the lease of a fenced member ends. If its row is gone, another process has already waited for that. Otherwise its
   * last beat was sent before the fence was acknowledged.
   */
  #leaseEndMs(id: string, { beat, answeredAtMs }: { beat: number | undefined; answeredAtMs: number }): number {
    const { seenBeats, timing } = this.#options;
    if (beat === undefined) return answeredAtMs;
    return (seenBeats.firstSeenMs([id, beat]) ?? answeredAtMs) + timing.leaseMs;
  }

  #wait(connection: MemberConnection, id: string, untilMs: number): void {
    const { time, onOver } = this.#options;
    const over = () => {
      void removeFenced(connection, id).catch(() => {}); // if the connection is lost, another process removes it
      this.#running.delete(id);
      onOver(id);
    };
    const waitMs = untilMs - time.now();
    if (waitMs <= 0) over();
    else this.#running.set(id, time.after(waitMs, over));
  }
}
