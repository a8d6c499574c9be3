import type { DocumentNode } from 'graphql';
import type { Viewer } from '../domains/context.ts';
import type { GraphqlEngine } from '../graphql/engine.ts';
import type { Provenance } from '../graphql/joined-execution.ts';
import { isFromCache } from './use-access-log.ts';
import { cacheStatus, collapsedStatus, entityTag } from './use-cache-headers.ts';
import { compressed } from './use-compression.ts';

/** A response of status 200, all but what each has of its own: id, date and `Cache-Status`. */
export interface ResponseTemplate {
  /** Whom it was made for. */
  readonly viewer: Viewer;
  /**
   * Names and values in turn. Two of the values are each answer's own, and are set before each use: id and `Cache-Status`.
   */
  readonly headers: string[];
  readonly idAt: number;
  readonly statusAt: number;
  /** A string has a character for each byte (`latin1`). */
  readonly body: Buffer | string;
}

/** One that was made anew just now. */
export interface RebuiltResponse extends ResponseTemplate {
  /** Undefined when it is for whom it was made alone. */
  readonly provenance: Provenance | undefined;
  /** The `Cache-Status` of whom it was made for, and of those who waited for it. */
  readonly status: string;
  readonly collapsedStatus: string;
  /** Whether nothing had to be loaded for it. */
  readonly isFromCache: boolean;
}

/** How a request's answer is made anew: what the pipeline has found out about it, once. */
export interface PreparedRequest {
  /** Undefined once nobody else needs it any more: syntax trees are large. */
  readonly document: WeakRef<DocumentNode>;
  readonly operationName: string | undefined;
  /** As JSON: parsed they can take twenty times as much. */
  readonly variables: string | undefined;
  /** The operation's name, given or not. */
  readonly operation: string | null;
  readonly method: string;
  readonly acceptEncoding: string | null;
  /** Those that every answer to it has, names and values in turn. */
  readonly headers: readonly string[];
}

/** Who comes later has an answer made of their own, which the cache's own single flight makes cheap. */
const joinableMs = 1_000;

/**
 * An answer that is being made anew. Whoever asks for the same meanwhile may have it too, unless something of their workspace was
 * invalidated since it was begun: all that it says was found valid, or read, after that, so it says nothing that was not true when
 * they asked.
 */
export class PendingResponse {
  readonly #stamp: number;
  readonly #startedAtMs = performance.now();
  /** Undefined when nothing came of it that can be given to anybody. */
  readonly response: Promise<RebuiltResponse | undefined>;

  constructor(stamp: number, made: Promise<RebuiltResponse | undefined>) {
    this.#stamp = stamp;
    this.response = made;
  }

  isJoinable(stamp: number): boolean {
    return stamp === this.#stamp && performance.now() - this.#startedAtMs < joinableMs;
  }
}

/**
 * Executes what was asked, and does nothing else of what the pipeline does: that would find again what it found before. Undefined
 * where it must be asked after all.
 */
export async function rebuildResponse(
  preparedRequest: PreparedRequest,
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
  const document = preparedRequest.document.deref();
  if (!document) return undefined;
  const { operationName, variables } = preparedRequest;
  const variableValues = variables === undefined ? undefined : JSON.parse(variables);
  const question = { document, operationName, variableValues };
  const rerunResult = await engine.rerun(question, { viewer, requestId, isDebugging: false });
  if (!rerunResult) return undefined;
  const { json, provenance, cacheUsage, now } = rerunResult;
  const gzipped = await compressed(json, preparedRequest.acceptEncoding);
  return {
    provenance,
    status: cacheStatus('query', cacheUsage, now),
    collapsedStatus: collapsedStatus(cacheUsage, now),
    isFromCache: isFromCache(cacheUsage),
    ...responseTemplate(preparedRequest, { json, gzipped, viewer }),
  };
}

/** Node joins a string with the headers and writes one piece, which is cheaper than two until the copy takes longer. */
const maxStringBytes = 8 * 1024;

export function responseTemplate(
  preparedRequest: PreparedRequest,
  { json, gzipped, viewer }: { json: string; gzipped: Buffer | undefined; viewer: Viewer },
): ResponseTemplate {
  const bytes = gzipped ?? Buffer.from(json);
  const body = bytes.byteLength <= maxStringBytes ? bytes.toString('latin1') : bytes;
  const headers = [...preparedRequest.headers, 'content-length', String(body.length)];
  if (gzipped) headers.push('content-encoding', 'gzip');
  if (preparedRequest.method === 'GET') headers.push('etag', entityTag(viewer, json));
  headers.push('x-request-id', '', 'cache-status', '');
  return { viewer, headers, idAt: headers.length - 3, statusAt: headers.length - 1, body };
}

/** What of a response's headers every answer to its request has. */
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
