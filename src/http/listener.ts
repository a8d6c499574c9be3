import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { InFlight } from './in-flight.ts';
import { asksForWebSocket, ignoreUpgrade, refuseUpgrade, type Upgrade } from './upgrades.ts';
import type { Cors } from './use-cors.ts';

/** Whether what stands behind the listener can answer; it should settle within a second or so. */
export type IsReady = () => Promise<boolean>;

export interface ServedApp {
  readonly listener: RequestListener;
  /** WebSockets; none are offered when absent. */
  readonly sockets?: Sockets;
  /** What `/readyz` tells beside that requests are answered, a line each. */
  readonly notes?: () => readonly string[];
}

/** Connections that go on as WebSockets. */
export interface Sockets {
  /** Takes a request for one, or refuses it. */
  take(request: IncomingMessage, upgrade: Upgrade): void;
  /** Takes no more, and closes those that are open. Resolves with the number of those that were cut off after `limitMs`. */
  drain(limitMs: number): Promise<number>;
}

export interface Listener {
  /** Begins to listen, as not ready yet. Resolves with the address, as `http://host:port`. */
  listen(address: { host: string; port: number }): Promise<string>;
  /** From now on requests are answered. */
  serve(servedApp: ServedApp, isReady: IsReady): void;
  /**
   * Refuses new requests, waits until those in flight are answered and WebSockets are closed, then stops listening. Resolves with
   * the number of connections that were cut off after `limitMs`.
   */
  drain(limitMs: number): Promise<number>;
}

/** Time that a client has for its headers. A body may take as long as it takes, unless it stops coming. */
const headersTimeout = 10_000;
const requestTimeout = 0;
/** Longer than load balancers keep idle connections, so that it is they who close them. */
const keepAliveTimeout = 75_000;

export interface ListenerOptions {
  /** For how long a client may send nothing of its request, or take nothing of its answer; it has up to twice that time. */
  silenceMs?: number;
  /** Open at once, at most; those beyond are closed as they come. */
  maxConnections?: number;
  /** Of which origins pages may read that requests are refused, and learn when to come again; none when absent. */
  cors?: Cors;
  /** Hears of each connection that was closed as it came. */
  onDrop?: () => void;
}

/** The socket's side of the server: its life from start to end, and the probes that tell of it. */
export function createListener(options: ListenerOptions = {}): Listener {
  const { silenceMs = 30_000, maxConnections = 10_000, onDrop = () => {}, cors } = options;
  let state: 'starting' | 'serving' | 'draining' = 'starting';
  let servedApp: ServedApp | undefined;
  let isReady: IsReady = async () => false;
  const inFlight = new InFlight();
  const ending = new Set<Socket>();

  const server = createServer({ requestTimeout, headersTimeout, keepAliveTimeout }, (request, response) => {
    if (state === 'draining') response.setHeader('connection', 'close');
    const { url = '', socket, headers } = request;
    if (ending.size > 0 && ending.has(socket)) return; // it closes when the response before is sent
    if (headers.upgrade !== undefined) endAfter(response, socket);
    if (isAt(url, '/healthz')) return respondText(response, { status: 200, text: 'alive' });
    if (isAt(url, '/readyz')) return void sayReadiness(response);
    if (!servedApp || state !== 'serving') return void refuse(request, response);
    inFlight.add(socket, response);
    servedApp.listener(request, response);
  });

  // Node gives the connection away; answers to what was asked before on it are finished first.
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => {}); // it closes then
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
    if (socket.writableLength > 0) return void socket.destroy(); // its client takes nothing of what is there for it
    const response = inFlight.unsentOf(socket);
    if (response?.req.complete) return; // it waits for the answer, or for more of it
    if (response?.headersSent === false) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    socket.destroySoon();
  });
  // Sets the time limit of each socket that has none: a new one, one that waits for an answer, one whose answer comes in parts. To set
  // it with each request (`server.timeout`) would take a twentieth of the time of a remembered answer.
  const limits = setInterval(() => {
    for (const socket of inFlight.sockets) if (!socket.timeout) socket.setTimeout(silenceMs);
  }, silenceMs).unref();

  /**
   * Nothing of a connection is answered after a request for an upgrade, which we ignore, as HTTP allows: Node 20 then leaves out the
   * rest of what it has read, and would take the middle of a request for the next one.
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
    else respondText(response, { status: 503, text: ['the database does not answer', ...notes].join('\n') });
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
      for (const socket of inFlight.sockets) socket.destroy(); // also those that never asked for anything, or not to the end
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
