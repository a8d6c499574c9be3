import type { DocumentNode } from 'graphql';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import type { Provenance } from '../graphql/joined-execution.ts';
import { isFromCache } from './use-access-log.ts';
import { cacheStatus, collapsedStatus, entityTag } from './use-cache-headers.ts';
import { compressed } from './use-compression.ts';

/** A response of status 200 without what differs each time: id, date and `Cache-Status`. */
export interface ResponseTemplate {
  /** The viewer for whom it was built. */
  readonly viewer: Viewer;
  /** Names and values in turn. The values at `idAt` and `statusAt` (request id, `Cache-Status`) are set before each use. */
  readonly headers: string[];
  readonly idAt: number;
  readonly statusAt: number;
  /** A string has one character per byte (`latin1`). */
  readonly body: Buffer | string;
}

/** A response that was rebuilt just now. */
export interface RebuiltResponse extends ResponseTemplate {
  /** Undefined when the response must not be shared with other requests. */
  readonly provenance: Provenance | undefined;
  /** The `Cache-Status` for the request that caused the rebuild; `collapsedStatus` is for those that waited for it. */
  readonly status: string;
  readonly collapsedStatus: string;
  /** Whether it was rebuilt without a load. */
  readonly isFromCache: boolean;
}

/** What the pipeline found out about a request: enough to execute it again. */
export interface PreparedRequest {
  /** Weak, as syntax trees are large: it is collected when nothing else uses the document. */
  readonly document: WeakRef<DocumentNode>;
  readonly operationName: string | undefined;
  /** As JSON: parsed variables can take twenty times the memory. */
  readonly variables: string | undefined;
  /** The operation's name in the document, also when the request has no `operationName`. */
  readonly operation: string | null;
  readonly method: string;
  readonly acceptEncoding: string | null;
  /** Headers that every response to it has, names and values in turn. */
  readonly headers: readonly string[];
}

/** After one second, later requests execute on their own, which the cache's single flight makes cheap. */
const joinableMs = 1_000;

/**
 * A response that is being rebuilt. Identical requests that arrive meanwhile may share it, unless something in their workspace was
 * invalidated since the rebuild began. Everything in the response was validated or read after that invalidation, so nothing in it
 * was outdated when those requests arrived.
 */
export class PendingResponse {
  readonly #stamp: number;
  readonly #startedAtMs = performance.now();
  /** Resolves to undefined when the rebuild failed or is impossible; the requests then go to the pipeline. */
  readonly response: Promise<RebuiltResponse | undefined>;

  constructor(stamp: number, response: Promise<RebuiltResponse | undefined>) {
    this.#stamp = stamp;
    this.response = response;
  }

  isJoinable(stamp: number): boolean {
    return stamp === this.#stamp && performance.now() - this.#startedAtMs < joinableMs;
  }
}

/**
 * Executes a prepared request again, without the other steps of the pipeline, whose results cannot have changed. Returns undefined
 * when the request has to go through the pipeline.
 */
export async function rebuildResponse(
  prepared: PreparedRequest,
  {
    engine,
    viewer,
    requestId,
  }: {
    engine: Pick<GraphqlEngine, 'rerun'>;
    viewer: Viewer;
    requestId: string;
  },
): Promise<RebuiltResponse | undefined> {
  const document = prepared.document.deref();
  if (!document) return undefined;
  const { operationName, variables } = prepared;
  const variableValues = variables === undefined ? undefined : JSON.parse(variables);
  const operationRequest = { document, operationName, variableValues };
  const result = await engine.rerun(operationRequest, { viewer, requestId, isDebugging: false });
  if (!result) return undefined;
  const { json, provenance, cacheUsage, now } = result;
  const gzipped = await compressed(json, prepared.acceptEncoding);
  return {
    provenance,
    status: cacheStatus('query', cacheUsage, now),
    collapsedStatus: collapsedStatus(cacheUsage, now),
    isFromCache: isFromCache(cacheUsage),
    ...responseTemplate(prepared, { json, gzipped, viewer }),
  };
}

/** Node joins a string body with the headers into one write. For longer bodies the copy costs more than a second write. */
const maxStringBytes = 8 * 1024;

export function responseTemplate(
  prepared: PreparedRequest,
  { json, gzipped, viewer }: { json: string; gzipped: Buffer | undefined; viewer: Viewer },
): ResponseTemplate {
  const bytes = gzipped ?? Buffer.from(json);
  const body = bytes.byteLength <= maxStringBytes ? bytes.toString('latin1') : bytes;
  const headers = [...prepared.headers, 'content-length', String(body.length)];
  if (gzipped) headers.push('content-encoding', 'gzip');
  if (prepared.method === 'GET') headers.push('etag', entityTag(viewer, json));
  headers.push('x-request-id', '', 'cache-status', '');
  return { viewer, headers, idAt: headers.length - 3, statusAt: headers.length - 1, body };
}

/** The headers of a response that every response to the same request has, names and values in turn. */
export function repeatableHeaders(headers: Headers): string[] {
  const found: string[] = [];
  headers.forEach((value, name) => {
    if (!perResponseHeaders.has(name)) found.push(name, value);
  });
  return found;
}

const perResponseHeaders = new Set([
  'x-request-id',
  'cache-status',
  'date',
  'content-length',
  'content-encoding',
  'etag',
]);
