/** An answer that says why not. Its code is GraphQL's, or `UNREACHABLE` when there was no answer. */
export class RequestError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }

  /** Whether another token is needed. */
  get isAboutToken(): boolean {
    return this.code === 'UNAUTHENTICATED' || this.code === 'FORBIDDEN';
  }
}

export type Request = <Result>(query: string, variables?: object) => Promise<Result>;

/** Relative to `/dashboard`, so that it also works under a path prefix of a proxy. */
export const endpoint = 'graphql';
/** Milliseconds without an answer after which the server counts as unreachable. */
const patienceMs = 10_000;

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/**
 * Creates a function that sends queries and mutations with a token. It rejects with a `RequestError`. Throws a `TypeError` for a
 * token that no header can hold.
 */
export function createRequest(token: string): Request {
  const headers = new Headers({
    ...{ 'content-type': 'application/json', accept: 'application/json' },
    authorization: `Bearer ${token}`,
  });
  return async <Result>(query: string, variables: object = {}) => {
    const answer = await post<Result>(headers, { query, variables }).catch((error: Error) => {
      throw new RequestError(`The server does not answer: ${error.message}.`, 'UNREACHABLE');
    });
    const [error] = answer.errors ?? [];
    if (error) throw new RequestError(error.message, error.extensions?.code ?? 'UNKNOWN');
    if (answer.data == null) throw new RequestError('The server sent no data.', 'UNREACHABLE');
    return answer.data;
  };
}

async function post<Result>(headers: Headers, body: object): Promise<Answer<Result>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMs),
  });
  return await response.json();
}
