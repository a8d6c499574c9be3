import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { JoinedFrom } from '../graphql/joined-execution.ts';

/** A whole response that was joined from fragments alone. It is never served without asking whether they still stand. */
export interface RememberedResponse {
  readonly from: JoinedFrom;
  /** `identityOf` the viewer that it was made for. */
  readonly identity: string;
  /** Names and values in turn, all but those that each response has of its own. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/**
 * Remembers responses by all of a request that can make a difference: method, address, the headers that are negotiated with,
 * the credential, and the very bytes of the body. Only what the whole pipeline has accepted and answered gets in here.
 */
export class RememberedResponses {
  readonly #maxBytes: number;
  readonly #responses = new Map<string, { readonly response: RememberedResponse; isUsed: boolean }>();
  readonly #keys = new WeakMap<IncomingMessage, string>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#responses.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A request that may be remembered when it is answered. */
  expect(request: IncomingMessage, key: string): void {
    this.#keys.set(request, key);
  }

  get(key: string): RememberedResponse | undefined {
    const found = this.#responses.get(key);
    if (found) found.isUsed = true;
    return found?.response;
  }

  remember(request: IncomingMessage, response: RememberedResponse): void {
    const key = this.#keys.get(request);
    if (key === undefined) return;
    this.forget(key);
    const bytes = sizeOf(key, response);
    if (bytes > this.#maxBytes / 8) return;
    this.#responses.set(key, { response, isUsed: false });
    this.#bytes += bytes;
    for (const [oldest, place] of this.#responses) {
      if (this.#bytes <= this.#maxBytes) break;
      if (place.isUsed) {
        place.isUsed = false;
        this.#responses.delete(oldest);
        this.#responses.set(oldest, place);
      } else this.forget(oldest);
    }
  }

  forget(key: string): void {
    const response = this.#responses.get(key)?.response;
    if (!response) return;
    this.#responses.delete(key);
    this.#bytes -= sizeOf(key, response);
  }
}

function sizeOf(key: string, { from, headers, body }: RememberedResponse): number {
  const found = from.fragments.reduce((sum, fragment) => sum + fragment.key.length + fragment.id.length, 200);
  return key.length + body.byteLength + headers.reduce((sum, text) => sum + text.length, found);
}

/** Everything of a request that its answer can depend on, the time and the data apart. */
export function requestKey({ method, url, headers }: IncomingMessage, body: Buffer | undefined): string {
  const { authorization, accept, origin } = headers;
  return [
    method,
    url,
    authorization,
    accept,
    headers['accept-encoding'],
    origin,
    headers['content-type'],
    headers['content-encoding'],
    body?.toString('latin1') ?? '',
  ].join('\n');
}

const identities = new WeakMap<Viewer, string>();

/** All of a viewer that an answer can depend on: the same text means the same answers. */
export function identityOf(viewer: Viewer): string {
  let identity = identities.get(viewer);
  if (identity === undefined) {
    const { kind, tokenId, userId, role, workspaceId, accountIds, timeZone, weekStartsOn } = viewer;
    identity = JSON.stringify([kind, tokenId, userId, role, workspaceId, accountIds, timeZone, weekStartsOn]);
    identities.set(viewer, identity);
  }
  return identity;
}
