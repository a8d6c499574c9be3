import { RememberedResponse, type RepeatingEngine } from './remembered-response.ts';
import { copyOfKey, isSameKey, type RequestKey, sizeOfKey } from './request-key.ts';
import type { JoinedTemplate, PreparedRequest } from './response-template.ts';

/**
 * Responses with the same hash. Collisions are rare by chance; a client can provoke them only among its own, as the credential is
 * hashed.
 */
const maxSameHash = 8;

/**
 * Remembered responses by every part of a request that can change the response: method, URL, the headers of content negotiation,
 * the credential, and the exact bytes of the body. Only requests that the whole pipeline has accepted get in.
 */
export class RememberedResponses {
  readonly engine: RepeatingEngine;
  readonly #maxBytes: number;
  /** In the order in which `#makeRoom` examined them. */
  readonly #all = new Set<RememberedResponse>();
  readonly #byHash = new Map<number, RememberedResponse[]>();
  #bytes = 0;

  constructor({ engine, maxBytes }: { engine: RepeatingEngine; maxBytes: number }) {
    this.engine = engine;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#all.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: RequestKey): RememberedResponse | undefined {
    const response = this.#find(key);
    if (response) response.isUsed = true;
    return response;
  }

  #find(key: RequestKey): RememberedResponse | undefined {
    const responses = this.#byHash.get(key.hash);
    if (responses) for (const response of responses) if (isSameKey(response.key, key)) return response;
    return undefined;
  }

  /**
   * Remembers a response that the pipeline made. One that is too large is not kept, and an earlier one of its request is dropped.
   */
  remember(key: RequestKey, prepared: PreparedRequest, made: JoinedTemplate): void {
    const known = this.#find(key);
    if (sizeOf(made) > this.#maxBytes / 8) known?.outdate();
    else (known ?? this.#add(key, prepared)).refresh(prepared, made);
  }

  #add(key: RequestKey, prepared: PreparedRequest): RememberedResponse {
    const response = new RememberedResponse(copyOfKey(key), prepared, this);
    const [oldest, ...others] = this.#byHash.get(key.hash) ?? [];
    if (oldest && others.length === maxSameHash - 1) this.remove(oldest);
    this.#byHash.set(key.hash, [...(this.#byHash.get(key.hash) ?? []), response]);
    this.#all.add(response);
    this.resize(response);
    return response;
  }

  /** Counts what a response takes in its present state, and makes room for it. */
  resize(response: RememberedResponse): void {
    if (!this.#all.has(response)) return; // it was removed
    const { key, prepared, state } = response;
    const bytes = sizeOfKey(key) + sizeOfPrepared(prepared) + (state.name === 'fresh' ? sizeOf(state) : 0);
    this.#bytes += bytes - response.bytes;
    response.bytes = bytes;
    this.#makeRoom();
  }

  remove(response: RememberedResponse): void {
    if (!this.#all.delete(response)) return;
    this.#bytes -= response.bytes;
    const { hash } = response.key;
    const same = this.#byHash.get(hash)!.filter((one) => one !== response);
    if (same.length > 0) this.#byHash.set(hash, same);
    else this.#byHash.delete(hash);
  }

  /** Removes the oldest responses, except those used since they were examined last (second chance, also called CLOCK). */
  #makeRoom(): void {
    for (const response of this.#all) {
      if (this.#bytes <= this.#maxBytes) break;
      if (response.isUsed) {
        response.isUsed = false;
        this.#all.delete(response);
        this.#all.add(response);
      } else this.remove(response);
    }
  }
}

/** An estimate in bytes. The fragments are counted by the cache. */
function sizeOf({ template: { headers, body }, joined }: JoinedTemplate): number {
  return 300 + sizeOfHeaders(headers) + body.length + 100 * joined.fragments.length;
}

function sizeOfPrepared({ variables, headers }: PreparedRequest): number {
  return 500 + 2 * (variables?.length ?? 0) + sizeOfHeaders(headers);
}

function sizeOfHeaders(headers: readonly string[]): number {
  return 2 * headers.join('').length;
}
