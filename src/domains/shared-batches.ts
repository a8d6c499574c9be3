import { messageOf } from '../error-message.ts';

/**
 * The batch function of a loader. It returns the values, or errors, in the order of their keys. It must read only the database, as
 * the values of other loaders of its request may be older than the batch.
 */
export type Batch<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

/** The position of a key's value in the result of a running batch. */
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

/** After one second, later requests do not wait for a batch, which may hang. */
const longestSharingMs = 1_000;

/** What requests must have in common to share a batch. */
export interface Share {
  /** Identifies the loader and its scope. */
  readonly name: string;
  /** The logical time of the rows that the batch reads; it advances when one of them is invalidated. */
  readonly stamp: () => number;
}

/** The running batches of one share, which all began at the same logical time. */
interface RunningBatches {
  readonly stamp: number;
  readonly byKey: Map<unknown, SharedValue>;
}

/**
 * The running batches of all requests, so that requests which need the same row at the same time load it once. Values are not kept
 * after their batch has ended. A batch is shared only while the logical time is the same as when it began, so no request gets a
 * value that was invalidated since.
 */
export class SharedBatches {
  readonly #nowMs: () => number;
  readonly #running = new Map<string, RunningBatches>();

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Number of shares with running batches. */
  get size(): number {
    return this.#running.size;
  }

  /** Wraps a batch function so that it joins running batches. Keys with an equal `keyOf` are the same. */
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

/** Waits for the values. When a batch fails, only its own keys get the error. */
async function valuesAt<Value>(places: readonly SharedValue[]): Promise<(Value | Error)[]> {
  const batches = [...new Set(places.map(({ values }) => values))];
  const ended = await Promise.allSettled(batches);
  return places.map(({ values, index }) => {
    const outcome = ended[batches.indexOf(values)]!;
    return outcome.status === 'fulfilled' ? (outcome.value[index] as Value) : asError(outcome.reason);
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(messageOf(reason));
}
