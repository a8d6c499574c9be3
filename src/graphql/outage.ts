import { LoadLimitError, LoadTimeoutError } from '@magpie/cache';
import { type Failure, failureOf } from '../database/errors.ts';

/** The response to a failure that is neither the client's mistake nor a bug. */
export interface Outage {
  readonly code: 'UNAVAILABLE' | 'TIMEOUT' | 'OUTCOME_UNKNOWN';
  readonly message: string;
  /** HTTP status of a response without other data or errors. */
  readonly status: number;
  /** When to repeat the request; undefined if it would probably fail again, or could take effect twice. */
  readonly retryAfterSeconds?: number;
}

const outages: Readonly<Record<Failure, Outage>> = {
  unavailable: {
    code: 'UNAVAILABLE',
    message: 'The server cannot process this at the moment; try again shortly.',
    status: 503,
    retryAfterSeconds: 5,
  },
  tooSlow: {
    code: 'TIMEOUT',
    message:
      'A database statement took too long and was cancelled; nothing was written. Request less, or try again later.',
    status: 504,
  },
  unknownOutcome: {
    code: 'OUTCOME_UNKNOWN',
    message:
      'The connection was lost during the commit, so the outcome is unknown. Read the data before you repeat the mutation.',
    status: 500,
  },
};

/** Returns the outage of an error; undefined for any other error. */
export function outageOf(error: unknown): Outage | undefined {
  if (error instanceof LoadTimeoutError || error instanceof LoadLimitError) return outages.unavailable;
  const failure = failureOf(error);
  return failure && outages[failure];
}
