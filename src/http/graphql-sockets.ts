import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { FormattedErrors } from './formatted-parts.ts';
import type { Sockets } from './listener.ts';
import type { IsAllowedOrigin } from './origins.ts';
import { hasTarget } from './request-target.ts';
import { Connection, type ConnectionOptions, resultOf } from './socket-connection.ts';
import { refuseUpgrade, type Upgrade, type UpgradeRefusal } from './upgrades.ts';
import { maskError } from './use-error-report.ts';

export interface SocketLimits {
  readonly initWaitMs: number;
  readonly silenceMs: number;
  /** Time between two pings; shorter than the time after which proxies close idle connections. */
  readonly beatMs: number;
  /** Limit of unsent bytes, beyond which a connection is terminated when it has another message to send; larger than any result. */
  readonly maxWaitingBytes: number;
}

export const socketLimits: SocketLimits = {
  initWaitMs: 10_000,
  silenceMs: 30_000,
  beatMs: 12_000,
  maxWaitingBytes: 8 * 1024 * 1024,
};

export interface GraphqlSocketsOptions
  extends SocketLimits,
    Pick<ConnectionOptions, 'answer' | 'authenticate' | 'log' | 'maxOperations'> {
  readonly path: string;
  readonly isAllowedOrigin: IsAllowedOrigin;
  readonly maxMessageBytes: number;
  /** Called with each refused upgrade. */
  onRefusal(request: IncomingMessage, refusal: UpgradeRefusal): void;
}

/** Milliseconds that a client has for the closing handshake. */
const closeTimeout = 5_000;
/** The only version of the WebSocket protocol (RFC 6455, section 4.4). */
const version = '13';

type Protocol = ReturnType<typeof makeServer<Record<string, unknown>, Connection>>;

/** The open WebSockets. Operations arrive by the protocol `graphql-transport-ws` and go through the same pipeline as over HTTP. */
export class GraphqlSockets implements Sockets {
  readonly #open = new Set<Connection>();
  readonly #options: GraphqlSocketsOptions;
  readonly #server: WebSocketServer;
  readonly #protocol: Protocol;
  #beats: NodeJS.Timeout | undefined;

  constructor(options: GraphqlSocketsOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      ...{ noServer: true, clientTracking: false, closeTimeout },
      maxPayload: options.maxMessageBytes,
      handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL,
    });
    this.#server.on('wsClientError', ({ message }, socket, request) =>
      this.#refuse(request, socket as Socket, badRequest(`The upgrade to a WebSocket: ${message}.`)),
    );
    this.#protocol = makeServer<Record<string, unknown>, Connection>({
      connectionInitWaitTimeout: options.initWaitMs,
      onConnect: ({ connectionParams, extra }) => extra.signIn(connectionParams),
      onSubscribe: ({ extra }, id, payload) => extra.begin(id, payload),
      execute: resultOf,
      onNext: (_context, _id, _payload, _args, result) => result as never,
      onError: (_context, _id, _payload, errors) =>
        errors.flatMap((error) => {
          const thrown = error instanceof FormattedErrors ? error : error.originalError;
          return thrown instanceof FormattedErrors ? thrown.formatted : maskError(error).toJSON();
        }),
    });
  }

  get size(): number {
    return this.#open.size;
  }

  take(request: IncomingMessage, { socket, head }: Upgrade): void {
    const refusal = this.#refusalOf(request);
    if (refusal) this.#refuse(request, socket, refusal);
    else this.#server.handleUpgrade(request, socket, head, (ws) => this.#begin(ws, request));
  }

  /** Call it when tokens may have changed. Closes the connections whose token is no longer valid. */
  async recheck(): Promise<void> {
    await Promise.all([...this.#open].map((connection) => connection.recheck()));
  }

  async drain(limitMs: number): Promise<number> {
    const open = [...this.#open];
    for (const connection of open) connection.restart();
    let limit: NodeJS.Timeout | undefined;
    const isOver = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, limitMs);
    });
    await Promise.race([isOver, Promise.all(open.map(({ closed }) => closed))]);
    clearTimeout(limit);
    const cutOff = [...this.#open];
    for (const connection of cutOff) connection.terminate();
    return cutOff.length;
  }

  #begin(ws: WebSocket, request: IncomingMessage): void {
    const connection = new Connection({ ...this.#options, ws, request });
    this.#open.add(connection);
    this.#beats ??= setInterval(() => {
      for (const open of this.#open) open.beat();
    }, this.#options.beatMs).unref();
    const close = this.#protocol.opened(connection.transport, connection);
    ws.once('close', (code, reason) => {
      this.#open.delete(connection);
      if (this.#open.size === 0) {
        clearInterval(this.#beats);
        this.#beats = undefined;
      }
      close(code, String(reason)).catch((error) => this.#options.log.error({ err: error }, 'a WebSocket failed'));
    });
  }

  #refuse(request: IncomingMessage, socket: Socket, refusal: UpgradeRefusal): void {
    refuseUpgrade(socket, refusal);
    this.#options.onRefusal(request, refusal);
  }

  #refusalOf(request: IncomingMessage): UpgradeRefusal | undefined {
    const { url = '', headers } = request;
    const { path, isAllowedOrigin } = this.#options;
    if (!hasTarget(request)) return badRequest('Expected a path such as /graphql and a Host header, but got others.');
    if (url.split('?', 1)[0] !== path)
      return { status: 404, code: 'NOT_FOUND', message: `No WebSocket at this path. GraphQL is at ${path}.` };
    if (headers['sec-websocket-version'] !== version) {
      const message = `Expected version ${version} of the WebSocket protocol, but got another.`;
      return {
        status: 426,
        code: 'BAD_REQUEST',
        message,
        headers: { 'sec-websocket-version': version, upgrade: 'websocket' },
      };
    }
    const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!protocols.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL))
      return badRequest(
        `Expected the subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL} (Sec-WebSocket-Protocol), as of the library graphql-ws, but got another.`,
      );
    const { origin, host } = headers;
    if (origin === undefined || isAllowedOrigin(origin) || isOwn(origin, host)) return undefined;
    return {
      status: 403,
      code: 'FORBIDDEN',
      message: `Pages of the origin ${JSON.stringify(origin.slice(0, 200))} may not open a WebSocket: expected the origin in CORS_ORIGINS of the server, but it is not listed.`,
    };
  }
}

/** Whether the origin is this server's own, whose pages may always read its responses. */
function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

function badRequest(message: string): UpgradeRefusal {
  return { status: 400, code: 'BAD_REQUEST', message };
}
