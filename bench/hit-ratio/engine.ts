import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Policy } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import { policies } from '../../src/cache-policies.ts';
import type { CacheCategory } from '../../src/generated/schema.ts';
import type { Trace } from './traces.ts';
import type { WorkloadEvent } from './workload.ts';
import { invalidationsOf, lookupsOf } from './workload-fields.ts';

const FOREVER_MS = 1e12;
const MUCH = 1e12; // bytes
const REQUESTS_PER_TURN = 4_096; // a server would not answer more at once

/** How many requests of the trace the engine answers from memory, with room for `maxEntries` and nothing else in their way. */
export async function hitsOf(trace: Trace, maxEntries: number, eviction: Policy['eviction']): Promise<number> {
  const policy: Policy = {
    ...{ ttlMs: FOREVER_MS, staleMs: 0, staleIfErrorMs: 0, nullTtlMs: 0 },
    ...{ maxEntries, maxBytes: MUCH, eviction },
  };
  const cache = new EntryCache({ policies: { TRACE: policy }, clock: { now: () => 0 } });
  let loads = 0;
  for (const [at, request] of trace.requests.entries()) {
    if (at % REQUESTS_PER_TURN === 0) await nextTurn();
    void cache.read({ category: 'TRACE', key: keyOf(request), now: 0 }, () => ++loads);
  }
  return trace.requests.length - loads;
}

const keys: string[] = [];

function keyOf(number: number): string {
  keys[number] ??= `k${number}`;
  return keys[number];
}

/** What became of a category's lookups. */
export interface CategoryOutcome {
  lookups: number;
  hits: number;
  /** Lookups of a key that was not looked up before: no cache that starts empty answers these. */
  first: number;
}

export type WorkloadOutcome = ReadonlyMap<CacheCategory, CategoryOutcome>;

/** Replays the workload through the engine with the policies as they are, on a clock of its own. Counts from `fromMs` on. */
export function replayWorkload(events: readonly WorkloadEvent[], fromMs = 0): WorkloadOutcome {
  let nowMs = 0;
  const cache = new EntryCache({ policies, clock: { now: () => nowMs } });
  const categories = Object.keys(policies) as CacheCategory[];
  const outcome = new Map(categories.map((category) => [category, { lookups: 0, hits: 0, first: 0 }]));
  const seen = new Set<string>();
  let version = 0;
  for (const event of events) {
    nowMs = Math.max(0, event.atMs);
    const now = cache.now();
    for (const lookup of lookupsOf(event)) {
      let isHit = false;
      const observe = ({ status }: { status: string }) => {
        isHit = status === 'HIT' || status === 'STALE';
      };
      void cache.read({ ...lookup, now, observe }, () => ({ version: ++version }));
      const isFirst = !seen.has(lookup.key);
      seen.add(lookup.key);
      if (event.atMs < fromMs) continue;
      const counted = outcome.get(lookup.category)!;
      counted.lookups++;
      if (isHit) counted.hits++;
      if (isFirst) counted.first++;
    }
    cache.invalidate(invalidationsOf(event), event.operation);
  }
  return outcome;
}
