import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import { Making, makeAnew, type WholeResponse } from './making.ts';
import { offerBody } from './read-body.ts';
import {
  isSame,
  type Place,
  type RememberedResponse,
  type RememberedResponses,
  requestKey,
} from './remembered-responses.ts';
import { bearerToken } from './use-authentication.ts';
import { hitStatus } from './use-cache-headers.ts';
import { requestIdFrom } from './use-request-id.ts';

/** Longer bodies are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

export interface HotPathOptions {
  readonly engine: Pick<GraphqlEngine, 'authenticate' | 'answer' | 'replay' | 'repeat' | 'stamp'>;
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Told of each request that was answered here, as the pipeline's plugins are of theirs. */
  readonly onAnswer: (answer: HotAnswer) => void;
}

export interface HotAnswer extends Arrival {
  readonly operation: string | null;
  /** Whether nothing was loaded for it, or only for another who was given the same. */
  readonly isFromCache: boolean;
}

/** A request, as far as it matters here. */
interface Arrival {
  readonly method: string;
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly startedAtMs: number;
}

/**
 * Stands before the pipeline and answers what it has answered before, when its fragments still stand: no parsing, no execution,
 * no copy. Who asks is authenticated, and every entry validated and counted, each time. When they do not stand any more, the answer
 * is made anew, once for all who ask for the same meanwhile: see `Making`. Whatever is not plainly a repetition goes on to the
 * pipeline, untouched but for a body that was read already.
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
    else if (method === 'GET' && url.startsWith(graphqlPath) && url[graphqlPath.length] === '?')
      this.#answer(request, response, undefined);
    else if (method === 'POST' && url === graphqlPath && hasShortJson(request))
      readWhole(request, Number(headers['content-length']), (body) => this.#answer(request, response, body));
    else this.#pipeline(request, response);
  };

  /** What is remembered, if it stands and is right for this viewer; else what is being made, which begins if it has not. */
  #answerOf(place: Place, arrival: Arrival): Given | Promise<Given | undefined> | undefined {
    const { engine, responses } = this.#options;
    const { response } = place;
    const freshMs = response && this.#freshMsOf(response, arrival.viewer);
    if (response && freshMs !== undefined) return { response, status: hitStatus(freshMs), isFromCache: true };
    responses.outdate(place.key);
    const { stamp } = engine;
    if (Number.isNaN(stamp)) return undefined;
    if (place.making?.isJoinable(stamp)) return this.#join(place.making, arrival);
    return this.#make(place, arrival);
  }

  /** Counts its lookups, if it is right for this viewer still. */
  #freshMsOf({ from, viewer: madeFor }: RememberedResponse, viewer: Viewer): number | undefined {
    return isSame(viewer, madeFor) ? this.#options.engine.replay(from, viewer) : undefined;
  }

  async #make(place: Place, arrival: Arrival): Promise<Given | undefined> {
    const { engine, responses } = this.#options;
    const { key, recipe } = place;
    const making = new Making(
      engine.stamp,
      makeAnew(recipe, { engine, ...arrival })
        .catch(() => undefined) // fails in the pipeline too, which reports it
        .then((made) => {
          if (place.making !== making) return made; // there is a later one, or a later place
          place.making = undefined;
          const from = made?.origin?.joinedFrom;
          if (made && from) responses.remember(key, { from, ...made }, recipe);
          else if (!made?.origin) responses.forget(key); // not worth waiting for the next time
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

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const asked: Asked = { request, response, body, key: requestKey(request, body), startedAtMs: performance.now() };
    const token = bearerToken(request.headers.authorization);
    if (token === undefined || !this.#options.responses.get(asked.key)) this.#goOn(asked);
    else
      this.#authenticated(token, asked, (viewer) => {
        if (viewer) this.#finish(asked, viewer);
        else this.#goOn(asked);
      });
  }

  #authenticated(token: string, asked: Asked, then: (viewer: Viewer | null) => void): void {
    let viewer: Viewer | null | Promise<Viewer | null>;
    try {
      viewer = this.#options.engine.authenticate(token);
    } catch {
      this.#goOn(asked); // there are too many who ask: the pipeline finds the words for it
      return;
    }
    if (viewer instanceof Promise) viewer.then(then, () => this.#goOn(asked));
    else then(viewer);
  }

  #finish(asked: Asked, viewer: Viewer): void {
    const { request, key, startedAtMs } = asked;
    const place = this.#options.responses.get(key);
    if (!place) {
      this.#goOn(asked);
      return;
    }
    const requestId = requestIdFrom(request.headers['x-request-id']) ?? randomUUID();
    const arrival: Arrival = { method: request.method!, requestId, viewer, startedAtMs };
    const give = (given: Given | undefined) => {
      if (asked.response.destroyed) return;
      if (given) this.#send(asked.response, { given, arrival, place });
      else this.#goOn(asked);
    };
    const answer = this.#answerOf(place, arrival);
    if (answer instanceof Promise) void answer.then(give);
    else give(answer);
  }

  #send(response: ServerResponse, { given, arrival, place }: { given: Given; arrival: Arrival; place: Place }): void {
    const { onAnswer } = this.#options;
    const { headers, body } = given.response;
    response.writeHead(200, [...headers, 'x-request-id', arrival.requestId, 'cache-status', given.status]);
    response.end(body);
    onAnswer({ operation: place.recipe.operation, isFromCache: given.isFromCache, ...arrival });
  }

  #goOn({ request, response, body, key }: Asked): void {
    this.#options.responses.expect(request, key);
    if (body) offerBody(request, body);
    this.#pipeline(request, response);
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
  readonly key: string;
  readonly startedAtMs: number;
}

function hasShortJson({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return length > 0 && length <= maxBodyBytes && (headers['content-type']?.startsWith('application/json') ?? false);
}

/** A body of declared length, which Node holds its sender to. A client that goes away before its end gets no answer. */
function readWhole(request: IncomingMessage, length: number, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => then(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
  request.on('error', () => {}); // the socket is gone, and with it whom to answer
}
