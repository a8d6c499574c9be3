import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { policies } from '../src/cache-policies.ts';
import { count, row } from './hit-ratio/print.ts';
import { prefixOf, readTraces } from './hit-ratio/traces.ts';
import { workload, workloadA, workloadB } from './hit-ratio/workload.ts';
import { invalidationsOf, lookupsOf } from './hit-ratio/workload-fields.ts';
import { type Outcome, replay, type TimedLookups } from './prefetch/replay.ts';

const SEED = 285_084;
const TRACE_REQUESTS = 300_000;
const TRACE_REQUESTS_PER_SECOND = 500;
const TRACE_TTL_MS = 60_000;
const TRACE_ENTRIES = 5_000;

/** Of probabilistic early expiration; 0 is off, 1 the default. */
const BETAS = [0, 1, 10, 50];

/**
 * Which miss latency does prefetching remove, and which loads does it add? On the workload with the product's policies and on the
 * recorded traces: without prefetching, with β = 1 as by default, and earlier. A category whose policy has no β, as AI, is never
 * prefetched. Virtual time: nothing here depends on the machine.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { traces } = parseArgs({
    args: [...args],
    options: {
      traces: { type: 'string', default: fileURLToPath(new URL('../../shared/traces', import.meta.url)) },
    },
  }).values;
  console.log(`Each sequence is replayed through packages/cache in virtual time, once for each β. A load takes a time of its key's own, log-normal with a
median of 20 ms and σ 1 (5 % above 100 ms); lookups that come meanwhile wait for it. Seed ${SEED}; at most 20 prefetches a second.
  workloads  the cached fields that the product's requests look up, with the product's policies
  recorded   ${traces}, the first ${count(TRACE_REQUESTS)} requests, ${TRACE_REQUESTS_PER_SECOND} a second, lifetime ${TRACE_TTL_MS / 1_000} s, ${count(TRACE_ENTRIES)} entries
  waiting    milliseconds that lookups waited for loads, per 1,000 lookups; expired: of them, after the lifetime was over
  ahead      prefetches; removed: share of that waiting after expiry; added: share of loads
`);
  const heads = ['lookups', 'waiting', 'expired', 'loads', 'ahead', 'removed', 'added'];
  console.log(`${'sequence'.padEnd(22)} ${'β'.padStart(4)} ${row(heads)}`);
  for (const [name, timed] of sequences(traces)) {
    const off = await replay(timed, { beta: 0, seed: SEED });
    for (const beta of BETAS) {
      const outcome = beta === 0 ? off : await replay(timed, { beta, seed: SEED });
      console.log(`${name.padEnd(22)} ${String(beta).padStart(4)} ${row(cellsOf(outcome, off))}`);
    }
  }
}

function cellsOf(outcome: Outcome, off: Outcome): string[] {
  const { lookups, waitedMs, expiredWaitedMs, loads, prefetches } = outcome;
  const per1000 = (ms: number) => ((1_000 * ms) / lookups).toFixed(0);
  const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  return [
    ...[count(lookups), per1000(waitedMs), per1000(expiredWaitedMs), count(loads), count(prefetches)],
    ...[share(off.expiredWaitedMs - expiredWaitedMs, off.expiredWaitedMs), share(loads - off.loads, off.loads)],
  ];
}

function* sequences(directory: string): Generator<readonly [string, TimedLookups]> {
  for (const [name, shape] of Object.entries({ 'workload A': workloadA, 'workload B': workloadB })) {
    const events = workload(shape, SEED).map((event) => ({
      atMs: Math.max(0, event.atMs),
      lookups: lookupsOf(event),
      invalidated: invalidationsOf(event),
    }));
    yield [name, { policies, events }];
  }
  const policy = {
    ...{ ttlMs: TRACE_TTL_MS, staleMs: 0, staleIfErrorMs: 0, nullTtlMs: 0, prefetchBeta: 1 },
    ...{ maxEntries: TRACE_ENTRIES, maxBytes: 1e12, eviction: 'arc' as const },
  };
  for (const recorded of readTraces(directory)) {
    const { requests } = prefixOf(recorded, TRACE_REQUESTS);
    const events = Array.from(requests, (key, at) => ({
      atMs: Math.floor((1_000 * at) / TRACE_REQUESTS_PER_SECOND),
      lookups: [{ category: 'TRACE', key: `k${key}` }],
      invalidated: [],
    }));
    yield [recorded.name, { policies: { TRACE: policy }, events }];
  }
}
