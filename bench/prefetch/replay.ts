import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lookup, Policy } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import { createRandom } from '../hit-ratio/random.ts';

/** What happens, in the order of time. */
export interface TimedLookups {
  readonly policies: Readonly<Record<string, Policy>>;
  readonly events: readonly {
    readonly atMs: number;
    readonly lookups: readonly { category: string; key: string; tags?: readonly string[]; namespace?: string }[];
    readonly invalidated: readonly string[];
  }[];
}

export interface Outcome {
  lookups: number;
  /** Time that lookups waited for loads. */
  waitedMs: number;
  /** Of it, because a lifetime was over. */
  expiredWaitedMs: number;
  /** All loads, those in the background included. */
  loads: number;
  prefetches: number;
}

const MEDIAN_LOAD_MS = 20;

/** Replays lookups through the engine in virtual time: a load ends its key's own time after it began. */
export async function replay(
  { policies, events }: TimedLookups,
  { beta, seed }: { beta: number; seed: number },
): Promise<Outcome> {
  let nowMs = 0;
  const random = createRandom(seed);
  const entries = Object.entries(policies).map(([name, policy]) => [
    name,
    { ...policy, prefetchBeta: policy.prefetchBeta ? beta : 0 },
  ]);
  const cache = new EntryCache<string>({
    ...{ policies: Object.fromEntries(entries), clock: { now: () => nowMs }, random },
    timer: { after: () => () => {} },
  });
  const running = new EndingLoads();
  const loadTimes = createLoadTimes(seed);
  const outcome = { lookups: 0, waitedMs: 0, expiredWaitedMs: 0 };
  const endLoadsUntil = async (atMs: number) => {
    for (let ending = running.takeUntil(atMs); ending; ending = running.takeUntil(atMs)) {
      nowMs = ending.endsAtMs;
      ending.resolve();
      await nextTurn(); // the engine keeps the value
    }
    nowMs = Math.max(nowMs, atMs);
  };
  for (const { atMs, lookups, invalidated } of events) {
    await endLoadsUntil(atMs);
    for (const lookup of lookups) {
      outcome.lookups++;
      const startedAt = nowMs;
      const observe = ({ status, cause }: Lookup) => {
        if (status !== 'MISS' && status !== 'COALESCED') return;
        outcome.waitedMs += nowMs - startedAt;
        if (cause === 'expired') outcome.expiredWaitedMs += nowMs - startedAt;
      };
      void cache.read({ ...lookup, now: nowMs, observe }, () => running.add(nowMs + loadTimes(lookup.key)));
    }
    if (invalidated.length > 0) cache.invalidate(invalidated);
  }
  await endLoadsUntil(Number.MAX_SAFE_INTEGER);
  const { loads, refreshes, prefetches } = cache.snapshot().total;
  return { ...outcome, loads: loads + refreshes, prefetches };
}

/** The time that the load of a key takes: always the same, log-normal over the keys. */
function createLoadTimes(seed: number): (key: string) => number {
  const random = createRandom(seed + 1);
  const times = new Map<string, number>();
  return (key) => {
    const known = times.get(key);
    if (known !== undefined) return known;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()); // Box–Muller
    const ms = MEDIAN_LOAD_MS * Math.exp(normal);
    times.set(key, ms);
    return ms;
  };
}

interface Ending {
  readonly endsAtMs: number;
  resolve(): void;
}

/** Running loads, in the order of their ends. */
class EndingLoads {
  readonly #endings: Ending[] = [];
  #versions = 0;

  add(endsAtMs: number): Promise<object> {
    return new Promise((resolve) => {
      const ending = { endsAtMs, resolve: () => resolve({ version: ++this.#versions }) };
      let at = this.#endings.length;
      while (at > 0 && this.#endings[at - 1]!.endsAtMs > endsAtMs) at--;
      this.#endings.splice(at, 0, ending);
    });
  }

  takeUntil(atMs: number): Ending | undefined {
    return this.#endings.length > 0 && this.#endings[0]!.endsAtMs <= atMs ? this.#endings.shift() : undefined;
  }
}
