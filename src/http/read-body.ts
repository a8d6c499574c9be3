import type { IncomingMessage } from 'node:http';
import { refusal } from './refusal.ts';

const readBodies = new WeakMap<IncomingMessage, Buffer>();

/** Sets a body that was read already; `readBody` returns it. */
export function setReadBody(req: IncomingMessage, body: Buffer): void {
  readBodies.set(req, body);
}

/**
 * Reads the bytes of a request's body. Rejects with 413 when its declared length exceeds the limit, or as soon as its bytes do. The
 * rest is drained, so that the client gets to read the response.
 */
export async function readBody(request: Request, req: IncomingMessage | undefined, maxBytes: number): Promise<Buffer> {
  checkDeclaredLength(request, maxBytes);
  if (req) return readBodies.get(req) ?? (await readStream(req, maxBytes));
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.byteLength > maxBytes) throw bodyTooLarge(maxBytes);
  return bytes;
}

/** Throws a refusal with 413 when the declared length exceeds the limit, before any of the body is read. */
export function checkDeclaredLength({ headers }: Request, maxBytes: number): void {
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
}

/** Reads Node's request directly: Yoga's request wraps the stream, which halves the throughput. */
function readStream(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(bodyTooLarge(maxBytes));
      }
    });
    req.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    req.on('error', () => reject(clientGone()));
    req.on('close', () => reject(clientGone()));
  });
}

export function bodyTooLarge(maxBytes: number) {
  return refusal(`The body is too large: expected at most ${maxBytes} bytes.`, {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
  });
}

/** The error for a client that disconnected; no response can be sent. */
export function clientGone(): Error {
  return new DOMException('The client closed the connection.', 'AbortError');
}
