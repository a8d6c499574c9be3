export interface EndableHooks<T> {
  /** Runs once, however it ends. */
  onEnd(): void;
  /** What is left to be told when the source fails. */
  afterFailure(error: unknown): AsyncIterable<T>;
}

/**
 * The same events, with an end that can be called from outside: it does not wait for the next one. What is told then, be it a last
 * event or an error, is the rest that is given to `end`.
 */
export function endable<T>(source: AsyncIterable<T>, { onEnd, afterFailure }: EndableHooks<T>) {
  const events = source[Symbol.asyncIterator]();
  /** What comes instead of the source's events; undefined as long as those come. */
  let rest: AsyncIterator<T> | undefined;
  /** Of the consumer who waits for the next event, if there is one; one at a time, as `for await` does. */
  let wake: ((result: Promise<IteratorResult<T>>) => void) | undefined;

  const finish = (after: AsyncIterable<T> = nothing): AsyncIterator<T> => {
    if (rest) return rest;
    rest = after[Symbol.asyncIterator]();
    onEnd();
    return rest;
  };

  /** A generator that waits for its next event returns only then; nobody waits for it. */
  const leave = () => void Promise.resolve(events.return?.()).catch(() => {});

  const iterator: AsyncIterableIterator<T> = {
    next() {
      if (rest) return rest.next();
      return new Promise((resolve) => {
        wake = resolve;
        events.next().then(
          (result) => {
            wake = undefined;
            resolve(result.done ? finish().next() : result);
          },
          (error: unknown) => {
            wake = undefined;
            if (!rest) resolve(finish(afterFailure(error)).next());
          },
        );
      });
    },
    async return() {
      finish();
      leave();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };

  const end = (after?: AsyncIterable<T>) => {
    if (rest) return;
    const last = finish(after);
    wake?.(last.next());
    leave();
  };

  return { iterator, end };
}

const nothing: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};
