/** Those who wait for a load get this when it takes longer than its limit; the load itself goes on and may fill the cache. */
export class LoadTimeoutError extends Error {
  override readonly name = 'LoadTimeoutError';

  constructor(key: string, limitMs: number) {
    super(`Expected the load of "${key}" to end within ${limitMs} ms but got no answer`);
  }
}

/** A load that failed, or took longer than its limit. */
export interface LoadFailure {
  readonly category: string;
  /** Of the field that asked; empty when none did. */
  readonly coordinate: string;
  readonly error: unknown;
  /** Whether nobody who asks is given the error: an expired entry answered, or nobody waited as it was a refresh. */
  readonly isHidden: boolean;
}

/** A key or a tag under which nothing can be kept: too long, one of the engine's own, or made of what no text can tell apart. */
export class KeyError extends TypeError {
  override readonly name = 'KeyError';
}

/** As many loads are running as may run at once, most likely because they hang. */
export class LoadLimitError extends Error {
  override readonly name = 'LoadLimitError';

  constructor(key: string, maxFlights: number) {
    super(`Expected fewer than ${maxFlights} loads at once but got one more, for "${key}"`);
  }
}
