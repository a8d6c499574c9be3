import { GraphQLError } from 'graphql';
import type {
  InvalidInputError,
  LimitReachedError,
  NetworkName,
  ProviderError,
  StaleRevisionError,
  TextLengthUnit,
  TextTooLongError,
  UserError,
} from '../generated/schema.ts';
import { excerpt } from '../text/shown.ts';

type Concrete<T> = T & { __typename: string };
export type AnyUserError = Concrete<UserError>;

/** Refuses a mutation: its transaction rolls back and the payload has `errors`. So an error means that nothing changed. */
export class Refusal extends Error {
  readonly errors: readonly AnyUserError[];
  constructor(errors: readonly AnyUserError[]) {
    super(errors.map((error) => error.message).join(' '));
    this.name = 'Refusal';
    this.errors = errors;
  }
}

type Path = string | readonly string[];
const pathOf = (path: Path | null) => (path === null ? null : ['input', ...(typeof path === 'string' ? [path] : path)]);

/** An invalid input; `path` names the field, beneath `input`. */
export function invalid(path: Path | null, message: string): Concrete<InvalidInputError> {
  return { __typename: 'InvalidInputError', code: 'INVALID', message, path: pathOf(path) };
}

/** A node that does not exist, or that the viewer may not see or change; the error does not tell which. */
export function notFound(path: Path, type: string, id: string): Concrete<InvalidInputError> {
  return {
    __typename: 'InvalidInputError',
    code: 'NOT_FOUND',
    message: `${type} ${excerpt(id, 80)} does not exist, or you may not access it.`,
    path: pathOf(path),
  };
}

/** A state that does not allow the action. */
export function conflict(path: Path | null, message: string): Concrete<InvalidInputError> {
  return { __typename: 'InvalidInputError', code: 'CONFLICT', message, path: pathOf(path) };
}

export function staleRevision(expectedRevision: number, currentRevision: number): Concrete<StaleRevisionError> {
  return {
    __typename: 'StaleRevisionError',
    code: 'STALE_REVISION',
    message: `Changed by another request: expected revision ${expectedRevision}, but got ${currentRevision}. Read it again.`,
    path: ['input', 'expectedRevision'],
    expectedRevision,
    currentRevision,
  };
}

export function textTooLong(
  path: Path,
  limits: { maxLength: number; length: number; unit?: TextLengthUnit; network?: NetworkName },
): Concrete<TextTooLongError> {
  const { maxLength, length, unit = 'GRAPHEMES', network = null } = limits;
  return {
    __typename: 'TextTooLongError',
    code: 'TEXT_TOO_LONG',
    message: `${network ?? 'Magpie'} accepts at most ${maxLength} ${unitNames[unit]}, but got ${length}.`,
    path: pathOf(path),
    network,
    maxLength,
    length,
    unit,
  };
}

const unitNames: Readonly<Record<TextLengthUnit, string>> = {
  GRAPHEMES: 'characters',
  CODE_POINTS: 'characters (Unicode code points)',
  UTF16_UNITS: 'characters (UTF-16 code units)',
  WEIGHTED: 'weighted characters',
  BYTES: 'bytes',
};

/** An exceeded limit; `budget` describes a limit that renews at the end of its period. */
export function limitReached(
  path: Path | null,
  limit: number,
  message: string,
  budget?: { used: number; renewsAt: string },
): Concrete<LimitReachedError> {
  const { used = null, renewsAt = null } = budget ?? {};
  return {
    __typename: 'LimitReachedError',
    code: 'LIMIT_REACHED',
    message,
    path: pathOf(path),
    limit,
    used,
    renewsAt,
  };
}

export function providerFailed(message: string, isRetryable: boolean): Concrete<ProviderError> {
  return { __typename: 'ProviderError', code: 'PROVIDER_FAILED', message, path: null, isRetryable };
}

/** Too many requests in a period. A system error, as no part of the request is executed. `reason` begins its message. */
export function rateLimited(reason: string, retryAfterMs: number): GraphQLError {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new GraphQLError(`${reason}: try again in ${retryAfterSeconds} s.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds },
  });
}

/** An invalid argument of a query. A system error, as queries have no payload for it. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
