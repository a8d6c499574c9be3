import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import { offerBody } from './read-body.ts';
import { identityOf, type RememberedResponse, type RememberedResponses, requestKey } from './remembered-responses.ts';
import { bearerToken } from './use-authentication.ts';
import { hitStatus } from './use-cache-headers.ts';
import { requestIdFrom } from './use-request-id.ts';

/** Longer bodies are rare, and rarely repeated. */
const maxBodyBytes = 64 * 1024;

export interface HotPathOptions {
  readonly engine: Pick<GraphqlEngine, 'authenticate' | 'replay'>;
  readonly responses: RememberedResponses;
  readonly graphqlPath: string;
  /** Told of each request that was answered here, as the pipeline's plugins are of theirs. */
  readonly onAnswer: (answer: {
    request: IncomingMessage;
    requestId: string;
    viewer: Viewer;
    startedAtMs: number;
  }) => void;
}

/**
 * Stands before the pipeline and answers what it has answered before, when its fragments still stand: no parsing, no execution,
 * no copy. Who asks is authenticated, and every entry validated and counted, each time. Whatever is not plainly a repetition
 * goes on to the pipeline, untouched but for a body that was read already.
 */
export function withHotPath(pipeline: RequestListener, options: HotPathOptions): RequestListener {
  const path = new HotPath(pipeline, options);
  const { graphqlPath } = options;
  const inUrl = `${graphqlPath}?`;
  return (request, response) => {
    const { method, url = '', headers } = request;
    if (headers['x-cache-debug'] !== undefined || headers['if-none-match'] !== undefined) pipeline(request, response);
    else if (method === 'GET' && url.startsWith(inUrl)) path.answer(request, response, undefined);
    else if (method === 'POST' && url === graphqlPath && hasShortJson(request))
      readWhole(request, Number(headers['content-length']), (body) => path.answer(request, response, body));
    else pipeline(request, response);
  };
}

/** Methods rather than closures, of which a hot request makes but one. */
class HotPath {
  readonly #pipeline: RequestListener;
  readonly #options: HotPathOptions;

  constructor(pipeline: RequestListener, options: HotPathOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
  }

  answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const asked: Asked = { request, response, body, key: requestKey(request, body), startedAtMs: performance.now() };
    const remembered = this.#options.responses.get(asked.key);
    const token = bearerToken(request.headers.authorization);
    if (!remembered) this.#goOn(asked);
    else if (token === undefined) this.#finish(asked, remembered, null);
    else this.#authenticated(token, asked, (viewer) => this.#finish(asked, remembered, viewer));
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

  #finish(asked: Asked, remembered: RememberedResponse, viewer: Viewer | null): void {
    const { engine, responses, onAnswer } = this.#options;
    const { request, response, startedAtMs } = asked;
    const freshMs =
      viewer && identityOf(viewer) === remembered.identity ? engine.replay(remembered.from, viewer) : undefined;
    if (!viewer || freshMs === undefined) {
      responses.forget(asked.key);
      this.#goOn(asked);
      return;
    }
    const requestId = requestIdFrom(request.headers['x-request-id']) ?? randomUUID();
    write(response, remembered, { requestId, freshMs });
    onAnswer({ request, requestId, viewer, startedAtMs });
  }

  #goOn({ request, response, body, key }: Asked): void {
    this.#options.responses.expect(request, key);
    if (body) offerBody(request, body);
    this.#pipeline(request, response);
  }
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer | undefined;
  readonly key: string;
  readonly startedAtMs: number;
}

function write(
  response: ServerResponse,
  { headers, body }: RememberedResponse,
  { requestId, freshMs }: { requestId: string; freshMs: number },
): void {
  response.writeHead(200, [...headers, 'x-request-id', requestId, 'cache-status', hitStatus(freshMs)]);
  response.end(body);
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
