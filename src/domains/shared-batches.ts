import { wordsOf } from '../error-words.ts';

/**
 * What a loader is made of: values in the order of their keys; an error in the place of one. It reads nothing but the database: what
 * a loader of its request remembers may be older than the batch.
 */
export type Batch<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

/** Where the value of a key is to be found when a batch that runs has ended. */
interface SharedValue {
  readonly values: Promise<readonly unknown[]>;
  readonly index: number;
  readonly startedAtMs: number;
}

interface EndedBatch {
  readonly name: string;
  readonly running: RunningBatches;
  readonly ownNames: readonly unknown[];
  readonly values: Promise<readonly unknown[]>;
}

/** Who comes later does not wait with the others for a batch that may hang. */
const longestSharingMs = 1_000;

/** Who may share a batch. */
export interface Share {
  /** Tells the loader, and the scope that it stays within. */
  readonly name: string;
  /** The logical time of what the batch reads: it moves when any of that is invalidated. */
  readonly stamp: () => number;
}

/** What runs in one share, all of it begun at one logical time. */
interface RunningBatches {
  readonly stamp: number;
  readonly byKey: Map<unknown, SharedValue>;
}

/**
 * Batches that run, so that requests which need the same row at the same time load it once. Nothing outlasts its batch, and
 * nobody is given what began to load before something of it was invalidated: a batch is shared only while its logical clock stands
 * where it stood when the batch began.
 */
export class SharedBatches {
  readonly #nowMs: () => number;
  readonly #running = new Map<string, RunningBatches>();

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Loaders of scopes of which something runs that may be shared. */
  get size(): number {
    return this.#running.size;
  }

  /** `keyOf` tells what makes two of its keys the same. */
  share<Key, Value>(
    share: Share,
    batch: Batch<Key, Value>,
    keyOf: (key: Key) => unknown = (key) => key,
  ): Batch<Key, Value> {
    return async (keys) => {
      const runningBatches = this.#runningNow(share);
      const { byKey } = runningBatches;
      const startedAtMs = this.#nowMs();
      const names = keys.map(keyOf);
      const joined = names.map((one) => {
        const sharedValue = byKey.get(one);
        return sharedValue && startedAtMs - sharedValue.startedAtMs < longestSharingMs ? sharedValue : undefined;
      });
      const ownKeys = keys.filter((_, at) => !joined[at]);
      if (ownKeys.length === 0) return await valuesAt(joined as SharedValue[]);
      const values = checkedBatch(batch, ownKeys);
      const ownNames = names.filter((_, at) => !joined[at]);
      ownNames.forEach((one, index) => void byKey.set(one, { values, index, startedAtMs }));
      const ended = { name: share.name, running: runningBatches, ownNames, values };
      values.then(
        () => this.#end(ended),
        () => this.#end(ended),
      );
      if (ownKeys.length === keys.length) return await values;
      return await valuesAt(names.map((one, at) => joined[at] ?? byKey.get(one)!));
    };
  }

  #end({ name, running: runningBatches, ownNames, values }: EndedBatch): void {
    const { byKey } = runningBatches;
    for (const one of ownNames) if (byKey.get(one)?.values === values) byKey.delete(one);
    if (byKey.size === 0 && this.#running.get(name) === runningBatches) this.#running.delete(name);
  }

  #runningNow({ name, stamp }: Share): RunningBatches {
    const now = stamp();
    const runningBatches = this.#running.get(name);
    if (runningBatches?.stamp === now) return runningBatches;
    const begun: RunningBatches = { stamp: now, byKey: new Map() };
    this.#running.set(name, begun);
    return begun;
  }
}

async function checkedBatch<Key, Value>(
  batch: Batch<Key, Value>,
  keys: readonly Key[],
): Promise<readonly (Value | Error)[]> {
  const values = await batch(keys);
  if (values.length === keys.length) return values;
  throw new TypeError(`expected a value for each of ${keys.length} keys, but got ${values.length}`);
}

/** A batch that fails is an error in the places of its own keys alone. */
async function valuesAt<Value>(places: readonly SharedValue[]): Promise<(Value | Error)[]> {
  const batches = [...new Set(places.map(({ values }) => values))];
  const ended = await Promise.allSettled(batches);
  return places.map(({ values, index }) => {
    const outcome = ended[batches.indexOf(values)]!;
    return outcome.status === 'fulfilled' ? (outcome.value[index] as Value) : asError(outcome.reason);
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(wordsOf(reason));
}
