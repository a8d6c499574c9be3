import type { IncomingMessage } from 'node:http';

/** An operation as a request sends it. */
export interface RequestParameters {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** Why a request is refused, as the specification of GraphQL over HTTP says. */
export class RequestProblem extends Error {
  readonly status: 400 | 405 | 413 | 415;

  constructor(status: RequestProblem['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** A request, with the body if a parser in front of the handler, such as `express.json()`, has read it. */
export type ParsedRequest = IncomingMessage & { body?: unknown };

/** Reads the operation of a request. Leaves the body in `request.body`, for a server behind. Throws a `RequestProblem`. */
export async function readParameters(request: ParsedRequest, maxBodyBytes: number): Promise<RequestParameters> {
  if (request.method === 'GET') return parametersOf(parametersInUrl(request.url ?? ''));
  if (request.method !== 'POST')
    throw new RequestProblem(405, `expected the method GET or POST, but got ${request.method}`);
  checkType(request);
  request.body ??= parseJson(await readText(request, maxBodyBytes));
  return parametersOf(request.body);
}

function parametersInUrl(url: string): Record<string, unknown> {
  const { searchParams } = new URL(url, 'http://server');
  const objectIn = (name: string) => (searchParams.get(name) ? parseJson(searchParams.get(name)!) : undefined);
  return {
    query: searchParams.get('query') ?? undefined,
    operationName: searchParams.get('operationName'),
    variables: objectIn('variables'),
    extensions: objectIn('extensions'),
  };
}

/** A page of another origin can send other types without asking first. */
function checkType({ headers }: IncomingMessage): void {
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (type!.trim() !== 'application/json' || !/^(charset="?utf-?8"?)?$/.test(charset ?? ''))
    throw new RequestProblem(
      415,
      `expected Content-Type application/json in UTF-8, but got ${quoted(headers['content-type'])}`,
    );
  if (headers['content-encoding'] !== undefined)
    throw new RequestProblem(415, `expected no Content-Encoding, but got ${quoted(headers['content-encoding'])}`);
}

/** Reads no further than the limit. The connection stays open for a response. */
async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = () => new RequestProblem(413, `expected a body of at most ${maxBytes} bytes, but got more`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else {
        request.pause();
        reject(tooLarge());
      }
    });
    request.on('end', resolve);
    request.on('error', reject);
    request.on('close', () => reject(new RequestProblem(400, 'expected a whole body, but the connection was closed')));
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new RequestProblem(400, 'expected a body in UTF-8, but got other bytes');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestProblem(400, `expected JSON, but got ${quoted(text)}`);
  }
}

function parametersOf(value: unknown): RequestParameters {
  if (!isObject(value)) throw new RequestProblem(400, `expected an object with a query, but got ${kindOf(value)}`);
  const { query, operationName, variables, extensions } = value;
  if (typeof query !== 'string') throw new RequestProblem(400, `query: expected a string, but got ${kindOf(query)}`);
  const name = operationName === '' ? undefined : (operationName ?? undefined);
  if (name !== undefined && typeof name !== 'string')
    throw new RequestProblem(400, `operationName: expected a string, but got ${kindOf(name)}`);
  for (const [member, map] of Object.entries({ variables, extensions }))
    if (map !== undefined && map !== null && !isObject(map))
      throw new RequestProblem(400, `${member}: expected an object, but got ${kindOf(map)}`);
  return { query, operationName: name, variables: (variables ?? undefined) as RequestParameters['variables'] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'none' : JSON.stringify(text.slice(0, 100));
}
