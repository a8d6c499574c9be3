/** A load exceeded its time limit. Its waiters receive this error; the load itself continues and may still fill the cache. */
export class LoadTimeoutError extends Error {
  override readonly name = 'LoadTimeoutError';

  constructor(key: string, limitMs: number) {
    super(`Expected the load of "${key}" to end within ${limitMs} ms but got no result`);
  }
}

/** A load was needed after the cache was closed. */
export class CacheClosedError extends Error {
  override readonly name = 'CacheClosedError';

  constructor(key: string) {
    super(`Expected a cache in use but got a load of "${key}" after it was closed`);
  }
}

/** A report of a load that failed or exceeded its time limit. */
export interface LoadFailure {
  readonly category: string;
  /** Coordinate of the field whose lookup loads; empty if the lookup named none. */
  readonly coordinate: string;
  readonly error: unknown;
  /** Whether no reader receives the error: an expired entry was served instead, or the load was a background refresh. */
  readonly isHidden: boolean;
}

/** A key or tag that the cache does not accept: too long, an engine tag, or built from a value without a canonical text. */
export class KeyError extends TypeError {
  override readonly name = 'KeyError';
}

/** The limit of concurrent loads is reached, most likely because loads hang. */
export class LoadLimitError extends Error {
  override readonly name = 'LoadLimitError';

  constructor(key: string, maxFlights: number) {
    super(`Expected fewer than ${maxFlights} loads at once but got one more, for "${key}"`);
  }
}
