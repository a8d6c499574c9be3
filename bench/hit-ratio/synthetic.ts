import { createRandom, createZipf } from './random.ts';
import { numbered, type Trace } from './traces.ts';

const APART = 1 << 22; // first key of those that are no part of the usual ones

/** The synthetic mixes, each of `length` requests, the same for the same seed. */
export function syntheticTraces(length: number, seed: number): Trace[] {
  return Object.entries(mixes).map(([name, mix], index) => {
    const next = mix(createRandom(seed * 1_000 + index));
    return numbered(name, Array.from({ length }, next));
  });
}

type Random = () => number;
type Mix = (random: Random) => () => number;

/** Those up to the loops reward frequency; from the sessions on recency is what counts, where LRU is hard to beat. */
const mixes: Record<string, Mix> = {
  'Zipf 0.8 of 1,000': (random) => zipf(random, 1_000, 0.8),
  'Zipf 1.0 of 1,000': (random) => zipf(random, 1_000, 1),
  'Zipf 1.0 of 10,000': (random) => zipf(random, 10_000, 1),
  'Zipf 1.0 with scans': withScans,
  'Zipf 1.0, half one-hit keys': withOneHitKeys,
  'drifting Zipf 1.0': drifting,
  'changing phases': phases,
  'loop of 350': () => loop(350),
  'loop and Zipf 0.9': loopAndZipf,
  sessions,
  'sliding window': sliding,
  'batches in passes': batches,
  'recent keys only': recentOnly,
  'exponential stack': exponentialStack,
};

function zipf(random: Random, keys: number, exponent: number): () => number {
  const draw = createZipf(keys, exponent);
  return () => draw(random);
}

function loop(keys: number): () => number {
  let request = 0;
  return () => request++ % keys;
}

/** A tenth of the requests walk over 5,000 keys, 500 at a time. */
function withScans(random: Random): () => number {
  const next = zipf(random, 2_000, 1);
  const scan = loop(5_000);
  let request = 0;
  return () => (request++ % 5_000 < 500 ? APART + scan() : next());
}

function withOneHitKeys(random: Random): () => number {
  const next = zipf(random, 2_000, 1);
  let once = APART;
  return () => (random() < 0.5 ? once++ : next());
}

/** The popular keys move on by one every 50 requests. */
function drifting(random: Random): () => number {
  const next = zipf(random, 1_000, 1);
  let request = 0;
  return () => next() + Math.floor(request++ / 50);
}

/** A new set of keys every 20,000 requests, by turns skewed and nearly even. */
function phases(random: Random): () => number {
  const skewed = zipf(random, 800, 1.1);
  const even = zipf(random, 400, 0.4);
  let request = 0;
  return () => {
    const phase = Math.floor(request++ / 20_000);
    return phase * 1_000 + (phase % 2 === 0 ? skewed() : even());
  };
}

/** A third of the requests walk in a loop of 300 keys. */
function loopAndZipf(random: Random): () => number {
  const next = zipf(random, 2_000, 0.9);
  const walk = loop(300);
  return () => (random() < 1 / 3 ? APART + walk() : next());
}

/** Ten at a time, each of 120 requests for 20 keys of its own. */
function sessions(random: Random): () => number {
  const open: { readonly firstKey: number; left: number }[] = [];
  let nextKey = 0;
  return () => {
    for (; open.length < 10; nextKey += 20) open.push({ firstKey: nextKey, left: 120 });
    const at = Math.floor(random() * open.length);
    const session = open[at]!;
    if (--session.left === 0) open.splice(at, 1);
    return session.firstKey + Math.floor(random() * 20);
  };
}

/** Nearly even over 200 keys, a window that moves on by one every four requests. */
function sliding(random: Random): () => number {
  const next = zipf(random, 200, 0.3);
  let request = 0;
  return () => next() + Math.floor(request++ / 4);
}

/** A job goes two to four times over a batch of 70 keys, then takes the next; every third request is for a shared key. */
function batches(random: Random): () => number {
  let firstKey = APART;
  let passes = 3;
  let step = 0;
  return () => {
    if (random() < 0.3) return Math.floor(random() * random() * 100);
    if (step === 70 * passes) {
      firstKey += 70;
      passes = 2 + Math.floor(random() * 3);
      step = 0;
    }
    return firstKey + (step++ % 70);
  };
}

/** Each key is requested three times while thirty requests pass or so, then never again. */
function recentOnly(random: Random): () => number {
  const due: number[] = [];
  let key = 0;
  return () => {
    if (due.length < 30) {
      key++;
      due.push(key, key, key);
    }
    const at = Math.floor(random() * due.length);
    const next = due[at]!;
    due[at] = due.at(-1)!;
    due.pop();
    return next;
  };
}

/** A quarter of the requests are for new keys, the others for one at an exponential depth of the stack of recent ones. */
function exponentialStack(random: Random): () => number {
  const stack: number[] = [];
  let newest = 0;
  return () => {
    const depth = Math.floor(-40 * Math.log(1 - random()));
    const isNew = random() < 0.25 || depth >= stack.length;
    const key = isNew ? newest++ : stack.splice(stack.length - 1 - depth, 1)[0]!;
    stack.push(key);
    if (stack.length > 2_000) stack.shift();
    return key;
  };
}
