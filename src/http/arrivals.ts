import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { readInPlace } from './read-in-place.ts';

/** A response of status 200, without what belongs to the connection. */
export interface PreparedAnswer {
  /** Its header lines, each with its end. */
  readonly head: string;
  readonly body: Buffer;
}

/**
 * Answers a request, given as all of its bytes, if it knows them, at once or when it can; undefined leaves them to Node's parser.
 * The bytes are its to read until it returns. A promise never rejects.
 */
export type AnswerBytes = (bytes: Buffer) => PreparedAnswer | Promise<PreparedAnswer | undefined> | undefined;

export interface ArrivalsOptions {
  readonly answer: AnswerBytes;
  /** Whether connections may be used again. */
  readonly staysOpen: () => boolean;
  /** Hears of a connection that waits for its answer, or has not taken all of it. */
  readonly onUnsent: (socket: Socket, sent: Promise<void>) => void;
}

/**
 * Lets bytes be answered before they are parsed. Node's parser stays the only one: what it made of some bytes once, between two
 * messages, it would make of the same bytes again. So a chunk is shown to `answer` only where a message must begin: when the
 * bytes of the last one were its head, line by line as Node read it, and a body of the declared length, and it was answered. Everything
 * else is parsed as ever, and a connection that leaves doubt (requests overlap, or come or end in an unusual way) is left to Node
 * for good.
 */
export function answerArrivals(server: Server, { answer, staysOpen, onUnsent }: ArrivalsOptions): void {
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(server.keepAliveTimeout / 1000)}\r\n\r\n`;
  const close = 'Connection: close\r\n\r\n';
  const write = (socket: Socket, { head, body }: PreparedAnswer) => {
    socket.cork();
    socket.write(`HTTP/1.1 200 OK\r\n${head}Date: ${httpDate()}\r\n${staysOpen() ? keepAlive : close}`, 'latin1');
    socket.write(body);
    socket.uncork();
    if (socket.writableLength > 0) onUnsent(socket, new Promise((sent) => socket.write('', () => sent()))); // after all the rest
  };
  server.on('connection', (socket) => {
    const [parse, ...others] = socket.listeners('data') as ((bytes: Buffer) => void)[];
    if (!parse || others.length > 0) return; // not the Node that we know
    const connection = new Connection();
    connections.set(socket, connection);
    socket.off('data', parse);
    const arrive = (shown: Buffer) => {
      const prepared =
        connection.isBetween && socket.writable && socket.writableLength === 0 ? answer(shown) : undefined;
      if (prepared !== undefined && !(prepared instanceof Promise)) {
        write(socket, prepared);
        return;
      }
      const bytes = Buffer.from(shown);
      if (prepared === undefined) take(bytes);
      else onUnsent(socket, wait(bytes, prepared));
    };
    socket.on('data', arrive); // with this Node's parser lets go of what it reads from, too
    readInPlace(socket, arrive);
    const take = (bytes: Buffer) => {
      connection.take(bytes);
      parse(bytes);
    };
    /** What comes meanwhile is not read. Node resumes no socket between two messages, and gives up on one after `keepAliveTimeout`. */
    const wait = async (bytes: Buffer, prepared: Promise<PreparedAnswer | undefined>) => {
      socket.pause();
      const answer = await prepared;
      if (!socket.writable) return;
      if (answer) write(socket, answer);
      else take(bytes);
      socket.resume();
    };
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

/** Heads are shorter, or Node refuses them. */
const maxHeadBytes = 32 * 1024;

/** Node goes by more, but leaves them out of `request.headers`. */
const maxHeaders = 1_000;

/** Which of the bytes that were given to the parser belong to which request. */
class Connection {
  #state: 'fresh' | 'between' | 'within' | 'in doubt' = 'fresh';
  /** Since the last message ended. */
  #takenBytes = 0;
  /** The same, up to and with the chunk in which the head ended. */
  #firstBytes: Buffer | undefined;
  /** The first that began since, its length as it is framed, and whether another may follow its answer. */
  #request: IncomingMessage | undefined;
  #framedBytes = Number.NaN;
  #staysOpen = false;

  /** The first request of a connection goes to the parser, whose time limits begin with it. */
  get isBetween(): boolean {
    return this.#state === 'between';
  }

  take(bytes: Buffer): void {
    if (this.#state === 'in doubt') return;
    this.#state = 'within';
    this.#takenBytes += bytes.byteLength;
    if (this.#request) return;
    if (!this.#firstBytes) this.#firstBytes = bytes;
    else if (this.#takenBytes > maxHeadBytes) this.#end();
    else this.#firstBytes = Buffer.concat([this.#firstBytes, bytes]);
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state !== 'within' || this.#request) return;
    this.#request = request;
    this.#framedBytes = framedLength(request, this.#firstBytes!);
    this.#staysOpen = response.shouldKeepAlive;
    response.once('finish', () => this.#end());
  }

  bytesOf(request: IncomingMessage): Buffer | undefined {
    const isWhole = request === this.#request && this.#firstBytes?.byteLength === this.#framedBytes;
    return isWhole && this.#staysOpen && request.headers.expect === undefined ? this.#firstBytes : undefined;
  }

  #end(): void {
    this.#state = this.#takenBytes === this.#framedBytes ? 'between' : 'in doubt';
    this.#takenBytes = 0;
    this.#firstBytes = undefined;
    this.#request = undefined;
    this.#framedBytes = Number.NaN;
  }
}

/**
 * The head, and the declared body. `NaN`, which nothing equals, unless the bytes begin with the very lines that Node read: it knows
 * more ways to write a request, and skips empty lines before it.
 */
function framedLength({ method, url, headers, rawHeaders }: IncomingMessage, bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0 || headers['transfer-encoding'] !== undefined || headers.upgrade !== undefined) return Number.NaN;
  const [requestLine, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  if (requestLine !== `${method} ${url} HTTP/1.1` || lines.length > maxHeaders) return Number.NaN;
  for (const [at, line] of lines.entries()) {
    const name = rawHeaders[2 * at]!;
    if (!line.startsWith(`${name}:`) || line.slice(name.length + 1).trim() !== rawHeaders[2 * at + 1])
      return Number.NaN;
  }
  return end + 4 + Number(headers['content-length'] ?? 0);
}

let dateAtSecond = { second: 0, text: '' };

/** As Node writes it. */
function httpDate(): string {
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== dateAtSecond.second) dateAtSecond = { second, text: new Date(now).toUTCString() };
  return dateAtSecond.text;
}
