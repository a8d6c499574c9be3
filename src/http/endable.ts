/**
 * The same events, with an end that can be called from outside: it does not wait for the next one. `onEnd` runs once, however it
 * ends.
 */
export function endable<T>(source: AsyncIterable<T>, onEnd: () => void) {
  const events = source[Symbol.asyncIterator]();
  let isOver = false;
  let lastEvent: IteratorResult<T> | undefined;
  /** Of the consumer who waits for the next event, if there is one; one at a time, as `for await` does. */
  let wake: ((result: IteratorResult<T>) => void) | undefined;

  const finish = () => {
    if (isOver) return;
    isOver = true;
    onEnd();
  };
  const takeLast = (): IteratorResult<T> => {
    const taken = lastEvent;
    lastEvent = undefined;
    return taken ?? { done: true, value: undefined };
  };

  const iterator: AsyncIterableIterator<T> = {
    next() {
      if (isOver) return Promise.resolve(takeLast());
      return new Promise((resolve, reject) => {
        wake = resolve;
        events.next().then(
          (result) => {
            wake = undefined;
            if (result.done) finish();
            resolve(result);
          },
          (error: unknown) => {
            wake = undefined;
            finish();
            reject(error);
          },
        );
      });
    },
    async return() {
      finish();
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };

  const end = (event?: T) => {
    if (isOver) return;
    finish();
    if (event !== undefined) lastEvent = { done: false, value: event };
    wake?.(takeLast());
    // A generator that waits for its next event returns only then; nobody waits for it.
    void Promise.resolve(events.return?.()).catch(() => {});
  };

  return { iterator, end };
}
