import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Whether a request asks for an upgrade to a WebSocket (RFC 6455, section 4.1), valid or not. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Returns a connection to the server when its request asks for an unsupported upgrade, such as HTTP/2. The request is replayed
 * without the header `Connection`: a server may ignore an upgrade (RFC 9110, section 7.8), and these clients expect a normal
 * response.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, { socket, head }: Upgrade): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]!.toLowerCase() !== 'connection') lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  if (head.byteLength > 0) socket.unshift(head);
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  server.emit('connection', socket);
}

export interface Upgrade {
  readonly socket: Socket;
  /** Bytes that the client sent after the request. */
  readonly head: Buffer;
}

export interface UpgradeRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses an upgrade in the format of every other refusal, and closes the connection. */
export function refuseUpgrade(socket: Socket, { status, code, message, headers = {} }: UpgradeRefusal): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  const all = {
    ...{ connection: 'close', 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    ...{ 'content-length': Buffer.byteLength(body), ...headers },
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}
