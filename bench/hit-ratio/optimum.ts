import type { Trace } from './traces.ts';

/**
 * The most hits that any cache of `capacity` entries can have: Belady's MIN ("A study of replacement algorithms for a
 * virtual-storage computer", 1966), which forgets what is needed last, and does not keep a newcomer that would be it.
 */
export function optimumHits(trace: Trace, capacity: number): number {
  const { requests, keys } = trace;
  const next = nextUses(trace);
  const cachedUntil = new Uint32Array(keys); // position of the next use of a cached key; 0 when it is not cached
  const latest = new LatestUse();
  let cached = 0;
  let hits = 0;
  for (let i = 0; i < requests.length; i++) {
    const key = requests[i]!;
    if (cachedUntil[key] === i && i > 0) {
      hits++;
      cachedUntil[key] = 0;
      cached--;
    }
    const use = next[i]!;
    if (use === NEVER) continue;
    cachedUntil[key] = use;
    latest.push(use);
    if (++cached <= capacity) continue;
    // Uses in the past cannot be the latest while a future one is cached, so the top is always a cached key.
    cachedUntil[requests[latest.pop()]!] = 0;
    cached--;
  }
  return hits;
}

const NEVER = 0xffffffff;

function nextUses({ requests, keys }: Trace): Uint32Array {
  const next = new Uint32Array(requests.length);
  const seen = new Uint32Array(keys).fill(NEVER);
  for (let i = requests.length - 1; i >= 0; i--) {
    const key = requests[i]!;
    next[i] = seen[key]!;
    seen[key] = i;
  }
  return next;
}

/** A binary heap of positions, the latest on top. */
class LatestUse {
  readonly #heap: number[] = [];

  push(use: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(use);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! >= use) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = use;
  }

  pop(): number {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]! > heap[child]!) child++;
      if (heap[child]! <= last) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
