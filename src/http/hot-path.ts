import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import { type AnswerBytes, type PreparedAnswer, wholeBytesOf } from './arrivals.ts';
import { type MadeResponse, Making } from './making.ts';
import { offerBody } from './read-body.ts';
import {
  isSame,
  maxTextChars,
  type RememberedResponse,
  type RememberedResponses,
  requestKey,
} from './remembered-responses.ts';
import { untraced } from './traces.ts';
import { bearerToken } from './use-authentication.ts';
import { hitStatus } from './use-cache-headers.ts';
import { requestIdFrom } from './use-request-id.ts';

/** Longer bodies are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

export interface HotPathOptions {
  readonly engine: Pick<GraphqlEngine, 'authenticate' | 'replay' | 'repeat' | 'stamp'>;
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Told of each request that was answered here, as the pipeline's plugins are of theirs. */
  readonly onAnswer: (answer: HotAnswer) => void;
}

export interface HotAnswer {
  readonly method: string;
  readonly requestId: string;
  readonly viewer: Viewer;
  readonly startedAtMs: number;
}

/**
 * Stands before the pipeline and answers what it has answered before, when its fragments still stand: no parsing, no execution,
 * no copy. Who asks is authenticated, and every entry validated and counted, each time. When they do not stand any more, one request
 * has the answer made anew and those for the same wait for it: see `Making`. Whatever is not plainly a repetition goes on to the
 * pipeline, untouched but for a body that was read already.
 *
 * There are two doors. `listener` is Node's, behind its parser, and knows a request by what matters in it. `answerBytes` is for
 * requests that came through there before in the very same bytes, but for tracing headers, and are not worth parsing again.
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
    if (headers['x-cache-debug'] !== undefined || headers['if-none-match'] !== undefined)
      this.#pipeline(request, response);
    else if (method === 'GET' && url.startsWith(graphqlPath) && url[graphqlPath.length] === '?')
      this.#answer(request, response, undefined);
    else if (method === 'POST' && url === graphqlPath && hasShortJson(request))
      readWhole(request, Number(headers['content-length']), (body) => this.#answer(request, response, body));
    else this.#pipeline(request, response);
  };

  readonly answerBytes: AnswerBytes = (bytes) => {
    if (bytes.byteLength > maxTextChars) return undefined;
    const { engine, responses } = this.#options;
    const text = bytes.toString('latin1');
    let known = responses.known(text);
    const withoutTraces = known ? undefined : untraced(text);
    if (withoutTraces) known = responses.known(withoutTraces.text);
    if (!known) return undefined;
    const startedAtMs = performance.now();
    const { key, token, method, place } = known;
    const viewer = this.#viewerAtHand(token);
    if (!viewer) return undefined;
    const requestId = withoutTraces?.requestId;
    const arrival: Arrival = { method, requestId, viewer, startedAtMs };
    const { response, making } = place;
    const freshMs = response && this.#freshMsOf(response, viewer);
    if (response && freshMs !== undefined) return this.#prepare(arrival, { ...response, status: hitStatus(freshMs) });
    responses.outdate(key);
    if (!making?.isJoinable(engine.stamp)) return undefined;
    return making.made.then((made) => (this.#mayHave(made, arrival) ? this.#prepare(arrival, made) : undefined));
  };

  #prepare(
    { requestId = randomUUID(), method, viewer, startedAtMs }: Arrival,
    { head, body, status }: Pick<MadeResponse, 'head' | 'body' | 'status'>,
  ): PreparedAnswer {
    this.#options.onAnswer({ method, requestId, viewer, startedAtMs });
    return { head: `${head}x-request-id: ${requestId}\r\ncache-status: ${status}\r\n`, body };
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const asked: Asked = { request, response, body, key: requestKey(request, body), startedAtMs: performance.now() };
    const token = bearerToken(request.headers.authorization);
    if (token === undefined || !this.#options.responses.get(asked.key)) this.#goOn(asked);
    else
      this.#authenticated(token, asked, (viewer) => {
        if (viewer) this.#finish(asked, { token, viewer });
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

  /** Undefined also while it is being looked for: whoever waits for that asks again. */
  #viewerAtHand(token: string): Viewer | undefined {
    try {
      const viewer = this.#options.engine.authenticate(token);
      if (!(viewer instanceof Promise)) return viewer ?? undefined;
      viewer.catch(() => {});
    } catch {} // as above
    return undefined;
  }

  #finish(asked: Asked, { token, viewer }: { token: string; viewer: Viewer }): void {
    const { engine, responses } = this.#options;
    const { response, making } = responses.get(asked.key) ?? {};
    const freshMs = response && this.#freshMsOf(response, viewer);
    if (response && freshMs !== undefined) {
      this.#send(asked, { ...response, token, viewer, status: hitStatus(freshMs) });
      return;
    }
    responses.outdate(asked.key);
    const { stamp } = engine;
    if (making?.isJoinable(stamp)) void making.made.then((made) => this.#repeat(asked, { made, token, viewer }));
    else this.#goOn(asked, new Making(stamp));
  }

  /** Gives them what was made for another who asked for the same. */
  #repeat(
    asked: Asked,
    { made, token, viewer }: { made: MadeResponse | undefined; token: string; viewer: Viewer },
  ): void {
    if (asked.response.destroyed) return;
    if (this.#mayHave(made, { viewer, startedAtMs: asked.startedAtMs })) this.#send(asked, { ...made, token, viewer });
    else this.#goOn(asked);
  }

  /** Counts its lookups, if it is right for this viewer too, who waited for it. */
  #mayHave(
    made: MadeResponse | undefined,
    { viewer, startedAtMs }: { viewer: Viewer; startedAtMs: number },
  ): made is MadeResponse {
    if (!made || !isSame(viewer, made.viewer)) return false;
    return this.#options.engine.repeat(made.origin, { viewer, waitedMs: performance.now() - startedAtMs });
  }

  #send(asked: Asked, answer: Sent): void {
    const { responses, onAnswer } = this.#options;
    const { request, response, key, startedAtMs } = asked;
    const { headers, body, status, token, viewer } = answer;
    const requestId = requestIdFrom(request.headers['x-request-id']) ?? randomUUID();
    response.writeHead(200, [...headers, 'x-request-id', requestId, 'cache-status', status]);
    response.end(body);
    const method = request.method!;
    onAnswer({ method, requestId, viewer, startedAtMs });
    const bytes = wholeBytesOf(request);
    if (!bytes) return;
    const text = bytes.toString('latin1');
    responses.know(untraced(text)?.text ?? text, { key, token, method });
  }

  /** Counts its lookups, if it is right for this viewer still. */
  #freshMsOf({ from, viewer: madeFor }: RememberedResponse, viewer: Viewer): number | undefined {
    return isSame(viewer, madeFor) ? this.#options.engine.replay(from, viewer) : undefined;
  }

  /** With `making`, others may wait for its answer. */
  #goOn({ request, response, body, key }: Asked, making?: Making): void {
    const { responses } = this.#options;
    responses.expect(request, key, making);
    if (making) response.once('close', () => responses.abandon(request)); // its client may have gone away
    if (body) offerBody(request, body);
    this.#pipeline(request, response);
  }
}

/** What was read of a request that was not parsed. */
interface Arrival extends Pick<HotAnswer, 'method' | 'viewer' | 'startedAtMs'> {
  readonly requestId: string | undefined;
}

interface Sent extends Pick<MadeResponse, 'headers' | 'body' | 'status'> {
  readonly token: string;
  readonly viewer: Viewer;
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
