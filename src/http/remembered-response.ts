import type { CacheUsage, Provenance } from '@magpie/graphql-cache/parts';
import type { Viewer } from '../domains/scope.ts';
import type { GraphqlEngine } from '../graphql/engine-interface.ts';
import { isFromCache } from './plugin.ts';
import type { RequestKey } from './request-key.ts';
import {
  type JoinedTemplate,
  type PreparedRequest,
  type ResponseTemplate,
  responseTemplate,
} from './response-template.ts';
import { bearerToken } from './use-authentication.ts';
import { cacheStatus, collapsedStatus, hitStatus, withDetail } from './use-cache-headers.ts';
import { compressed } from './use-compression.ts';

interface Fresh extends JoinedTemplate {
  readonly name: 'fresh';
}

/** Being made. Requests with this stamp may wait for it; the promise resolves to undefined if they have to go to the pipeline. */
interface Pending {
  readonly name: 'pending';
  readonly stamp: number;
  readonly startedAtMs: number;
  readonly rebuilt: Promise<RebuiltResponse | undefined>;
}

/**
 * *Fresh* until a check finds it invalid or another viewer's; then *outdated*; *pending* while it is rebuilt, and fresh again
 * afterwards. A pending response becomes pending anew for a request that may not wait for it, and fresh if the pipeline is first.
 */
type State = Fresh | Pending | { readonly name: 'outdated' };

const outdated: State = { name: 'outdated' };

/** A template with what is sent with it to one request. */
export interface FilledResponse {
  readonly template: ResponseTemplate;
  /** The value of `Cache-Status`. */
  readonly status: string;
  /** Whether this request caused no load. True also for a request that waited for another's. */
  readonly isFromCache: boolean;
  /** The lookups of the execution that this request caused; undefined when it caused none. */
  readonly cacheUsage?: CacheUsage;
}

/** Filled for the request that caused the rebuild. */
interface RebuiltResponse extends FilledResponse {
  /** Undefined when the response must not be shared with other requests. */
  readonly provenance: Provenance | undefined;
  /** The value of `Cache-Status` for requests that waited for it. */
  readonly collapsedStatus: string;
}

export interface HotRequest {
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly startedAtMs: number;
}

export type RepeatingEngine = Pick<GraphqlEngine, 'rerun' | 'reuse' | 'share' | 'stampOf' | 'isCutOff'>;

/** The memory that holds a remembered response. */
interface Memory {
  readonly engine: RepeatingEngine;
  /** Counts what it takes in its present state. */
  resize(response: RememberedResponse): void;
  remove(response: RememberedResponse): void;
}

/** After one second, later requests execute on their own, which the cache's single flight makes cheap. */
const joinableMs = 1_000;

/** The response to one request, which is sent again while it is valid, and rebuilt when it is not. */
export class RememberedResponse {
  readonly key: RequestKey;
  /** The Bearer token in its `Authorization`. */
  readonly token: string;
  /** For the memory: the size in the present state, and whether it was used since it was examined last. */
  bytes = 0;
  isUsed = false;
  readonly #memory: Memory;
  #prepared: PreparedRequest;
  #state: State = outdated;

  constructor(key: RequestKey, prepared: PreparedRequest, memory: Memory) {
    this.key = key;
    this.token = bearerToken(key.authorization)!; // the pipeline has accepted it
    this.#prepared = prepared;
    this.#memory = memory;
  }

  get state(): State {
    return this.#state;
  }

  get prepared(): PreparedRequest {
    return this.#prepared;
  }

  /** Takes a response that the pipeline made. */
  refresh(prepared: PreparedRequest, { template, joined }: JoinedTemplate): void {
    this.#prepared = prepared;
    this.#become({ name: 'fresh', template, joined });
  }

  /** Drops the response, and keeps the prepared request, from which it can be rebuilt. */
  outdate(): void {
    if (this.#state.name === 'fresh') this.#become(outdated);
  }

  /**
   * Returns the response if it is valid and this viewer's, and counts its lookups; otherwise the pending response, which is started
   * if there is none. Undefined when the request has to go to the pipeline.
   */
  fill(request: HotRequest): FilledResponse | Promise<FilledResponse | undefined> | undefined {
    const { engine } = this.#memory;
    const { viewer } = request;
    if (this.#state.name === 'fresh') {
      const { template, joined } = this.#state;
      const freshMs = isSameViewer(viewer, template.viewer) ? engine.reuse(joined, viewer) : undefined;
      if (freshMs !== undefined) {
        template.viewer = viewer;
        return { template, status: withDetail(hitStatus(freshMs), engine.isCutOff()), isFromCache: true };
      }
      this.#become(outdated);
    }
    const stamp = engine.stampOf(viewer);
    if (Number.isNaN(stamp)) return undefined;
    const pending = this.#joinable(stamp);
    return pending ? this.#join(pending, request) : this.#rebuild(stamp, request);
  }

  /**
   * The pending response, if a request with this stamp may share it: nothing in its workspace was invalidated since the rebuild
   * began. Everything in the response was validated or read after that invalidation, so nothing in it was outdated when the request
   * arrived.
   */
  #joinable(stamp: number): Pending | undefined {
    const state = this.#state;
    if (state.name !== 'pending' || state.stamp !== stamp) return undefined;
    return performance.now() - state.startedAtMs < joinableMs ? state : undefined;
  }

  async #rebuild(stamp: number, request: HotRequest): Promise<FilledResponse | undefined> {
    const pending: Pending = {
      name: 'pending',
      stamp,
      startedAtMs: performance.now(),
      rebuilt: rebuild(this.#prepared, this.#memory.engine, request)
        .catch(() => undefined) // fails in the pipeline too, which reports it
        .then((rebuilt) => this.#settle(pending, rebuilt)),
    };
    this.#become(pending);
    return await pending.rebuilt;
  }

  #settle(pending: Pending, rebuilt: RebuiltResponse | undefined): RebuiltResponse | undefined {
    if (this.#state !== pending) return rebuilt; // replaced by a later response
    const joined = rebuilt?.provenance?.joined;
    if (rebuilt && joined) this.#become({ name: 'fresh', template: rebuilt.template, joined });
    else if (rebuilt?.provenance) this.#become(outdated);
    else this.#memory.remove(this); // cannot be shared: later requests should not wait for it
    return rebuilt;
  }

  /** Waits for a pending response. Counts its lookups if the response may be shared with this viewer; otherwise undefined. */
  async #join(pending: Pending, { viewer, startedAtMs }: HotRequest): Promise<FilledResponse | undefined> {
    const rebuilt = await pending.rebuilt;
    if (!rebuilt?.provenance || !isSameViewer(viewer, rebuilt.template.viewer)) return undefined;
    const waitedMs = performance.now() - startedAtMs;
    if (!this.#memory.engine.share(rebuilt.provenance, { viewer, waitedMs })) return undefined;
    return { template: rebuilt.template, status: rebuilt.collapsedStatus, isFromCache: true };
  }

  #become(state: State): void {
    const isSameSize = this.#state.name !== 'fresh' && state.name !== 'fresh';
    this.#state = state;
    if (!isSameSize) this.#memory.resize(this);
  }
}

/**
 * Executes a prepared request again, without the other steps of the pipeline, whose results cannot have changed. Returns undefined
 * when the request has to go through the pipeline.
 */
async function rebuild(
  prepared: PreparedRequest,
  engine: RepeatingEngine,
  { viewer, requestId }: HotRequest,
): Promise<RebuiltResponse | undefined> {
  const document = prepared.document.deref();
  if (!document) return undefined;
  const { operationName, variables } = prepared;
  const variableValues = variables === undefined ? undefined : JSON.parse(variables);
  const operationRequest = { document, operationName, variableValues };
  const result = await engine.rerun(operationRequest, { viewer, requestId, isDebugging: false });
  if (!result) return undefined;
  const { json, provenance, cacheUsage, now, isCutOff } = result;
  const gzipped = await compressed(json, prepared.acceptEncoding);
  return {
    template: responseTemplate(prepared, { json, gzipped, viewer }),
    provenance,
    status: withDetail(cacheStatus('query', cacheUsage, now), isCutOff),
    collapsedStatus: withDetail(collapsedStatus(cacheUsage, now), isCutOff),
    isFromCache: isFromCache(cacheUsage),
    cacheUsage,
  };
}

const identities = new WeakMap<Viewer, string>();

/** Whether two viewers get the same responses. */
function isSameViewer(one: Viewer, other: Viewer): boolean {
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
