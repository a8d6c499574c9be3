import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { JoinedFrom } from '../graphql/joined-execution.ts';
import type { Making, Recipe, WholeResponse } from './making.ts';
import { isSameKey, ownKey, type RequestKey, sizeOfKey } from './request-key.ts';
import { bearerToken } from './use-authentication.ts';

/** A whole response that was joined from fragments alone. It is never served without asking whether they are still valid. */
export interface RememberedResponse extends WholeResponse {
  readonly from: JoinedFrom;
  /** As the principal was known when it was used last. */
  viewer: Viewer;
}

/** What is known of one request. */
export interface Place {
  readonly key: RequestKey;
  /** The Bearer token in its credential. */
  readonly token: string;
  /** Undefined since it was found not to be valid any more. */
  readonly response: RememberedResponse | undefined;
  /** How another response is made then. */
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

/** Places with the same hash: by chance there is one, and by intent a client finds only its own, as the credential is part of it. */
const maxSameHash = 8;

/**
 * Remembers responses by all of a request that can make a difference: method, address, the headers that are negotiated with,
 * the credential, and the very bytes of the body. Only what the whole pipeline has accepted and answered gets in here.
 */
export class RememberedResponses {
  readonly #maxBytes: number;
  /** In the order in which they were looked at by `#makeRoom`. */
  readonly #places = new Set<OwnPlace>();
  readonly #byHash = new Map<number, OwnPlace[]>();
  readonly #expected = new WeakMap<IncomingMessage, RequestKey>();
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

  /** A request whose response may be remembered under this key, when the pipeline has made it. */
  expect(request: IncomingMessage, key: RequestKey): void {
    this.#expected.set(request, key);
  }

  /** Undefined when it was not expected. */
  keyOf(request: IncomingMessage): RequestKey | undefined {
    return this.#expected.get(request);
  }

  get(key: RequestKey): Place | undefined {
    const place = this.#find(key);
    if (place) place.isUsed = true;
    return place;
  }

  #find(key: RequestKey): OwnPlace | undefined {
    const places = this.#byHash.get(key.hash);
    if (places) for (const place of places) if (isSameKey(place.key, key)) return place;
    return undefined;
  }

  remember(key: RequestKey, remembered: RememberedResponse, recipe: Recipe): void {
    const older = this.#find(key);
    if (older) this.outdate(older);
    const { viewer, headers, idAt, statusAt, body, from } = remembered;
    const response = { viewer, headers, idAt, statusAt, body, from }; // and nothing else that came with it
    const bytes = sizeOf(response);
    if (bytes > this.#maxBytes / 8) return;
    const place = older ?? this.#newPlace(key, recipe);
    place.response = response;
    place.recipe = recipe;
    this.#add(place, bytes);
    this.#makeRoom();
  }

  #newPlace(key: RequestKey, recipe: Recipe): OwnPlace {
    const token = bearerToken(key.authorization)!; // it has been accepted
    const place: OwnPlace = {
      ...{ key: ownKey(key), token, recipe },
      ...{ response: undefined, making: undefined, bytes: 0, isUsed: false },
    };
    const same = this.#byHash.get(key.hash);
    if (same?.length === maxSameHash) this.forget(same[0]!);
    this.#byHash.set(key.hash, [...(this.#byHash.get(key.hash) ?? []), place]);
    this.#places.add(place);
    this.#add(place, sizeOfKey(key) + sizeOfRecipe(recipe));
    return place;
  }

  /** Its response is not valid any more. What is known of the request stays, so that another can be made. */
  outdate(place: Place): void {
    const own = place as OwnPlace;
    if (!own.response || !this.#places.has(own)) return;
    this.#add(own, -sizeOf(own.response));
    own.response = undefined;
  }

  forget(place: Place): void {
    const own = place as OwnPlace;
    if (!this.#places.delete(own)) return;
    own.making = undefined; // what comes of it is not for another place of this key
    const same = this.#byHash.get(own.key.hash)!.filter((one) => one !== own);
    if (same.length > 0) this.#byHash.set(own.key.hash, same);
    else this.#byHash.delete(own.key.hash);
    this.#bytes -= own.bytes;
  }

  #add(place: OwnPlace, bytes: number): void {
    place.bytes += bytes;
    this.#bytes += bytes;
  }

  /** The oldest go, but for those that were used since they were looked at last. */
  #makeRoom(): void {
    for (const place of this.#places) {
      if (this.#bytes <= this.#maxBytes) break;
      if (place.isUsed) {
        place.isUsed = false;
        this.#places.delete(place);
        this.#places.add(place);
      } else this.forget(place);
    }
  }
}

/** About; what belongs to the cache is counted there. */
function sizeOf({ from, headers, body }: RememberedResponse): number {
  return 300 + sizeOfHeaders(headers) + body.length + 100 * from.fragments.length;
}

function sizeOfRecipe({ variables, headers }: Recipe): number {
  return 500 + 2 * (variables?.length ?? 0) + sizeOfHeaders(headers);
}

function sizeOfHeaders(headers: readonly string[]): number {
  return 2 * headers.join('').length;
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
    const { kind, tokenId, userId, makerId, role, workspaceId, accountIds, timeZone, weekStartsOn } = viewer;
    identity = JSON.stringify([kind, tokenId, userId, makerId, role, workspaceId, accountIds, timeZone, weekStartsOn]);
    identities.set(viewer, identity);
  }
  return identity;
}
