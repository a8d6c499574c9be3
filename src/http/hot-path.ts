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

/** Longer bodies are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

export interface HotPathOptions {
  readonly engine: Pick<GraphqlEngine, 'authenticate' | 'rerun' | 'reuse' | 'share' | 'stampOf'>;
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Told of each request that was answered here, as the pipeline's plugins are of theirs. */
  readonly onResponse: (response: HotResponse) => void;
}

export interface HotResponse {
  readonly request: HotRequest;
  readonly operation: string | null;
  /** Whether nothing was loaded for it, or only for another who was given the same. */
  readonly isFromCache: boolean;
}

/** A request, as far as it matters here. */
export interface HotRequest {
  readonly method: string;
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly startedAtMs: number;
}

/**
 * Stands before the pipeline and answers what it has answered before, while the fragments are valid: no parsing, no execution,
 * no copy. The token is checked, and every entry validated and counted, each time. When a fragment is not valid any more, the answer
 * is made anew, once for all who ask for the same meanwhile: see `PendingResponse`. Whatever is not plainly a repetition goes on to the
 * pipeline, untouched but for a body that was read already.
 *
 * Most requests pass here, so nothing in it takes a name at run time: tsx names each function that is assigned to a variable, with
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
   * A body of declared length, which Node holds its sender to: the last byte is known when it comes. A client that goes away before
   * gets no answer.
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
      this.#passOn(exchange); // too many tokens are looked up: the pipeline says so
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
    const known: HotRequest = { method: request.method!, requestId, viewer, startedAtMs };
    const servable = this.#responseFor(slot, known);
    if (servable instanceof Promise) void servable.then((one) => this.#send(exchange, slot, { known, servable: one }));
    else this.#send(exchange, slot, { known, servable });
  }

  #send(
    exchange: Exchange,
    { prepared }: RequestSlot,
    { known, servable }: { known: HotRequest; servable: ServableResponse | undefined },
  ): void {
    const { response } = exchange;
    if (response.destroyed) return;
    if (!servable) {
      this.#passOn(exchange);
      return;
    }
    const { headers, idAt, statusAt, body } = servable.response;
    headers[idAt] = known.requestId;
    headers[statusAt] = servable.status;
    response.writeHead(200, headers);
    response.end(body, 'latin1');
    headers[idAt] = ''; // it may be part of a longer string, which would be kept with it
    this.#options.onResponse({
      request: known,
      operation: prepared.operation,
      isFromCache: servable.isFromCache,
    });
  }

  #passOn({ request, response, body, key }: Exchange): void {
    if (key) this.#options.responses.expect(request, key);
    if (body) setReadBody(request, body);
    this.#pipeline(request, response);
  }

  /** What is remembered, if it stands and is right for this viewer; else what is being made, which begins if it has not. */
  #responseFor(
    slot: RequestSlot,
    known: HotRequest,
  ): ServableResponse | Promise<ServableResponse | undefined> | undefined {
    const { engine, responses } = this.#options;
    const { response } = slot;
    const freshMs = response && this.#reuse(response, known.viewer);
    if (response && freshMs !== undefined) return { response, status: hitStatus(freshMs), isFromCache: true };
    responses.discardResponse(slot);
    const stamp = engine.stampOf(known.viewer);
    if (Number.isNaN(stamp)) return undefined;
    if (slot.pending?.isJoinable(stamp)) return this.#join(slot.pending, known);
    return this.#rebuild(slot, known);
  }

  /** Counts its lookups, if it is right for this viewer still. */
  #reuse(response: RememberedResponse, viewer: Viewer): number | undefined {
    if (!isSameViewer(viewer, response.viewer)) return undefined;
    response.viewer = viewer;
    return this.#options.engine.reuse(response.joined, viewer);
  }

  async #rebuild(slot: RequestSlot, known: HotRequest): Promise<ServableResponse | undefined> {
    const { engine, responses } = this.#options;
    const { key, prepared } = slot;
    const pendingResponse = new PendingResponse(
      engine.stampOf(known.viewer),
      rebuildResponse(prepared, { engine, ...known })
        .catch(() => undefined) // fails in the pipeline too, which reports it
        .then((rebuilt) => {
          if (slot.pending !== pendingResponse) return rebuilt; // there is a later one, or a later slot
          slot.pending = undefined;
          const joined = rebuilt?.provenance?.joined;
          if (rebuilt && joined) responses.remember(key, { joined, ...rebuilt }, prepared);
          else if (!rebuilt?.provenance) responses.remove(slot); // not worth waiting for the next time
          return rebuilt;
        }),
    );
    slot.pending = pendingResponse;
    const rebuilt = await pendingResponse.response;
    return rebuilt && { response: rebuilt, status: rebuilt.status, isFromCache: rebuilt.isFromCache };
  }

  /** Counts its lookups, if it is right for this viewer too, who waited for it. */
  async #join(
    pendingResponse: PendingResponse,
    { viewer, startedAtMs }: HotRequest,
  ): Promise<ServableResponse | undefined> {
    const rebuilt = await pendingResponse.response;
    if (!rebuilt?.provenance || !isSameViewer(viewer, rebuilt.viewer)) return undefined;
    const waitedMs = performance.now() - startedAtMs;
    if (!this.#options.engine.share(rebuilt.provenance, { viewer, waitedMs })) return undefined;
    return { response: rebuilt, status: rebuilt.collapsedStatus, isFromCache: true };
  }
}

/** An answer for one request. */
interface ServableResponse extends Pick<HotResponse, 'isFromCache'> {
  readonly response: ResponseTemplate;
  /** Its `Cache-Status`. */
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
