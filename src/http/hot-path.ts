import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { CacheUsage } from '@magpie/graphql-cache/parts';
import type { Viewer } from '../domains/scope.ts';
import type { GraphqlEngine } from '../graphql/engine-interface.ts';
import type { SentResponse } from './plugin.ts';
import { setReadBody } from './read-body.ts';
import type { FilledResponse, HotRequest, RememberedResponse } from './remembered-response.ts';
import type { RememberedResponses } from './remembered-responses.ts';
import { newRequestId, requestIdFrom } from './request-id.ts';
import { type RequestKey, requestKey } from './request-key.ts';

/** Longer bodies go to the pipeline: they are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

/** The pipeline. Its response may be remembered under the key, if there is one. */
export type Pipeline = (request: IncomingMessage, response: ServerResponse, key?: RequestKey) => void;

export interface HotPathOptions {
  readonly authenticate: GraphqlEngine['authenticate'];
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Called for each response that the hot path sends. */
  readonly onResponse: (response: SentResponse) => void;
  /** Called before a remembered response is validated or rebuilt; absent when operations are not traced. */
  readonly begin?: (request: StartedRequest) => RepeatedOperation;
}

/** An operation whose response may be sent again. */
export interface StartedRequest extends Pick<HotRequest, 'requestId' | 'startedAtMs'> {
  readonly operation: SentResponse['operation'];
}

/** The trace of an operation whose response may be sent again. It is dropped if the request goes to the pipeline after all. */
export interface RepeatedOperation {
  /** Runs what may load values. */
  within<T>(fill: () => T): T;
  /** `cacheUsage` is undefined when nothing was executed for the request. */
  end(response: SentResponse, cacheUsage: CacheUsage | undefined): void;
}

const noErrors: readonly string[] = [];

/**
 * The listener before the pipeline that sends remembered responses while their fragments are valid: no parsing, no execution, no
 * copy. Each time it checks the token, and validates and counts every entry. When a fragment is invalid, the response is rebuilt
 * once for all identical requests that arrive meanwhile: see `RememberedResponse`. Every other request goes to the pipeline
 * unchanged, except that its body may have been read already.
 *
 * Most requests pass here, so no function in it is assigned to a variable at run time: tsx would name each one, with
 * `Object.defineProperty`.
 */
export class HotPath {
  readonly #pipeline: Pipeline;
  readonly #options: HotPathOptions;

  constructor(pipeline: Pipeline, options: HotPathOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
  }

  readonly listener: RequestListener = (request, response) => {
    const { method, url = '', headers } = request;
    const { graphqlPath } = this.#options;
    const isConditional = headers['if-none-match'] !== undefined || headers['if-match'] !== undefined;
    if (headers['x-cache-debug'] !== undefined || isConditional) this.#pipeline(request, response);
    else if (method === 'POST' && url === graphqlPath && isJson(headers['content-type']))
      void this.#read(request, response);
    else if (method === 'GET' && url.startsWith(graphqlPath) && url[graphqlPath.length] === '?')
      this.#handle(request, response, undefined);
    else this.#pipeline(request, response);
  };

  /**
   * Reads a body of declared length. Node enforces that length, so the last byte is recognised by counting. A client that
   * disconnects before gets no response. Nearly all bodies arrive with their head, and are read as soon as Node has parsed both:
   * without events, whose listeners and stream states cost time for each request.
   */
  async #read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const length = Number(request.headers['content-length']);
    if (!(length > 0 && length <= maxBodyBytes)) {
      this.#pipeline(request, response);
      return;
    }
    await undefined;
    const arrived = request.read() as Buffer | null;
    if (arrived?.byteLength === length) {
      this.#handle(request, response, arrived);
      return;
    }
    const chunks = arrived ? [arrived] : [];
    let bytesLeft = length - (arrived?.byteLength ?? 0);
    request.on('data', (chunk: Buffer) => {
      bytesLeft -= chunk.byteLength;
      chunks.push(chunk);
      if (bytesLeft === 0) this.#handle(request, response, Buffer.concat(chunks, length));
    });
  }

  #handle(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const { authenticate, responses } = this.#options;
    const key = requestKey(request, body);
    const remembered = key && responses.get(key);
    const exchange: Exchange = { request, response, body, key, startedAtMs: performance.now() };
    if (!remembered) {
      this.#passOn(exchange);
      return;
    }
    let viewer: Viewer | null | Promise<Viewer | null>;
    try {
      viewer = authenticate(remembered.token);
    } catch {
      this.#passOn(exchange); // too many tokens are being looked up: the pipeline reports it
      return;
    }
    if (viewer instanceof Promise)
      viewer.then(
        (found) => this.#respond(exchange, responses.get(key), found),
        () => this.#passOn(exchange),
      );
    else this.#respond(exchange, remembered, viewer);
  }

  #respond(exchange: Exchange, remembered: RememberedResponse | undefined, viewer: Viewer | null): void {
    if (!remembered || !viewer) {
      this.#passOn(exchange);
      return;
    }
    const { request, startedAtMs } = exchange;
    const { operation } = remembered.prepared;
    const requestId = requestIdFrom(request.headers['x-request-id']) ?? newRequestId();
    const hotRequest: HotRequest = { requestId, viewer, startedAtMs };
    const begun = this.#options.begin?.({ requestId, startedAtMs, operation });
    const filled = begun ? begun.within(() => remembered.fill(hotRequest)) : remembered.fill(hotRequest);
    if (filled instanceof Promise)
      void filled.then((one) => this.#send(exchange, remembered, { hotRequest, begun, filled: one }));
    else this.#send(exchange, remembered, { hotRequest, begun, filled });
  }

  #send(exchange: Exchange, { prepared }: RememberedResponse, { hotRequest, begun, filled }: HotResponse): void {
    const { request, response } = exchange;
    if (response.destroyed) return;
    if (!filled) {
      this.#passOn(exchange);
      return;
    }
    const { headers, idAt, statusAt, body } = filled.template;
    const { requestId, viewer, startedAtMs } = hotRequest;
    headers[idAt] = requestId;
    headers[statusAt] = filled.status;
    response.writeHead(200, headers);
    response.end(body, 'latin1');
    headers[idAt] = ''; // the id may be a slice of a longer string, which it would keep in memory
    const sent: SentResponse = {
      requestId,
      method: request.method!,
      path: this.#options.graphqlPath,
      viewer,
      operation: prepared.operation,
      status: 200,
      errorCodes: noErrors,
      isFromCache: filled.isFromCache,
      isRepeated: true,
      startedAtMs,
    };
    this.#options.onResponse(sent);
    begun?.end(sent, filled.cacheUsage);
  }

  #passOn({ request, response, body, key }: Exchange): void {
    if (body) setReadBody(request, body);
    this.#pipeline(request, response, key);
  }
}

interface HotResponse {
  readonly hotRequest: HotRequest;
  readonly begun: RepeatedOperation | undefined;
  readonly filled: FilledResponse | undefined;
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
