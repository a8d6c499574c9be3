/** What a loader is made of: values in the order of their keys; an error in the place of one. */
export type Batch<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

/** Where the value of a key is to be found when a batch that runs has ended. */
interface Place {
  readonly values: Promise<readonly unknown[]>;
  readonly index: number;
  readonly startedAtMs: number;
}

/** Who comes later does not wait with the others for a batch that may hang. */
const longestSharingMs = 1_000;

/**
 * Batches that run, so that requests which need the same row at the same time load it once. Nothing outlasts its batch, and
 * nobody is given what began to load before something was invalidated: a batch is shared only while the logical clock stands
 * where it stood when the batch began.
 */
export class SharedLoads {
  readonly #stamp: () => number;
  readonly #nowMs: () => number;
  #sharedAt = -1;
  #running = new Map<string, Map<unknown, Place>>();

  constructor(stamp: () => number, nowMs = () => performance.now()) {
    this.#stamp = stamp;
    this.#nowMs = nowMs;
  }

  /** `name` tells the loader and the scope that it stays within; `keyOf` what makes two of its keys the same. */
  share<Key, Value>(
    name: string,
    batch: Batch<Key, Value>,
    keyOf: (key: Key) => unknown = (key) => key,
  ): Batch<Key, Value> {
    return async (keys) => {
      const running = this.#runningNow(name);
      const startedAtMs = this.#nowMs();
      const places = keys.map((key) => running.get(keyOf(key)));
      const isOwn = (place: Place | undefined) => !place || startedAtMs - place.startedAtMs >= longestSharingMs;
      const own = keys.filter((_, at) => isOwn(places[at]));
      if (own.length > 0) {
        const values = batch(own);
        own.forEach((key, index) => void running.set(keyOf(key), { values, index, startedAtMs }));
        const end = () => {
          for (const key of own) if (running.get(keyOf(key))?.values === values) running.delete(keyOf(key));
          if (running.size === 0 && this.#running.get(name) === running) this.#running.delete(name);
        };
        values.then(end, end);
      }
      return await valuesAt(keys.map((key, at) => (isOwn(places[at]) ? running.get(keyOf(key))! : places[at]!)));
    };
  }

  #runningNow(name: string): Map<unknown, Place> {
    const stamp = this.#stamp();
    if (stamp !== this.#sharedAt) {
      this.#sharedAt = stamp;
      this.#running = new Map();
    }
    const running = this.#running.get(name) ?? new Map<unknown, Place>();
    this.#running.set(name, running);
    return running;
  }
}

/** A batch that fails is an error in the places of its own keys alone. */
async function valuesAt<Value>(places: readonly Place[]): Promise<(Value | Error)[]> {
  const ended = new Map<Place['values'], readonly unknown[] | Error>();
  await Promise.all(
    [...new Set(places.map(({ values }) => values))].map(async (values) => {
      ended.set(values, await values.catch((error) => error as Error));
    }),
  );
  return places.map(({ values, index }) => {
    const all = ended.get(values)!;
    return all instanceof Error ? all : (all[index] as Value | Error);
  });
}
