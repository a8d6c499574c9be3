import { type Client, createClient, type FormattedExecutionResult } from 'graphql-ws/client';
import { RequestError } from './request-error.ts';

/** Sends a query or mutation. Rejects with a `RequestError`. */
export type Request = <Result>(query: string, variables?: object) => Promise<Result>;

/**
 * The one WebSocket of a session. All operations go over it, so that all figures come from one process, whatever stands behind the
 * address. The first operation opens it, also after it was lost, and it closes with the last one.
 */
export interface Connection {
  readonly request: Request;
  /**
   * Yields what a subscription sends. Ends, or throws a `RequestError`, when the connection does. Aborting gives the connection up:
   * what runs may end on it, and the next operation opens another.
   */
  follow<Result>(query: string, signal: AbortSignal): AsyncGenerator<Result>;
  close(): void;
}

/** Relative to `/dashboard`, so that it also works under a path prefix of a proxy. */
const endpoint = 'graphql';
/** Milliseconds without an answer after which the server counts as unreachable. */
const patienceMs = 10_000;
/** Milliseconds without an operation after which the WebSocket closes. */
const idleMs = 1_000;
/** The close code of a WebSocket whose token is not valid. */
const notSignedIn = 4401;

export function openConnection(token: string): Connection {
  const create = () =>
    createClient({
      url: new URL(endpoint, location.href).href.replace(/^http/, 'ws'),
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0, // the next operation opens it again
      lazyCloseTimeout: idleMs,
    });
  let client = create();
  return {
    request: (query, variables = {}) => ask(client, { query, variables: { ...variables } }),
    async *follow<Result>(query: string, signal: AbortSignal) {
      const answers = client.iterate<Result>({ query });
      const giveUp = () => {
        client = create();
        void answers.throw?.(unreachable('it is silent'));
        void answers.return?.();
      };
      signal.addEventListener('abort', giveUp);
      try {
        for await (const answer of answers) yield dataOf(answer);
      } catch (error) {
        throw asRequestError(error);
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    close: () => void client.dispose(),
  };
}

function ask<Result>(client: Client, operation: { query: string; variables: Record<string, unknown> }) {
  return new Promise<Result>((resolve, reject) => {
    const refuse = (error: unknown) => reject(asRequestError(error));
    const end = client.subscribe<Result>(operation, {
      next: (answer) => {
        try {
          resolve(dataOf(answer));
        } catch (error) {
          refuse(error);
        }
      },
      error(error) {
        clearTimeout(timeout);
        refuse(error);
      },
      complete() {
        clearTimeout(timeout);
        refuse(unreachable('it sent no data'));
      },
    });
    const timeout = setTimeout(() => {
      refuse(unreachable('it took too long'));
      end();
    }, patienceMs);
  });
}

function dataOf<Result>({ data, errors }: FormattedExecutionResult<Result, unknown>): Result {
  if (errors?.[0]) throw refusalOf(errors[0]);
  if (data == null) throw unreachable('it sent no data');
  return data;
}

/** From a close event, a list of GraphQL errors, or what the network threw. */
function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (Array.isArray(error)) return refusalOf(error[0]);
  if (error instanceof CloseEvent && error.code === notSignedIn)
    return new RequestError(error.reason, 'UNAUTHENTICATED');
  return unreachable('there is no connection');
}

function refusalOf({ message, extensions }: { message: string; extensions?: Record<string, unknown> }): RequestError {
  return new RequestError(message, String(extensions?.code));
}

function unreachable(why: string): RequestError {
  return new RequestError(`The server does not answer: ${why}.`, 'UNREACHABLE');
}
