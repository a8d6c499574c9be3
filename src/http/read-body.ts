import type { IncomingMessage } from 'node:http';
import { refusal } from './refusal.ts';

const readBodies = new WeakMap<IncomingMessage, Buffer>();

/** Leaves a body that was read already to whoever asks for it next. */
export function setReadBody(req: IncomingMessage, body: Buffer): void {
  readBodies.set(req, body);
}

/**
 * A request's bytes. Refuses with 413 when they are declared to be too many, or as soon as they are; the rest is let through
 * unread, so that the client comes to read the answer.
 */
export async function readBody(request: Request, req: IncomingMessage | undefined, maxBytes: number): Promise<Buffer> {
  checkDeclaredLength(request, maxBytes);
  if (req) return readBodies.get(req) ?? (await readStream(req, maxBytes));
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.byteLength > maxBytes) throw bodyTooLarge(maxBytes);
  return bytes;
}

/** Refuses a body with 413 that is declared to be too long, before any of it is read. */
export function checkDeclaredLength({ headers }: Request, maxBytes: number): void {
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
}

/** Straight from the socket: Yoga's request would wrap the stream, at a cost of half its throughput. */
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

/** Nobody is there to be answered. */
export function clientGone(): Error {
  return new DOMException('The client went away.', 'AbortError');
}
