import type { JoinedFragments } from '@magpie/graphql-cache/parts';
import type { DocumentNode } from 'graphql';
import type { Viewer } from '../domains/scope.ts';
import type { RequestFacts, SentResponse } from './plugin.ts';
import { entityTag } from './use-cache-headers.ts';

/** A response of status 200 without what differs each time: id, date and `Cache-Status`. */
export interface ResponseTemplate {
  /** The viewer of the latest request that it was sent to. */
  viewer: Viewer;
  /** Names and values in turn. The values at `idAt` and `statusAt` (request id, `Cache-Status`) are set before each use. */
  readonly headers: string[];
  readonly idAt: number;
  readonly statusAt: number;
  /** A string has one character per byte (`latin1`). */
  readonly body: Buffer | string;
}

/** What the pipeline found out about a request: enough to execute it again. */
export interface PreparedRequest {
  /** Weak, as syntax trees are large: it is collected when nothing else uses the document. */
  readonly document: WeakRef<DocumentNode>;
  readonly operationName: string | undefined;
  /** As JSON: parsed variables can take twenty times the memory. */
  readonly variables: string | undefined;
  /** The operation in the document, also when the request does not name it. */
  readonly operation: SentResponse['operation'];
  readonly method: string;
  readonly acceptEncoding: string | null;
  /** Headers that every response to it has, names and values in turn. */
  readonly headers: readonly string[];
}

/** A template that was joined from fragments alone. They are validated each time before it is sent. */
export interface JoinedTemplate {
  readonly template: ResponseTemplate;
  readonly joined: JoinedFragments;
}

/** What is remembered of a response that the pipeline made; undefined if it was not joined from fragments alone. */
export function preparedFrom(
  request: Request,
  { headers }: Response,
  { provenance, viewer, json, gzipped, operation }: RequestFacts,
): { prepared: PreparedRequest; made: JoinedTemplate } | undefined {
  if (!provenance?.joined || !viewer || json === null) return undefined;
  const { document, operationName, variableValues } = provenance.operationRequest;
  const prepared: PreparedRequest = {
    document: new WeakRef(document),
    operationName: operationName ?? undefined,
    variables: variableValues ? JSON.stringify(variableValues) : undefined,
    operation,
    method: request.method,
    acceptEncoding: request.headers.get('accept-encoding'),
    headers: [...headers].filter(([name]) => !perResponseHeaders.has(name)).flat(),
  };
  const template = responseTemplate(prepared, { json, gzipped: gzipped ?? undefined, viewer });
  return { prepared, made: { template, joined: provenance.joined } };
}

const perResponseHeaders = new Set([
  ...['x-request-id', 'cache-status', 'date'],
  ...['content-length', 'content-encoding', 'etag'],
]);

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
