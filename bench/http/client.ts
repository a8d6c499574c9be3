import { connect, type Socket } from 'node:net';

/** One request, ready to be written, and what to call its answers. */
export interface Request {
  readonly bytes: Buffer;
  readonly kind: string;
}

export interface Answer {
  readonly status: number;
  /** In lower case. */
  readonly head: string;
  /** Empty unless it was asked for. */
  readonly body: Buffer;
}

/** Headers that are undefined are left out. */
export function post(
  body: object,
  { token, acceptEncoding, requestId }: { token: string; acceptEncoding?: string; requestId?: string },
): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  const head = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'accept: application/json',
    ...(acceptEncoding ? [`accept-encoding: ${acceptEncoding}`] : []),
    ...(requestId ? [`x-request-id: ${requestId}`] : []),
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${json.byteLength}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), json]);
}

/**
 * One keep-alive connection, one request at a time. It does as little as is right, so that it never is what is measured: the head
 * is searched for what frames the body, and the body is only counted unless somebody wants it.
 */
export class Connection {
  readonly #socket: Socket;
  #settle: ((answer: Answer | Error) => void) | undefined;
  #keepsBody = false;
  #head = '';
  /** What came of a head that is not whole yet, or of a chunk's size line. */
  #pending: Buffer | undefined;
  #status = 0;
  #state: 'head' | 'sized' | 'chunked' = 'head';
  #bytesLeft = 0;
  #parts: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    const fail = (error: Error) => this.#settle?.(error);
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('expected an answer, but got the end of the connection')));
  }

  static async open(port: number): Promise<Connection> {
    let connection: Connection | undefined;
    const read = (length: number) => {
      connection!.#read(received.subarray(0, length));
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer: received, callback: read } });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    connection = new Connection(socket);
    return connection;
  }

  send(bytes: Buffer, settle: (answer: Answer | Error) => void): void {
    this.#settle = settle;
    this.#socket.write(bytes);
  }

  ask(bytes: Buffer): Promise<Answer> {
    this.#keepsBody = true;
    return new Promise((resolve, reject) =>
      this.send(bytes, (answer) => {
        this.#keepsBody = false;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }),
    );
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #read(given: Buffer): void {
    const chunk = this.#pending ? Buffer.concat([this.#pending, given]) : given;
    this.#pending = undefined;
    const from = this.#state === 'head' ? this.#readHead(chunk) : 0;
    if (from < 0) this.#pending = Buffer.from(chunk);
    else if (this.#state === 'sized') this.#readSized(chunk, from);
    else this.#readChunked(chunk, from);
  }

  /** Where the body begins; −1 when the head is not whole. */
  #readHead(chunk: Buffer): number {
    const end = chunk.indexOf('\r\n\r\n');
    if (end < 0) return -1;
    this.#head = chunk.toString('latin1', 0, end + 2).toLowerCase();
    this.#status = Number(this.#head.slice(9, 12));
    const length = this.#header('content-length');
    this.#state = length === undefined ? 'chunked' : 'sized';
    this.#bytesLeft = Number(length ?? 0);
    return end + 4;
  }

  #header(name: string): string | undefined {
    const at = this.#head.indexOf(`\r\n${name}: `);
    return at < 0 ? undefined : this.#head.slice(at + name.length + 4, this.#head.indexOf('\r\n', at + 2));
  }

  #readSized(chunk: Buffer, from: number): void {
    if (this.#keepsBody) this.#parts.push(Buffer.from(chunk.subarray(from)));
    this.#bytesLeft -= chunk.byteLength - from;
    if (this.#bytesLeft === 0) this.#finish();
  }

  #readChunked(chunk: Buffer, start: number): void {
    let from = start;
    for (;;) {
      const lineEnd = chunk.indexOf('\r\n', from);
      const size = lineEnd < 0 ? Number.NaN : Number.parseInt(chunk.toString('latin1', from, lineEnd), 16);
      const next = lineEnd + 2 + size + 2;
      if (!(next <= chunk.byteLength)) break;
      if (size === 0) {
        this.#finish();
        return;
      }
      if (this.#keepsBody) this.#parts.push(Buffer.from(chunk.subarray(lineEnd + 2, next - 2)));
      from = next;
    }
    this.#pending = Buffer.from(chunk.subarray(from));
  }

  #finish(): void {
    this.#state = 'head';
    const body = this.#keepsBody ? Buffer.concat(this.#parts) : none;
    this.#parts = [];
    this.#settle?.({ status: this.#status, head: this.#head, body });
  }
}

/** All connections read into this one, past the streams: what is to be kept of it is copied. */
const received = Buffer.alloc(256 * 1024);
const none = Buffer.alloc(0);
