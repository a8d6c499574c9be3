import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { JoinedFrom } from '../graphql/joined-execution.ts';
import type { Making, Recipe, WholeResponse } from './making.ts';

/** A whole response that was joined from fragments alone. It is never served without asking whether they still stand. */
export interface RememberedResponse extends WholeResponse {
  readonly from: JoinedFrom;
}

/** What is known of one request. */
export interface Place {
  readonly key: string;
  /** Undefined since it was seen that it does not stand any more. */
  readonly response: RememberedResponse | undefined;
  /** By which another is made then. */
  readonly recipe: Recipe;
  /** The latest that is being made. */
  making: Making | undefined;
}

interface OwnPlace extends Place {
  response: RememberedResponse | undefined;
  recipe: Recipe;
  bytes: number;
  isUsed: boolean;
}

/**
 * Remembers responses by all of a request that can make a difference: method, address, the headers that are negotiated with,
 * the credential, and the very bytes of the body. Only what the whole pipeline has accepted and answered gets in here.
 */
export class RememberedResponses {
  readonly #maxBytes: number;
  readonly #places = new Map<string, OwnPlace>();
  readonly #expected = new WeakMap<IncomingMessage, string>();
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

  /** A request whose answer may be remembered under this key, when the pipeline has made it. */
  expect(request: IncomingMessage, key: string): void {
    this.#expected.set(request, key);
  }

  /** Undefined when it was not expected. */
  keyOf(request: IncomingMessage): string | undefined {
    return this.#expected.get(request);
  }

  get(key: string): Place | undefined {
    const place = this.#places.get(key);
    if (place) place.isUsed = true;
    return place;
  }

  remember(key: string, { viewer, headers, body, from }: RememberedResponse, recipe: Recipe): void {
    this.outdate(key);
    const response = { viewer, headers, body, from }; // and nothing else that came with it
    const bytes = sizeOf(response);
    if (bytes > this.#maxBytes / 8) return;
    const place = this.#places.get(key) ?? this.#newPlace(key, recipe);
    place.response = response;
    place.recipe = recipe;
    this.#add(place, bytes);
    this.#makeRoom();
  }

  #newPlace(key: string, recipe: Recipe): OwnPlace {
    const state = { response: undefined, making: undefined, bytes: 0, isUsed: false };
    const place: OwnPlace = { key, recipe, ...state };
    this.#places.set(key, place);
    this.#add(place, key.length + sizeOfRecipe(recipe));
    return place;
  }

  /** Its response is not valid any more. What is known of the request stays, so that another can be made. */
  outdate(key: string): void {
    const place = this.#places.get(key);
    if (!place?.response) return;
    this.#add(place, -sizeOf(place.response));
    place.response = undefined;
  }

  forget(key: string): void {
    const place = this.#places.get(key);
    if (!place) return;
    place.making = undefined; // what comes of it is not for another place of this key
    this.#places.delete(key);
    this.#bytes -= place.bytes;
  }

  #add(place: OwnPlace, bytes: number): void {
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
function sizeOf({ from, headers, body }: RememberedResponse): number {
  return 300 + sizeOfHeaders(headers) + body.byteLength + 100 * from.fragments.length;
}

function sizeOfRecipe({ variables, headers }: Recipe): number {
  return 500 + 2 * (variables?.length ?? 0) + sizeOfHeaders(headers);
}

function sizeOfHeaders(headers: readonly string[]): number {
  return 2 * headers.join('').length;
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
