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
  const { responses, graphqlPath } = options;

  const answer = (request: IncomingMessage, response: ServerResponse, body?: Buffer) => {
    const startedAtMs = performance.now();
    const key = requestKey(request, body);
    const remembered = responses.get(key);
    const goOn = () => {
      responses.expect(request, key);
      if (body) offerBody(request, body);
      pipeline(request, response);
    };
    if (!remembered) return goOn();
    const finish = (viewer: Viewer | null) => {
      const freshMs =
        viewer && identityOf(viewer) === remembered.identity
          ? options.engine.replay(remembered.from, viewer)
          : undefined;
      if (!viewer || freshMs === undefined) {
        responses.forget(key);
        return goOn();
      }
      const requestId = requestIdFrom(request.headers['x-request-id']) ?? randomUUID();
      write(response, remembered, { requestId, freshMs });
      options.onAnswer({ request, requestId, viewer, startedAtMs });
    };
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) return finish(null);
    let viewer: Viewer | null | Promise<Viewer | null>;
    try {
      viewer = options.engine.authenticate(token);
    } catch {
      return goOn(); // there are too many who ask: the pipeline finds the words for it
    }
    if (viewer instanceof Promise) viewer.then(finish, goOn);
    else finish(viewer);
  };

  return (request, response) => {
    const { method, url = '', headers } = request;
    if (headers['x-cache-debug'] !== undefined || headers['if-none-match'] !== undefined) pipeline(request, response);
    else if (method === 'GET' && url.startsWith(`${graphqlPath}?`)) answer(request, response);
    else if (method === 'POST' && url === graphqlPath && hasShortJson(request))
      readWhole(request, Number(headers['content-length']), (body) => answer(request, response, body));
    else pipeline(request, response);
  };
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
