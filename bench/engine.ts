import type { Policy } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import { LRUCache } from 'lru-cache';
import { collectGarbage } from '../test/setup/garbage.ts';

const MAX_RATIO = 1.5;
const RESIDENT = 1_000;
const HITS = 500_000;
const HITS_PER_REQUEST = 100;
const ROUNDS = 21;
const WARM_UP_ROUNDS = 4;

const MAX_HEAP_BYTES = 5_000_000;
const KEPT = 1_500;
const LIST_LENGTH = 20;

const policy: Policy = {
  ttlMs: 3_600_000,
  staleMs: 0,
  staleIfErrorMs: 600_000,
  nullTtlMs: 5_000,
  maxEntries: 2_000,
  maxBytes: 10 * 2 ** 20,
  eviction: 'arc',
};

/** What does an entry take, and what does a hit cost? */
export async function run(): Promise<void> {
  console.log(
    `Memory: the heap after a collection with ${KEPT} entries, less that without: half of them lists of ${LIST_LENGTH} nodes, half`,
  );
  console.log('single nodes, each with its key and the tags of its nodes; values included.');
  const heapBytes = measureHeap();
  const each = `${Math.round(heapBytes / KEPT)} bytes an entry`;
  report(`  ${(heapBytes / 1e6).toFixed(2)} MB, ${each}`, 'under 5 MB', heapBytes < MAX_HEAP_BYTES);

  console.log(
    `\nA hit: ${RESIDENT} entries with a lifetime, a size limit and two tags, ${HITS} hits a round on keys of Zipf 0.9, one clock`,
  );
  console.log(
    `reading and ${HITS_PER_REQUEST} hits a request; lru-cache with max, ttl and maxSize. They take turns, ${ROUNDS} rounds; ns of\nprocessor time, median (min–max).`,
  );
  const rounds = measureHits();
  const ratios = rounds.map(({ ours, theirs }) => ours / theirs);
  console.log(`  lru-cache ${spread(rounds.map(({ theirs }) => theirs))}`);
  console.log(`  Magpie    ${spread(rounds.map(({ ours }) => ours))}`);
  report(`  ratio     ${spread(ratios)}`, `at most ${MAX_RATIO}`, median(ratios) <= MAX_RATIO);
}

function report(result: string, target: string, isMet: boolean): void {
  console.log(`${result} — target: ${target}: ${isMet ? 'met' : 'MISSED'}`);
  if (!isMet) process.exitCode = 1;
}

function measureHeap(): number {
  const heapAfterCollection = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const cache = new EntryCache({ policies: { POSTS: policy } });
  fill(cache, 50); // compiles what runs, which is no entry's memory
  cache.clear();
  const empty = heapAfterCollection();
  fill(cache, KEPT);
  const full = heapAfterCollection();
  if (cache.snapshot().total.entries !== KEPT) throw new Error(`Expected ${KEPT} entries but got another number`);
  return full - empty;
}

function fill(cache: EntryCache<'POSTS'>, count: number): void {
  for (let index = 0; index < count; index++) {
    const isList = index % 2 === 0;
    const key = `Query.${isList ? 'posts' : 'post'} ws_01J9ZQ6V7T {"first":20,"filter":{"campaign":"cmp_${index}"}}`;
    cache.read({ category: 'POSTS', key, namespace: 'ws_01J9ZQ6V7T', tags: ['ws_01J9ZQ6V7T Post'] }, (loadContext) => {
      const nodes = Array.from({ length: isList ? LIST_LENGTH : 1 }, (_, at) =>
        node(`post_${(index * 7 + at) % 3_000}`),
      );
      loadContext.depend(nodes.map(({ id }) => `ws_01J9ZQ6V7T Post:${id}`));
      return isList ? { nodes, hasNextPage: true } : nodes[0];
    });
  }
}

function node(id: string) {
  return { id, text: `Something to say about ${id}`, status: 'SCHEDULED', version: 3, scheduledAt: 1_763_800_000_000 };
}

function measureHits(): { ours: number; theirs: number }[] {
  const keys = Array.from({ length: RESIDENT }, (_, index) => `Query.post ws_1 {"id":"post_${index}"}`);
  const order = zipf(HITS, RESIDENT);
  const theirs = new LRUCache<string, object>({ max: policy.maxEntries, ttl: policy.ttlMs, maxSize: policy.maxBytes });
  const ours = new EntryCache({ policies: { POSTS: policy, MEDIA: policy } });
  for (const [index, key] of keys.entries()) {
    const tags = ['Post', `Post:${index}`];
    theirs.set(key, { id: index }, { size: 10 });
    ours.read({ category: 'POSTS', key, namespace: 'ws_1', tags, coordinate: 'Query.post' }, () => ({ id: index }));
  }
  const rounds: { ours: number; theirs: number }[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const oursFirst = round % 2 === 0;
    const early = oursFirst ? hitOurs(ours, keys, order) : 0;
    const theirNs = hitTheirs(theirs, keys, order);
    const ourNs = oursFirst ? early : hitOurs(ours, keys, order);
    if (round >= 0) rounds.push({ ours: ourNs, theirs: theirNs });
  }
  return rounds;
}

function hitTheirs(cache: LRUCache<string, object>, keys: readonly string[], order: Uint32Array): number {
  let found = 0;
  const startedAt = process.cpuUsage();
  for (let hit = 0; hit < HITS; hit++) if (cache.get(keys[order[hit]!]!) !== undefined) found++;
  return nsPerHit(startedAt, found);
}

/** The request is made anew for each hit, as a resolver would. */
function hitOurs(cache: EntryCache<'POSTS' | 'MEDIA'>, keys: readonly string[], order: Uint32Array): number {
  const load = () => {
    throw new Error('Expected a hit but got a miss');
  };
  let found = 0;
  let now = 0;
  const startedAt = process.cpuUsage();
  for (let hit = 0; hit < HITS; hit++) {
    if (hit % HITS_PER_REQUEST === 0) now = cache.now();
    const request = { category: 'POSTS', key: keys[order[hit]!]!, coordinate: 'Query.post', now } as const;
    if (cache.read(request, load) !== undefined) found++;
  }
  return nsPerHit(startedAt, found);
}

/** Of processor time, which other processes disturb less. */
function nsPerHit(startedAt: NodeJS.CpuUsage, found: number): number {
  if (found !== HITS) throw new Error(`Expected ${HITS} hits but got ${found}`);
  const { user, system } = process.cpuUsage(startedAt);
  return ((user + system) * 1_000) / HITS;
}

/** Indexes below `size`, the first the most frequent; the same ones in each run. */
function zipf(length: number, size: number): Uint32Array {
  const upTo = new Float64Array(size);
  let sum = 0;
  for (let rank = 0; rank < size; rank++) upTo[rank] = sum += (rank + 1) ** -0.9;
  let seed = 42;
  return Uint32Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const point = (seed / 2 ** 32) * sum;
    const rank = upTo.findIndex((bound) => point < bound);
    return rank < 0 ? size - 1 : rank;
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1]!;
}

function spread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}
