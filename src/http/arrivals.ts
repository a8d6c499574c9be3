import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A response of status 200, without what belongs to the connection. */
export interface PreparedAnswer {
  /** Its header lines, each with its end. */
  readonly head: string;
  readonly body: Buffer;
}

/** Answers a request, given as all of its bytes, if it knows them; undefined leaves them to Node's parser. */
export type AnswerBytes = (bytes: Buffer) => PreparedAnswer | undefined;

/**
 * Lets bytes be answered before they are parsed. Node's parser stays the only one: what it made of some bytes once, between two
 * messages, it would make of the same bytes again. So a chunk is shown to `answer` only where a message is sure to begin: when
 * the requests so far were answered and the bytes so far were theirs, to the last. Everything else is parsed as ever, and a
 * connection that leaves doubt (its requests overlap, or end in an unusual way) is left to Node for good.
 */
export function answerArrivals(
  server: Server,
  { answer, onUnsent }: { answer: AnswerBytes; onUnsent: (socket: Socket) => void },
): void {
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(server.keepAliveTimeout / 1000)}\r\n\r\n`;
  const write = (socket: Socket, { head, body }: PreparedAnswer) => {
    socket.cork();
    socket.write(`HTTP/1.1 200 OK\r\n${head}Date: ${httpDate()}\r\n${keepAlive}`, 'latin1');
    socket.write(body);
    socket.uncork();
    if (socket.writableLength > 0) onUnsent(socket);
  };
  server.on('connection', (socket) => {
    const [parse, ...others] = socket.listeners('data') as ((bytes: Buffer) => void)[];
    if (!parse || others.length > 0) return; // not the Node that we know
    const connection = new Connection();
    connections.set(socket, connection);
    socket.off('data', parse);
    socket.on('data', (bytes: Buffer) => {
      const prepared =
        connection.isBetween && socket.writable && socket.writableLength === 0 ? answer(bytes) : undefined;
      if (prepared) return write(socket, prepared);
      connection.take(bytes);
      parse(bytes);
    });
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.get(request.socket)?.begin(request, response);
  });
}

/** All bytes of a request that came in one piece, on its own and framed as HTTP/1.1 keeps connections; undefined for others. */
export function wholeBytesOf(request: IncomingMessage): Buffer | undefined {
  return connections.get(request.socket)?.bytesOf(request);
}

const connections = new WeakMap<Socket, Connection>();

/** Which of the bytes that were given to the parser belong to which request. */
class Connection {
  #state: 'fresh' | 'between' | 'within' | 'in doubt' = 'fresh';
  /** Bytes since the last message ended: how many, and those up to where the head ended; the parser limits how long a head may be. */
  #taken = 0;
  #bytes: Buffer | undefined;
  /** The first request that began since, and its length as it is framed. */
  #request: IncomingMessage | undefined;
  #length = Number.NaN;

  /** The first request of a connection goes to the parser, whose time limits begin with it. */
  get isBetween(): boolean {
    return this.#state === 'between';
  }

  take(bytes: Buffer): void {
    if (this.#state === 'in doubt') return;
    this.#state = 'within';
    this.#taken += bytes.byteLength;
    if (!this.#request) this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, bytes]) : bytes;
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state !== 'within' || this.#request) return;
    this.#request = request;
    this.#length = framedLength(request, this.#bytes!);
    response.once('finish', () => this.#end());
  }

  bytesOf(request: IncomingMessage): Buffer | undefined {
    const isWhole = request === this.#request && this.#bytes?.byteLength === this.#length;
    return isWhole && staysOpen(request) ? this.#bytes : undefined;
  }

  #end(): void {
    this.#state = this.#taken === this.#length ? 'between' : 'in doubt';
    this.#taken = 0;
    this.#bytes = undefined;
    this.#request = undefined;
  }
}

/** The head up to its empty line, and the declared body; `NaN`, which nothing equals, where that is not all there is to say. */
function framedLength({ headers }: IncomingMessage, bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0 || headers['transfer-encoding'] !== undefined) return Number.NaN;
  if (looseLineEnd.test(bytes.toString('latin1', 0, end))) return Number.NaN;
  return end + 4 + Number(headers['content-length'] ?? 0);
}

/** A line end that only a lenient parser takes for one. */
const looseLineEnd = /\r(?!\n)|(?<!\r)\n/;

function staysOpen({ httpVersion, headers }: IncomingMessage): boolean {
  const { connection, expect } = headers;
  return httpVersion === '1.1' && expect === undefined && (connection ?? 'keep-alive').toLowerCase() === 'keep-alive';
}

let dateAtSecond = { second: 0, text: '' };

/** As Node writes it. */
function httpDate(): string {
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== dateAtSecond.second) dateAtSecond = { second, text: new Date(now).toUTCString() };
  return dateAtSecond.text;
}
