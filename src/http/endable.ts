export interface EndableHooks<T> {
  /** Called once, whatever the reason for the end. */
  onEnd(): void;
  /** The events to emit when the source fails. */
  afterFailure(error: unknown): AsyncIterable<T>;
}

/**
 * An iterator over the events of `source`, and a function that ends it at once, without waiting for the next event. The iterator
 * then continues with what was passed to `end`: a last event, an error, or nothing.
 */
export function endable<T>(source: AsyncIterable<T>, { onEnd, afterFailure }: EndableHooks<T>) {
  const events = source[Symbol.asyncIterator]();
  /** Replaces the source's events once it is set. */
  let rest: AsyncIterator<T> | undefined;
  /** Resolves the consumer's pending `next`, if there is one. The consumer calls one at a time, as `for await` does. */
  let wake: ((result: Promise<IteratorResult<T>>) => void) | undefined;

  const finish = (after: AsyncIterable<T> = nothing): AsyncIterator<T> => {
    if (rest) return rest;
    rest = after[Symbol.asyncIterator]();
    onEnd();
    return rest;
  };

  /** Not awaited: a generator that waits for its next event returns only after it. */
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
