import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { JoinedFragments } from '../graphql/joined-execution.ts';
import type { PendingResponse, PreparedRequest, ResponseTemplate } from './pending-response.ts';
import { copyOfKey, isSameKey, type RequestKey, sizeOfKey } from './request-key.ts';
import { bearerToken } from './use-authentication.ts';

/** A whole response that was joined from fragments alone. The fragments are validated each time before it is served. */
export interface RememberedResponse extends ResponseTemplate {
  readonly joined: JoinedFragments;
  /** The viewer of the latest request that it was served to. */
  viewer: Viewer;
}

/** One request with its response, or without. */
export interface RequestSlot {
  readonly key: RequestKey;
  /** The Bearer token in its `Authorization`. */
  readonly token: string;
  /** Undefined once the response was found invalid. */
  readonly response: RememberedResponse | undefined;
  /** What the response is rebuilt from. */
  readonly prepared: PreparedRequest;
  /** The latest rebuild; undefined when none is running. */
  pending: PendingResponse | undefined;
}

interface MutableSlot extends RequestSlot {
  response: RememberedResponse | undefined;
  prepared: PreparedRequest;
  bytes: number;
  isUsed: boolean;
}

/** Slots with the same hash. Collisions are rare by chance; a client can provoke them only among its own, as the credential is hashed. */
const maxSameHash = 8;

/**
 * Remembered responses by every part of a request that can change the response: method, URL, the headers of content negotiation,
 * the credential, and the exact bytes of the body. Only requests that the whole pipeline has accepted get in.
 */
export class RememberedResponses {
  readonly #maxBytes: number;
  /** In the order in which `#makeRoom` examined them. */
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

  /** Says that the pipeline's response to this request may be remembered under this key. */
  expect(request: IncomingMessage, key: RequestKey): void {
    this.#expected.set(request, key);
  }

  /** The key that was set by `expect`; undefined when none was. */
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

  remember(key: RequestKey, remembered: RememberedResponse, prepared: PreparedRequest): void {
    const older = this.#find(key);
    if (older) this.discardResponse(older);
    const { viewer, headers, idAt, statusAt, body, joined } = remembered;
    const response = { viewer, headers, idAt, statusAt, body, joined }; // without the other members of what was passed
    const bytes = sizeOf(response);
    if (bytes > this.#maxBytes / 8) return;
    const slot = older ?? this.#newSlot(key, prepared);
    slot.response = response;
    slot.prepared = prepared;
    this.#add(slot, bytes);
    this.#makeRoom();
  }

  #newSlot(key: RequestKey, prepared: PreparedRequest): MutableSlot {
    const token = bearerToken(key.authorization)!; // the pipeline has accepted it
    const slot: MutableSlot = {
      ...{ key: copyOfKey(key), token, prepared },
      ...{ response: undefined, pending: undefined, bytes: 0, isUsed: false },
    };
    const same = this.#byHash.get(key.hash);
    if (same?.length === maxSameHash) this.remove(same[0]!);
    this.#byHash.set(key.hash, [...(this.#byHash.get(key.hash) ?? []), slot]);
    this.#slots.add(slot);
    this.#add(slot, sizeOfKey(key) + sizeOfPrepared(prepared));
    return slot;
  }

  /** Drops an invalid response. The slot stays, with the prepared request that rebuilds it. */
  discardResponse(slot: RequestSlot): void {
    const own = slot as MutableSlot;
    if (!own.response || !this.#slots.has(own)) return;
    this.#add(own, -sizeOf(own.response));
    own.response = undefined;
  }

  remove(slot: RequestSlot): void {
    const own = slot as MutableSlot;
    if (!this.#slots.delete(own)) return;
    own.pending = undefined; // its result must not get into a later slot of this key
    const same = this.#byHash.get(own.key.hash)!.filter((one) => one !== own);
    if (same.length > 0) this.#byHash.set(own.key.hash, same);
    else this.#byHash.delete(own.key.hash);
    this.#bytes -= own.bytes;
  }

  #add(slot: MutableSlot, bytes: number): void {
    slot.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Removes the oldest slots, except those used since they were examined last (second chance, also called CLOCK). */
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

/** An estimate in bytes. The fragments are counted by the cache. */
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

/** Whether two viewers get the same responses. */
export function isSameViewer(one: Viewer, other: Viewer): boolean {
  return one === other || identityOf(one) === identityOf(other);
}

/** Every part of a viewer that a response can depend on. */
function identityOf(viewer: Viewer): string {
  let identity = identities.get(viewer);
  if (identity === undefined) {
    const { kind, tokenId, userId, makerId, role, workspaceId, accountIds, timeZone, weekStartsOn } = viewer;
    identity = JSON.stringify([kind, tokenId, userId, makerId, role, workspaceId, accountIds, timeZone, weekStartsOn]);
    identities.set(viewer, identity);
  }
  return identity;
}
