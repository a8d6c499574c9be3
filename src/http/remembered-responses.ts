import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { JoinedFragments } from '../graphql/joined-execution.ts';
import type { PendingResponse, PreparedRequest, ResponseTemplate } from './pending-response.ts';
import { copyOfKey, isSameKey, type RequestKey, sizeOfKey } from './request-key.ts';
import { bearerToken } from './use-authentication.ts';

/** A whole response that was joined from fragments alone. It is never served without asking whether they are still valid. */
export interface RememberedResponse extends ResponseTemplate {
  readonly joined: JoinedFragments;
  /** As the principal was known when it was used last. */
  viewer: Viewer;
}

/** What is known of one request. */
export interface RequestSlot {
  readonly key: RequestKey;
  /** The Bearer token in its credential. */
  readonly token: string;
  /** Undefined since it was found not to be valid any more. */
  readonly response: RememberedResponse | undefined;
  /** How another response is made then. */
  readonly prepared: PreparedRequest;
  /** The latest that is being made. */
  pending: PendingResponse | undefined;
}

interface MutableSlot extends RequestSlot {
  response: RememberedResponse | undefined;
  prepared: PreparedRequest;
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
  readonly #slots = new Set<MutableSlot>();
  readonly #byHash = new Map<number, MutableSlot[]>();
  readonly #expected = new WeakMap<IncomingMessage, RequestKey>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#slots.size;
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

  get(key: RequestKey): RequestSlot | undefined {
    const slot = this.#find(key);
    if (slot) slot.isUsed = true;
    return slot;
  }

  #find(key: RequestKey): MutableSlot | undefined {
    const slots = this.#byHash.get(key.hash);
    if (slots) for (const slot of slots) if (isSameKey(slot.key, key)) return slot;
    return undefined;
  }

  remember(key: RequestKey, remembered: RememberedResponse, preparedRequest: PreparedRequest): void {
    const older = this.#find(key);
    if (older) this.discardResponse(older);
    const { viewer, headers, idAt, statusAt, body, joined } = remembered;
    const response = { viewer, headers, idAt, statusAt, body, joined }; // and nothing else that came with it
    const bytes = sizeOf(response);
    if (bytes > this.#maxBytes / 8) return;
    const slot = older ?? this.#newSlot(key, preparedRequest);
    slot.response = response;
    slot.prepared = preparedRequest;
    this.#add(slot, bytes);
    this.#makeRoom();
  }

  #newSlot(key: RequestKey, preparedRequest: PreparedRequest): MutableSlot {
    const token = bearerToken(key.authorization)!; // it has been accepted
    const slot: MutableSlot = {
      ...{ key: copyOfKey(key), token, prepared: preparedRequest },
      ...{ response: undefined, pending: undefined, bytes: 0, isUsed: false },
    };
    const same = this.#byHash.get(key.hash);
    if (same?.length === maxSameHash) this.remove(same[0]!);
    this.#byHash.set(key.hash, [...(this.#byHash.get(key.hash) ?? []), slot]);
    this.#slots.add(slot);
    this.#add(slot, sizeOfKey(key) + sizeOfPrepared(preparedRequest));
    return slot;
  }

  /** Its response is not valid any more. What is known of the request stays, so that another can be made. */
  discardResponse(slot: RequestSlot): void {
    const own = slot as MutableSlot;
    if (!own.response || !this.#slots.has(own)) return;
    this.#add(own, -sizeOf(own.response));
    own.response = undefined;
  }

  remove(slot: RequestSlot): void {
    const own = slot as MutableSlot;
    if (!this.#slots.delete(own)) return;
    own.pending = undefined; // what comes of it is not for another slot of this key
    const same = this.#byHash.get(own.key.hash)!.filter((one) => one !== own);
    if (same.length > 0) this.#byHash.set(own.key.hash, same);
    else this.#byHash.delete(own.key.hash);
    this.#bytes -= own.bytes;
  }

  #add(slot: MutableSlot, bytes: number): void {
    slot.bytes += bytes;
    this.#bytes += bytes;
  }

  /** The oldest go, but for those that were used since they were looked at last. */
  #makeRoom(): void {
    for (const slot of this.#slots) {
      if (this.#bytes <= this.#maxBytes) break;
      if (slot.isUsed) {
        slot.isUsed = false;
        this.#slots.delete(slot);
        this.#slots.add(slot);
      } else this.remove(slot);
    }
  }
}

/** About; what belongs to the cache is counted there. */
function sizeOf({ joined, headers, body }: RememberedResponse): number {
  return 300 + sizeOfHeaders(headers) + body.length + 100 * joined.fragments.length;
}

function sizeOfPrepared({ variables, headers }: PreparedRequest): number {
  return 500 + 2 * (variables?.length ?? 0) + sizeOfHeaders(headers);
}

function sizeOfHeaders(headers: readonly string[]): number {
  return 2 * headers.join('').length;
}

const identities = new WeakMap<Viewer, string>();

/** Whether two viewers are given the same answers. */
export function isSameViewer(one: Viewer, other: Viewer): boolean {
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
