import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reportWorkload } from './hit-ratio/acceptance.ts';
import { hitsOf } from './hit-ratio/engine.ts';
import { optimumHits } from './hit-ratio/optimum.ts';
import { count, row, signed, verdict } from './hit-ratio/print.ts';
import { syntheticTraces } from './hit-ratio/synthetic.ts';
import { numbered, prefixOf, readTraces, splitByType, type Trace } from './hit-ratio/traces.ts';
import { workload, workloadA, workloadB } from './hit-ratio/workload.ts';
import { lookupsOf } from './hit-ratio/workload-fields.ts';

const SIZES = [30, 50, 100, 200, 300, 500, 1_000];
const BUSIEST_TYPES = 8;
const SYNTHETIC_REQUESTS = 60_000;
const SEED = 285_084;

/** Requests of a recorded trace that are replayed. */
interface Prefix {
  readonly ofTrace: number;
  readonly ofType: number;
}
const USUAL_PREFIX: Prefix = { ofTrace: 600_000, ofType: 200_000 };
const NO_LIMIT: Prefix = { ofTrace: Number.POSITIVE_INFINITY, ofType: Number.POSITIVE_INFINITY };

const MOST_UNDER_LRU = 2; // points, in any cell
const LEAST_ABOVE_LRU = 2; // points, on average
const LEAST_ABOVE_LRU_ON_WEB07 = 3;

/** One trace at one size; hit ratios in percent. */
interface Cell {
  readonly trace: string;
  readonly size: number;
  readonly lru: number;
  readonly policy: number;
  readonly optimum: number;
}

/**
 * How many requests are answered from memory: by LRU, by the default policy, and at best? And do the product's areas reach their
 * targets? `--traces DIR` replays the traces there instead, `--whole` all of their requests.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { traces, whole } = parseArgs({
    args: [...args],
    options: {
      traces: { type: 'string', default: fileURLToPath(new URL('../../shared/traces', import.meta.url)) },
      whole: { type: 'boolean', default: false },
    },
  }).values;
  const prefix = whole ? NO_LIMIT : USUAL_PREFIX;
  printMethod(traces, prefix);
  const startedAt = performance.now();
  console.log(`${'trace'.padEnd(30)} ${row(['entries', 'LRU', 'default', 'optimum', 'gain'])}`);
  const cells: Cell[] = [];
  for (const trace of allTraces(traces, prefix)) cells.push(...(await replay(trace)));
  console.log(`\n${cells.length} cells in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
  const verdicts = [judge(cells), reportWorkload(SEED)];
  if (verdicts.includes(false)) process.exitCode = 1;
}

function printMethod(directory: string, { ofTrace, ofType }: Prefix): void {
  console.log(`Each trace is replayed through packages/cache with room for so many entries, no limit of bytes, no lifetimes and no
invalidations, from an empty cache on; sizes at which all its keys fit are left out. All numbers are percent of the requests.
  recorded   ${directory}, ${Number.isFinite(ofTrace) ? `the first ${count(ofTrace)} requests` : 'whole'};
             each of the ${BUSIEST_TYPES} busiest entity types apart${Number.isFinite(ofType) ? `, the first ${count(ofType)}` : ''}
  synthetic  ${count(SYNTHETIC_REQUESTS)} requests each, seed ${SEED}
  workloads  the cached fields that the product's requests look up, seed ${SEED}
  optimum    Belady's, which knows the future and need not keep what it loads
`);
}

function* allTraces(directory: string, prefix: Prefix): Generator<Trace> {
  for (const recorded of readTraces(directory)) {
    yield prefixOf(recorded, prefix.ofTrace);
    yield* splitByType(recorded, BUSIEST_TYPES, prefix.ofType);
  }
  yield* syntheticTraces(SYNTHETIC_REQUESTS, SEED);
  for (const [name, shape] of Object.entries({ 'workload A': workloadA, 'workload B': workloadB })) {
    const lookups = workload(shape, SEED).flatMap(lookupsOf);
    yield numbered(
      name,
      lookups.map(({ key }) => key),
    );
  }
}

async function replay(trace: Trace): Promise<Cell[]> {
  const percent = (hits: number) => (100 * hits) / trace.requests.length;
  const cells: Cell[] = [];
  for (const size of SIZES.filter((size) => size < trace.keys)) {
    const lru = percent(await hitsOf(trace, size, 'lru'));
    const policy = percent(await hitsOf(trace, size, 'arc'));
    const optimum = percent(optimumHits(trace, size));
    const ratios = [lru, policy, optimum].map((ratio) => ratio.toFixed(1));
    console.log(`${trace.name.padEnd(30)} ${row([count(size), ...ratios, signed(policy - lru)])}`);
    cells.push({ trace: trace.name, size, lru, policy, optimum });
  }
  return cells;
}

function judge(cells: readonly Cell[]): boolean {
  const gain = ({ policy, lru }: Cell) => policy - lru;
  const worst = cells.reduce((one, other) => (gain(other) < gain(one) ? other : one));
  const all = mean(cells.map(gain));
  const best = mean(cells.map(({ optimum, lru }) => optimum - lru));
  const web07 = cells.filter(({ trace }) => trace === 'web07');
  const ofWeb07 = mean(web07.map(gain));
  return [
    verdict(
      `nowhere more than ${MOST_UNDER_LRU} points under LRU`,
      gain(worst) >= -MOST_UNDER_LRU,
      `at worst ${signed(gain(worst))}, ${worst.trace} at ${count(worst.size)}`,
    ),
    verdict(
      `on average at least ${LEAST_ABOVE_LRU} points above LRU`,
      all >= LEAST_ABOVE_LRU,
      `${signed(all)} (the optimum ${signed(best)})`,
    ),
    web07.length === 0 ||
      verdict(
        `on web07 at least ${LEAST_ABOVE_LRU_ON_WEB07} points above LRU`,
        ofWeb07 >= LEAST_ABOVE_LRU_ON_WEB07,
        signed(ofWeb07),
      ),
  ].every((isMet) => isMet);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
