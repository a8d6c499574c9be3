/**
 * What a request needs is unavailable. Of the database: nothing listens, the connection is lost, or no connection became free in time;
 * the outcome of a COMMIT is then unknown, and any other statement had no effect.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}
