import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, GraphQLSchema, parse } from 'graphql';
import type { SubscribePayload, WebSocket as TransportSocket } from 'graphql-ws';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { FormattedErrors, formattedParts } from './formatted-parts.ts';
import type { SocketMessage } from './plugin.ts';
import { closeCodes, closeReason, SocketRefusal } from './socket-refusal.ts';
import { type Authenticate, readCredential } from './use-authentication.ts';
import { maskError } from './use-error-report.ts';

export interface ConnectionOptions {
  readonly ws: WebSocket;
  /** The request that opened it. */
  readonly request: IncomingMessage;
  /** Sends an operation through the pipeline, as if it had arrived over HTTP. */
  answer(message: SocketMessage, token: string | null): Promise<FormattedExecutionResult>;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** Concurrent operations, including subscriptions. */
  readonly maxOperations: number;
  /**
   * Milliseconds after which a client that sends nothing, not even a pong, or reads nothing that is sent to it, is disconnected.
   */
  readonly silenceMs: number;
  readonly initWaitMs: number;
  readonly maxWaitingBytes: number;
}

/** Limited because each message repeats the id of its operation. */
const maxIdChars = 200;

/** One WebSocket of the protocol `graphql-transport-ws`: its credential, its running operations, and its end. */
export class Connection {
  readonly closed: Promise<void>;
  readonly #options: ConnectionOptions;
  #token: string | null = null;
  /** Messages that are being handled; that of an operation until its last result is sent. */
  #unsettled = 0;
  /** How many of these are subscriptions that have begun. */
  #subscriptions = 0;
  #closing: SocketRefusal | undefined;
  #heardAtMs = performance.now();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { ws, request, silenceMs } = options;
    this.closed = new Promise((resolve) => void ws.once('close', () => resolve()));
    ws.on('error', () => {}); // ws closes it with the right code
    ws.on('pong', () => this.#hear());
    const { socket } = request;
    socket.setTimeout(silenceMs).on('timeout', () => socket.writableLength > 0 && ws.terminate());
  }

  /** The socket as graphql-ws, the library for the protocol, needs it. */
  get transport(): TransportSocket {
    const { ws, initWaitMs } = this.#options;
    const reasons: Record<number, string> = {
      4400: 'Expected a message of the protocol graphql-transport-ws, as JSON.',
      4401: 'Expected connection_init first, and subscribe after it is acknowledged.',
      4408: `Expected connection_init within ${initWaitMs / 1000} s.`,
      4429: 'Expected connection_init once.',
    };
    return {
      protocol: ws.protocol,
      send: (text) => this.#send(text),
      close: (code = closeCodes.failure, reason = '') => ws.close(code, closeReason(reasons[code] ?? reason)),
      onMessage: (receive) =>
        void ws.on('message', (data, isBinary) => void this.#receive({ data, isBinary }, receive)),
    };
  }

  /** Takes the credential from the parameters of `connection_init`, or from the upgrade's header. */
  async signIn(parameters: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { request, authenticate, log } = this.#options;
    const credential = parameters.Authorization ?? parameters.authorization ?? request.headers.authorization;
    if (credential != null && typeof credential !== 'string')
      throw new SocketRefusal(
        closeCodes.badMessage,
        'Authorization: expected a text in the payload of connection_init.',
      );
    const { token, refusal } = await readCredential(credential, authenticate).catch((error) => {
      const { message, extensions } = maskError(error);
      if (extensions.unexpected) log.error({ err: error }, 'unexpected error in a WebSocket');
      throw new SocketRefusal(closeCodes.tryAgainLater, message);
    });
    if (refusal) throw new SocketRefusal(closeCodes.notSignedIn, refusal.message);
    this.#token = token;
  }

  /** Runs an operation through the pipeline. Returns its result in the form of execution arguments: see `resultOf`. */
  async begin(id: string, payload: SubscribePayload): Promise<ExecutionArgs | FormattedErrors[]> {
    const { request, answer, maxOperations } = this.#options;
    if (id.length > maxIdChars)
      throw new SocketRefusal(closeCodes.badMessage, `id: expected at most ${maxIdChars} characters.`);
    if (this.#unsettled > maxOperations) return [tooMany(maxOperations)];
    const message: SocketMessage = { upgrade: request, payload };
    const result = await answer(message, this.#token);
    if (message.parts) return argumentsWith(this.#follow(message.parts, message.isSubscription === true));
    return 'data' in result ? argumentsWith(result) : [new FormattedErrors(result.errors ?? [])];
  }

  /** Closes the connection if its token is no longer valid. */
  async recheck(): Promise<void> {
    if (this.#token === null || (await this.#options.authenticate(this.#token))) return;
    this.close(closeCodes.notSignedIn, 'Your token was revoked or has expired: sign in again.');
  }

  /** Accepts no more messages, and closes when all operations but subscriptions are done. The first call's reason is sent. */
  close(code: number, reason: string): void {
    this.#closing ??= new SocketRefusal(code, reason);
    this.#closeIfIdle();
  }

  /** Closes it with the code that makes its client connect again. */
  restart(): void {
    this.close(closeCodes.restart, 'Connect again, and subscribe again.');
  }

  terminate(): void {
    this.#options.ws.terminate();
  }

  /** Call it at intervals. Pings the client, and terminates the connection when the client was silent for too long. */
  beat(): void {
    const { ws, silenceMs } = this.#options;
    if (ws.bufferedAmount > 0)
      this.#hear(); // a ping would wait behind the unsent bytes; the socket's timeout covers this case
    else if (performance.now() - this.#heardAtMs > silenceMs) ws.terminate();
    else if (ws.readyState === ws.OPEN) ws.ping();
  }

  #hear(): void {
    this.#heardAtMs = performance.now();
  }

  async #receive(
    { data, isBinary }: { data: RawData; isBinary: boolean },
    receive: (text: string) => Promise<void>,
  ): Promise<void> {
    const { ws } = this.#options;
    this.#hear();
    if (this.#closing || ws.readyState !== ws.OPEN) return;
    this.#unsettled++;
    try {
      if (isBinary) throw new SocketRefusal(closeCodes.notText, 'Expected messages of text, but got a binary one.');
      await receive(String(data));
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#unsettled--;
    this.#closeIfIdle();
  }

  #fail(error: Error): void {
    const { code, reason } = this.#whyOf(error);
    this.#options.ws.close(code, closeReason(reason));
  }

  #whyOf(error: Error): { code: number; reason: string } {
    if (error instanceof SocketRefusal) return { code: error.closeCode, reason: error.message };
    // The library's error for message types that only a server sends.
    if (error.message.startsWith('Unexpected message of type'))
      return { code: closeCodes.badMessage, reason: error.message };
    this.#options.log.error({ err: error }, 'unexpected error in a WebSocket');
    return { code: closeCodes.failure, reason: 'Unexpected error.' };
  }

  /** Resolves when the text is written, so that a subscription is not read faster than its client reads. */
  #send(text: string): Promise<void> | void {
    const { ws, maxWaitingBytes } = this.#options;
    if (ws.readyState !== ws.OPEN) return;
    if (ws.bufferedAmount > maxWaitingBytes) return ws.terminate();
    return new Promise((resolve) => ws.send(text, () => resolve()));
  }

  #closeIfIdle(): void {
    if (!this.#closing) return;
    const { closeCode, message } = this.#closing;
    // Subscriptions that break off end with the connection. When the token is invalid, they report that first.
    const ending = closeCode === closeCodes.notSignedIn ? 0 : this.#subscriptions;
    if (this.#unsettled <= ending) this.#options.ws.close(closeCode, closeReason(message));
  }

  /** The results as an iterator whose `return` works at any time, also before the first `next` and during one. */
  #follow(
    parts: AsyncIterable<ExecutionResult>,
    isSubscription: boolean,
  ): AsyncIterableIterator<FormattedExecutionResult> {
    const source = parts[Symbol.asyncIterator]();
    const formatted = formattedParts({ [Symbol.asyncIterator]: () => source }, () => {
      this.restart();
      return this.closed;
    });
    let counted = isSubscription ? 1 : 0;
    this.#subscriptions += counted;
    this.#closeIfIdle();
    const over = () => {
      this.#subscriptions -= counted;
      counted = 0;
    };
    const iterator: AsyncIterableIterator<FormattedExecutionResult> = {
      next: async () => {
        try {
          const result = await formatted.next();
          if (result.done) over();
          return result;
        } catch (error) {
          over();
          if (error instanceof FormattedErrors && error.extensions.code === 'UNAUTHENTICATED')
            this.close(closeCodes.notSignedIn, error.message);
          throw error;
        }
      },
      return: async () => {
        over();
        await source.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }
}

/** Execution arguments for the library that carry the finished result. */
function argumentsWith(result: FormattedExecutionResult | AsyncIterable<FormattedExecutionResult>): ExecutionArgs {
  return { schema: noSchema, document: anyDocument, contextValue: result };
}

const noSchema = new GraphQLSchema({});
const anyDocument = parse('{ __typename }');

/** Replaces the library's execution: returns the result that the arguments carry. */
export function resultOf({ contextValue }: ExecutionArgs): ExecutionResult {
  return contextValue as ExecutionResult;
}

function tooMany(max: number): FormattedErrors {
  const message = `Expected at most ${max} operations of a WebSocket at once; wait for others, or end them.`;
  return new FormattedErrors([{ message, extensions: { code: 'TOO_MANY_OPERATIONS' } }]);
}
