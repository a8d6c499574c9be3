import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import { PendingResponse, type ResponseTemplate, rebuildResponse } from './pending-response.ts';
import { setReadBody } from './read-body.ts';
import {
  isSameViewer,
  type RememberedResponse,
  type RememberedResponses,
  type RequestSlot,
} from './remembered-responses.ts';
import { newRequestId, requestIdFrom } from './request-id.ts';
import { type RequestKey, requestKey } from './request-key.ts';
import { hitStatus } from './use-cache-headers.ts';

/** Longer bodies go to the pipeline: they are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

export interface HotPathOptions {
  readonly engine: Pick<GraphqlEngine, 'authenticate' | 'rerun' | 'reuse' | 'share' | 'stampOf'>;
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Called after each response that the hot path sent; the pipeline's plugins do not see these. */
  readonly onResponse: (response: HotResponse) => void;
}

export interface HotResponse {
  readonly request: HotRequest;
  readonly operation: string | null;
  /** Whether this request caused no load. True also for a request that joined a pending response. */
  readonly isFromCache: boolean;
}

/** What `onResponse` and the rebuild need of a request. */
export interface HotRequest {
  readonly method: string;
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly startedAtMs: number;
}

/**
 * The listener before the pipeline that serves remembered responses while their fragments are valid: no parsing, no execution, no
 * copy. Each time it checks the token, and validates and counts every entry. When a fragment is invalid, it rebuilds the response
 * once for all identical requests that arrive meanwhile: see `PendingResponse`. Every other request goes to the pipeline unchanged,
 * except that its body may have been read already.
 *
 * Most requests pass here, so no function in it is assigned to a variable at run time: tsx would name each one, with
 * `Object.defineProperty`.
 */
export class HotPath {
  readonly #pipeline: RequestListener;
  readonly #options: HotPathOptions;

  constructor(pipeline: RequestListener, options: HotPathOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
  }

  readonly listener: RequestListener = (request, response) => {
    const { method, url = '', headers } = request;
    const { graphqlPath } = this.#options;
    const isConditional = headers['if-none-match'] !== undefined || headers['if-match'] !== undefined;
    if (headers['x-cache-debug'] !== undefined || isConditional) this.#pipeline(request, response);
    else if (method === 'POST' && url === graphqlPath && isJson(headers['content-type'])) this.#read(request, response);
    else if (method === 'GET' && url.startsWith(graphqlPath) && url[graphqlPath.length] === '?')
      this.#handle(request, response, undefined);
    else this.#pipeline(request, response);
  };

  /**
   * Reads a body of declared length. Node enforces that length, so the last byte is recognised by counting. A client that
   * disconnects before gets no response.
   */
  #read(request: IncomingMessage, response: ServerResponse): void {
    const length = Number(request.headers['content-length']);
    if (!(length > 0 && length <= maxBodyBytes)) {
      this.#pipeline(request, response);
      return;
    }
    let bytesLeft = length;
    let chunks: Buffer[] | undefined;
    request.on('data', (chunk: Buffer) => {
      bytesLeft -= chunk.byteLength;
      if (bytesLeft === 0 && !chunks) {
        this.#handle(request, response, chunk); // in one piece, as nearly all are
        return;
      }
      chunks ??= [];
      chunks.push(chunk);
      if (bytesLeft === 0) this.#handle(request, response, Buffer.concat(chunks, length));
    });
  }

  #handle(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const { engine, responses } = this.#options;
    const key = requestKey(request, body);
    const slot = key && responses.get(key);
    const exchange: Exchange = { request, response, body, key, startedAtMs: performance.now() };
    if (!slot) {
      this.#passOn(exchange);
      return;
    }
    let viewer: Viewer | null | Promise<Viewer | null>;
    try {
      viewer = engine.authenticate(slot.token);
    } catch {
      this.#passOn(exchange); // too many tokens are being looked up: the pipeline reports it
      return;
    }
    if (viewer instanceof Promise)
      viewer.then(
        (found) => this.#respond(exchange, responses.get(key), found),
        () => this.#passOn(exchange),
      );
    else this.#respond(exchange, slot, viewer);
  }

  #respond(exchange: Exchange, slot: RequestSlot | undefined, viewer: Viewer | null): void {
    if (!slot || !viewer) {
      this.#passOn(exchange);
      return;
    }
    const { request, startedAtMs } = exchange;
    const requestId = requestIdFrom(request.headers['x-request-id']) ?? newRequestId();
    const hotRequest: HotRequest = { method: request.method!, requestId, viewer, startedAtMs };
    const servable = this.#responseFor(slot, hotRequest);
    if (servable instanceof Promise)
      void servable.then((one) => this.#send(exchange, slot, { hotRequest, servable: one }));
    else this.#send(exchange, slot, { hotRequest, servable });
  }

  #send(
    exchange: Exchange,
    { prepared }: RequestSlot,
    { hotRequest, servable }: { hotRequest: HotRequest; servable: ServableResponse | undefined },
  ): void {
    const { response } = exchange;
    if (response.destroyed) return;
    if (!servable) {
      this.#passOn(exchange);
      return;
    }
    const { headers, idAt, statusAt, body } = servable.response;
    headers[idAt] = hotRequest.requestId;
    headers[statusAt] = servable.status;
    response.writeHead(200, headers);
    response.end(body, 'latin1');
    headers[idAt] = ''; // the id may be a slice of a longer string, which it would keep in memory
    this.#options.onResponse({
      request: hotRequest,
      operation: prepared.operation,
      isFromCache: servable.isFromCache,
    });
  }

  #passOn({ request, response, body, key }: Exchange): void {
    if (key) this.#options.responses.expect(request, key);
    if (body) setReadBody(request, body);
    this.#pipeline(request, response);
  }

  /**
   * The remembered response, if it is valid and this viewer's; otherwise the pending response, which is started if there is none.
   * Undefined when the request has to go to the pipeline.
   */
  #responseFor(
    slot: RequestSlot,
    hotRequest: HotRequest,
  ): ServableResponse | Promise<ServableResponse | undefined> | undefined {
    const { engine, responses } = this.#options;
    const { response } = slot;
    const freshMs = response && this.#reuse(response, hotRequest.viewer);
    if (response && freshMs !== undefined) return { response, status: hitStatus(freshMs), isFromCache: true };
    responses.discardResponse(slot);
    const stamp = engine.stampOf(hotRequest.viewer);
    if (Number.isNaN(stamp)) return undefined;
    if (slot.pending?.isJoinable(stamp)) return this.#join(slot.pending, hotRequest);
    return this.#rebuild(slot, hotRequest);
  }

  /** Milliseconds for which the response stays fresh; undefined when it is invalid or another viewer's. Counts its lookups if it is used. */
  #reuse(response: RememberedResponse, viewer: Viewer): number | undefined {
    if (!isSameViewer(viewer, response.viewer)) return undefined;
    response.viewer = viewer;
    return this.#options.engine.reuse(response.joined, viewer);
  }

  async #rebuild(slot: RequestSlot, hotRequest: HotRequest): Promise<ServableResponse | undefined> {
    const { engine, responses } = this.#options;
    const { key, prepared } = slot;
    const pending = new PendingResponse(
      engine.stampOf(hotRequest.viewer),
      rebuildResponse(prepared, { engine, ...hotRequest })
        .catch(() => undefined) // fails in the pipeline too, which reports it
        .then((rebuilt) => {
          if (slot.pending !== pending) return rebuilt; // replaced by a later one, or the slot was removed
          slot.pending = undefined;
          const joined = rebuilt?.provenance?.joined;
          if (rebuilt && joined) responses.remember(key, { joined, ...rebuilt }, prepared);
          else if (!rebuilt?.provenance) responses.remove(slot); // cannot be shared: later requests should not wait for it
          return rebuilt;
        }),
    );
    slot.pending = pending;
    const rebuilt = await pending.response;
    return rebuilt && { response: rebuilt, status: rebuilt.status, isFromCache: rebuilt.isFromCache };
  }

  /** Waits for a pending response. Counts its lookups if the response may be shared with this viewer; otherwise undefined. */
  async #join(pending: PendingResponse, { viewer, startedAtMs }: HotRequest): Promise<ServableResponse | undefined> {
    const rebuilt = await pending.response;
    if (!rebuilt?.provenance || !isSameViewer(viewer, rebuilt.viewer)) return undefined;
    const waitedMs = performance.now() - startedAtMs;
    if (!this.#options.engine.share(rebuilt.provenance, { viewer, waitedMs })) return undefined;
    return { response: rebuilt, status: rebuilt.collapsedStatus, isFromCache: true };
  }
}

/** A response with what is sent with it to one request. */
interface ServableResponse extends Pick<HotResponse, 'isFromCache'> {
  readonly response: ResponseTemplate;
  /** The value of `Cache-Status`. */
  readonly status: string;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer | undefined;
  readonly key: RequestKey | undefined;
  readonly startedAtMs: number;
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/json') ?? false;
}
