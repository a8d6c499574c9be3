export interface Gate<T> {
  readonly promise: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
  /** How often `load` was called. */
  loads: number;
  readonly load: () => Promise<T>;
}

/** A load that ends when the test says so. */
export function createGate<T>(): Gate<T> {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  promise.catch(() => {});
  const gate = {
    promise,
    open,
    fail,
    loads: 0,
    load: () => {
      gate.loads++;
      return promise;
    },
  };
  return gate;
}

/** Loads for which the test does not wait may go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
