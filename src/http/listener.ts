import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { InFlight } from './in-flight.ts';
import { UnreadBytes } from './unread-bytes.ts';
import { asksForWebSocket, ignoreUpgrade, refuseUpgrade, type Upgrade } from './upgrades.ts';
import type { Cors } from './use-cors.ts';

/** Whether the app behind the listener is ready. It should settle within about a second. */
export type IsReady = () => Promise<boolean>;

export interface ServedApp {
  readonly listener: RequestListener;
  /** Handles WebSockets; they are not supported when absent. */
  readonly sockets?: Sockets;
  /** Lines that `/readyz` adds to its response. */
  readonly notes?: () => readonly string[];
}

/** Handles the connections that become WebSockets. */
export interface Sockets {
  /** Accepts a request for a WebSocket, or refuses it. */
  take(request: IncomingMessage, upgrade: Upgrade): void;
  /** Accepts no more, and closes open ones. Resolves with the number of those that were cut off after `limitMs`. */
  drain(limitMs: number): Promise<number>;
}

export interface Listener {
  /** Starts to listen, not ready yet. Resolves with the URL, as `http://host:port`. */
  listen(address: { host: string; port: number }): Promise<string>;
  /** Serves requests from now on. */
  serve(app: ServedApp, isReady: IsReady): void;
  /**
   * Refuses new requests, waits for running requests and for WebSockets to close, then stops listening. Resolves with the number of
   * connections that were cut off after `limitMs`.
   */
  drain(limitMs: number): Promise<number>;
}

/** Time that a client has for its headers. A body has no limit as long as it keeps arriving: see `silenceMs`. */
const headersTimeout = 10_000;
const requestTimeout = 0;
/** Longer than load balancers keep idle connections, so that they close them first. */
const keepAliveTimeout = 75_000;

export interface ListenerOptions {
  /** How long a client may send nothing of its request, or read nothing of its response. It has up to twice that time. */
  silenceMs?: number;
  /** The slowest rate at which a client reads what is sent in one piece. */
  slowestBytesPerSecond?: number;
  /** Maximum of concurrent connections; further ones are closed at once. */
  maxConnections?: number;
  /** Of which origins pages may read that requests are refused, and learn when to come again; none when absent. */
  cors?: Cors;
  /** Called for each connection that was closed because of `maxConnections`. */
  onDrop?: () => void;
}

/** Creates the listening side of the server: its states from start to end, its connections, and the probes for both. */
export function createListener(options: ListenerOptions = {}): Listener {
  const {
    silenceMs = 30_000,
    maxConnections = 10_000,
    onDrop = () => {},
    cors,
    slowestBytesPerSecond = 64 * 1024,
  } = options;
  let state: 'starting' | 'serving' | 'draining' = 'starting';
  let servedApp: ServedApp | undefined;
  let isReady: IsReady = async () => false;
  const inFlight = new InFlight();
  const ending = new Set<Socket>();
  const unread = new UnreadBytes((slowestBytesPerSecond * silenceMs) / 1000);

  const server = createServer({ requestTimeout, headersTimeout, keepAliveTimeout }, (request, response) => {
    if (state === 'draining') response.setHeader('connection', 'close');
    const { url = '', socket, headers } = request;
    if (ending.size > 0 && ending.has(socket)) return; // the connection closes when the previous response is sent
    if (headers.upgrade !== undefined) endAfter(response, socket);
    if (isAt(url, '/healthz')) return respondText(response, { status: 200, text: 'alive' });
    if (isAt(url, '/readyz')) return void sayReadiness(response);
    if (!servedApp || state !== 'serving') return void refuse(request, response);
    inFlight.add(socket, response);
    servedApp.listener(request, response);
  });

  // Node detaches the connection. Responses to earlier requests on it are finished first.
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => {}); // followed by `close`
    const unsent = inFlight.unsentOf(socket);
    if (!unsent) return upgrade(request, { socket, head });
    const giveUp = () => void socket.destroy();
    socket.setTimeout(silenceMs).once('timeout', giveUp);
    unsent.once('close', () => {
      socket.off('timeout', giveUp);
      upgrade(request, { socket, head });
    });
  });
  const upgrade = (request: IncomingMessage, { socket, head }: Upgrade) => {
    if (!socket.writable) return;
    const { sockets } = servedApp ?? {};
    if (!sockets || !asksForWebSocket(request)) ignoreUpgrade(server, request, { socket, head });
    else if (state === 'serving') sockets.take(request, { socket, head });
    else refuseUpgrade(socket, { status: 503, ...unavailable(), headers: { 'retry-after': '5' } });
  };

  server.on('connection', (socket: Socket) => inFlight.watch(socket));
  server.maxConnections = maxConnections;
  server.on('drop', onDrop);
  server.on('timeout', (socket) => {
    if (socket.writableLength > 0) return void socket.destroy(); // the client does not read
    const response = inFlight.unsentOf(socket);
    if (response?.req.complete) return; // the client waits for the response, or the rest of it
    if (response?.headersSent === false) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    socket.destroySoon();
  });
  // Ends connections, also WebSockets, whose clients do not read, and sets the timeout of each socket that has none: a new one, one
  // that waits for a response, one whose response is a stream. Once in each `silenceMs` rather than with each request
  // (`server.timeout`), which is the work of the hot path.
  const limits = setInterval(() => {
    for (const socket of inFlight.sockets)
      if (unread.isStuck(socket)) socket.destroy();
      else if (!socket.timeout) socket.setTimeout(silenceMs);
  }, silenceMs).unref();

  /**
   * Ends a connection after the response to a request with an `Upgrade` header, which is ignored, as HTTP allows. Node 20 then
   * drops the rest of the bytes that it has read, and would parse the middle of a request as the next one.
   */
  const endAfter = (response: ServerResponse, socket: Socket) => {
    response.setHeader('connection', 'close');
    ending.add(socket);
    socket.once('close', () => ending.delete(socket));
  };

  const sayReadiness = async (response: ServerResponse) => {
    if (state !== 'serving') return respondText(response, { status: 503, text: state });
    const ready = await isReady().catch(() => false);
    const notes = servedApp?.notes?.() ?? [];
    if (ready) respondText(response, { status: 200, text: ['ready', ...notes].join('\n') });
    else respondText(response, { status: 503, text: ['the database does not respond', ...notes].join('\n') });
  };

  const unavailable = () => ({ message: `The server is ${state}; try again shortly.`, code: 'UNAVAILABLE' });

  const refuse = ({ method, headers }: IncomingMessage, response: ServerResponse) => {
    const forPages = cors?.headersFor(headers.origin);
    for (const [name, value] of Object.entries({ vary: 'Origin', ...forPages })) response.setHeader(name, value);
    // A page is shown no answer whose preflight was refused.
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (cors && forPages && isPreflight) return response.writeHead(204, cors.preflight).end();
    const { message, code } = unavailable();
    const errors = [{ message, extensions: { code } }];
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('retry-after', '5');
    response.writeHead(503).end(JSON.stringify({ errors }));
  };

  return {
    async listen({ host, port }) {
      server.listen(port, host);
      await once(server, 'listening');
      const { address, family, port: actual } = server.address() as AddressInfo;
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`;
    },
    serve(next, readiness) {
      servedApp = next;
      isReady = readiness;
      state = 'serving';
    },
    async drain(limitMs) {
      state = 'draining';
      for (const response of inFlight.unsent) if (!response.headersSent) response.setHeader('connection', 'close');
      const [socketsCutOff = 0] = await Promise.all([servedApp?.sockets?.drain(limitMs), inFlight.end(limitMs)]);
      const cutOff = inFlight.unsent.length + socketsCutOff;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of inFlight.sockets) socket.destroy(); // also those without a request, or with an incomplete one
      await closed;
      clearInterval(limits);
      return cutOff;
    },
  };
}

function isAt(url: string, path: string): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
}

function respondText(response: ServerResponse, { status, text }: { status: number; text: string }): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}
