import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import { Making, makeAnew, type WholeResponse } from './making.ts';
import { offerBody } from './read-body.ts';
import { isSame, type Place, type RememberedResponse, type RememberedResponses } from './remembered-responses.ts';
import { newRequestId, requestIdFrom } from './request-id.ts';
import { type RequestKey, requestKey } from './request-key.ts';
import { hitStatus } from './use-cache-headers.ts';

/** Longer bodies are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

export interface HotPathOptions {
  readonly engine: Pick<GraphqlEngine, 'authenticate' | 'answer' | 'replay' | 'repeat' | 'stampOf'>;
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Told of each request that was answered here, as the pipeline's plugins are of theirs. */
  readonly onAnswer: (answer: HotAnswer) => void;
}

export interface HotAnswer {
  readonly arrival: Arrival;
  readonly operation: string | null;
  /** Whether nothing was loaded for it, or only for another who was given the same. */
  readonly isFromCache: boolean;
}

/** A request, as far as it matters here. */
export interface Arrival {
  readonly method: string;
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly startedAtMs: number;
}

/**
 * Stands before the pipeline and answers what it has answered before, while the fragments are valid: no parsing, no execution,
 * no copy. The token is checked, and every entry validated and counted, each time. When a fragment is not valid any more, the answer
 * is made anew, once for all who ask for the same meanwhile: see `Making`. Whatever is not plainly a repetition goes on to the
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
      this.#answer(request, response, undefined);
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
        this.#answer(request, response, chunk); // in one piece, as nearly all are
        return;
      }
      chunks ??= [];
      chunks.push(chunk);
      if (bytesLeft === 0) this.#answer(request, response, Buffer.concat(chunks, length));
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const { engine, responses } = this.#options;
    const key = requestKey(request, body);
    const place = key && responses.get(key);
    const asked: Asked = { request, response, body, key, startedAtMs: performance.now() };
    if (!place) {
      this.#goOn(asked);
      return;
    }
    let viewer: Viewer | null | Promise<Viewer | null>;
    try {
      viewer = engine.authenticate(place.token);
    } catch {
      this.#goOn(asked); // too many tokens are looked up: the pipeline says so
      return;
    }
    if (viewer instanceof Promise)
      viewer.then(
        (found) => this.#finish(asked, responses.get(key), found),
        () => this.#goOn(asked),
      );
    else this.#finish(asked, place, viewer);
  }

  #finish(asked: Asked, place: Place | undefined, viewer: Viewer | null): void {
    if (!place || !viewer) {
      this.#goOn(asked);
      return;
    }
    const { request, startedAtMs } = asked;
    const requestId = requestIdFrom(request.headers['x-request-id']) ?? newRequestId();
    const arrival: Arrival = { method: request.method!, requestId, viewer, startedAtMs };
    const answer = this.#answerOf(place, arrival);
    if (answer instanceof Promise) void answer.then((given) => this.#give(asked, place, { given, arrival }));
    else this.#give(asked, place, { given: answer, arrival });
  }

  #give(asked: Asked, { recipe }: Place, { given, arrival }: { given: Given | undefined; arrival: Arrival }): void {
    const { response } = asked;
    if (response.destroyed) return;
    if (!given) {
      this.#goOn(asked);
      return;
    }
    const { headers, idAt, statusAt, body } = given.response;
    headers[idAt] = arrival.requestId;
    headers[statusAt] = given.status;
    response.writeHead(200, headers);
    response.end(body, 'latin1');
    headers[idAt] = ''; // it may be part of a longer string, which would be kept with it
    this.#options.onAnswer({ arrival, operation: recipe.operation, isFromCache: given.isFromCache });
  }

  #goOn({ request, response, body, key }: Asked): void {
    if (key) this.#options.responses.expect(request, key);
    if (body) offerBody(request, body);
    this.#pipeline(request, response);
  }

  /** What is remembered, if it stands and is right for this viewer; else what is being made, which begins if it has not. */
  #answerOf(place: Place, arrival: Arrival): Given | Promise<Given | undefined> | undefined {
    const { engine, responses } = this.#options;
    const { response } = place;
    const freshMs = response && this.#freshMsOf(response, arrival.viewer);
    if (response && freshMs !== undefined) return { response, status: hitStatus(freshMs), isFromCache: true };
    responses.outdate(place);
    const stamp = engine.stampOf(arrival.viewer);
    if (Number.isNaN(stamp)) return undefined;
    if (place.making?.isJoinable(stamp)) return this.#join(place.making, arrival);
    return this.#make(place, arrival);
  }

  /** Counts its lookups, if it is right for this viewer still. */
  #freshMsOf(response: RememberedResponse, viewer: Viewer): number | undefined {
    if (!isSame(viewer, response.viewer)) return undefined;
    response.viewer = viewer;
    return this.#options.engine.replay(response.from, viewer);
  }

  async #make(place: Place, arrival: Arrival): Promise<Given | undefined> {
    const { engine, responses } = this.#options;
    const { key, recipe } = place;
    const making = new Making(
      engine.stampOf(arrival.viewer),
      makeAnew(recipe, { engine, ...arrival })
        .catch(() => undefined) // fails in the pipeline too, which reports it
        .then((made) => {
          if (place.making !== making) return made; // there is a later one, or a later place
          place.making = undefined;
          const from = made?.origin?.joinedFrom;
          if (made && from) responses.remember(key, { from, ...made }, recipe);
          else if (!made?.origin) responses.forget(place); // not worth waiting for the next time
          return made;
        }),
    );
    place.making = making;
    const made = await making.made;
    return made && { response: made, status: made.status, isFromCache: made.isFromCache };
  }

  /** Counts its lookups, if it is right for this viewer too, who waited for it. */
  async #join(making: Making, { viewer, startedAtMs }: Arrival): Promise<Given | undefined> {
    const made = await making.made;
    if (!made?.origin || !isSame(viewer, made.viewer)) return undefined;
    const waitedMs = performance.now() - startedAtMs;
    if (!this.#options.engine.repeat(made.origin, { viewer, waitedMs })) return undefined;
    return { response: made, status: made.collapsedStatus, isFromCache: true };
  }
}

/** An answer for one request. */
interface Given extends Pick<HotAnswer, 'isFromCache'> {
  readonly response: WholeResponse;
  /** Its `Cache-Status`. */
  readonly status: string;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer | undefined;
  readonly key: RequestKey | undefined;
  readonly startedAtMs: number;
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/json') ?? false;
}
