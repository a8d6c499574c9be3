import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { JoinedFrom } from '../graphql/joined-execution.ts';
import { requestIdFrom } from './use-request-id.ts';

/** A whole response that was joined from fragments alone. It is never served without asking whether they still stand. */
export interface RememberedResponse {
  readonly from: JoinedFrom;
  /** Whom it was made for. */
  readonly viewer: Viewer;
  /** Names and values in turn, all but those that each response has of its own. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** The same headers as lines, once they were needed so. */
  head?: string;
}

/** What there was in the bytes of a request that asks for a remembered response. */
export interface KnownRequest {
  readonly key: string;
  readonly token: string;
  readonly method: string;
}

interface Place {
  readonly key: string;
  readonly response: RememberedResponse;
  /** As known requests have them. */
  readonly texts: string[];
  bytes: number;
  isUsed: boolean;
}

/** Clients differ in headers that make no difference; of those that do so in each request, none comes a second time. */
const maxTexts = 4;
const maxTextChars = 16 * 1024;

/**
 * Remembers responses by all of a request that can make a difference: method, address, the headers that are negotiated with,
 * the credential, and the very bytes of the body. Only what the whole pipeline has accepted and answered gets in here.
 */
export class RememberedResponses {
  readonly #maxBytes: number;
  readonly #places = new Map<string, Place>();
  readonly #known = new Map<string, KnownRequest & { readonly place: Place }>();
  readonly #keys = new WeakMap<IncomingMessage, string>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#places.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A request that may be remembered when it is answered. */
  expect(request: IncomingMessage, key: string): void {
    this.#keys.set(request, key);
  }

  get(key: string): RememberedResponse | undefined {
    const place = this.#places.get(key);
    if (place) place.isUsed = true;
    return place?.response;
  }

  /** By all of a request's text; see `untraced`. */
  known(text: string): (KnownRequest & { readonly place: { readonly response: RememberedResponse } }) | undefined {
    const known = this.#known.get(text);
    if (known) known.place.isUsed = true;
    return known;
  }

  remember(request: IncomingMessage, response: RememberedResponse): void {
    const key = this.#keys.get(request);
    if (key === undefined) return;
    this.forget(key);
    const bytes = sizeOf(key, response);
    if (bytes > this.#maxBytes / 8) return;
    this.#places.set(key, { key, response, texts: [], bytes, isUsed: false });
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** From now on this text asks for the remembered response. */
  know(text: string, request: KnownRequest): void {
    const place = this.#places.get(request.key);
    if (!place || text.length > maxTextChars || this.#known.has(text)) return;
    if (place.texts.length === maxTexts) this.#unknow(place.texts.shift()!, place);
    place.texts.push(text);
    this.#known.set(text, { ...request, place });
    this.#add(place, sizeOfText(text));
    this.#makeRoom();
  }

  forget(key: string): void {
    const place = this.#places.get(key);
    if (!place) return;
    for (const text of place.texts) this.#unknow(text, place);
    this.#places.delete(key);
    this.#bytes -= place.bytes;
  }

  #unknow(text: string, place: Place): void {
    this.#known.delete(text);
    this.#add(place, -sizeOfText(text));
  }

  #add(place: Place, bytes: number): void {
    place.bytes += bytes;
    this.#bytes += bytes;
  }

  /** The oldest go, but for those that were used since they were looked at last. */
  #makeRoom(): void {
    for (const [oldest, place] of this.#places) {
      if (this.#bytes <= this.#maxBytes) break;
      if (place.isUsed) {
        place.isUsed = false;
        this.#places.delete(oldest);
        this.#places.set(oldest, place);
      } else this.forget(oldest);
    }
  }
}

/** About; what belongs to the cache is counted there. */
function sizeOf(key: string, { from, headers, body }: RememberedResponse): number {
  const texts = headers.reduce((sum, text) => sum + text.length, key.length);
  return 300 + texts + body.byteLength + 100 * from.fragments.length;
}

function sizeOfText(text: string): number {
  return 200 + text.length;
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

/** Headers by which proxies and tracers tell requests apart, of which no answer depends but for its own `x-request-id`. */
const traces =
  /\r\n(x-request-id|x-correlation-id|x-amzn-trace-id|x-cloud-trace-context|traceparent|tracestate):([\t -~]*)(?=\r\n[!-~]|$)/gi;

/** A request's text, its bytes as Latin-1, without the headers that trace it. Undefined when there are none. */
export function untraced(text: string): { text: string; requestId: string | undefined } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const ids: string[] = [];
  const head = text.slice(0, end).replace(traces, (_, name: string, value: string) => {
    if (name.toLowerCase() === 'x-request-id') ids.push(value.trim());
    return '';
  });
  if (head.length === end) return undefined;
  return { text: head + text.slice(end), requestId: ids.length === 1 ? requestIdFrom(ids[0]) : undefined };
}

const identities = new WeakMap<Viewer, string>();

/** Whether two viewers are given the same answers. */
export function isSame(one: Viewer, other: Viewer): boolean {
  return one === other || identityOf(one) === identityOf(other);
}

/** All of a viewer that an answer can depend on. */
function identityOf(viewer: Viewer): string {
  let identity = identities.get(viewer);
  if (identity === undefined) {
    const { kind, tokenId, userId, role, workspaceId, accountIds, timeZone, weekStartsOn } = viewer;
    identity = JSON.stringify([kind, tokenId, userId, role, workspaceId, accountIds, timeZone, weekStartsOn]);
    identities.set(viewer, identity);
  }
  return identity;
}
