import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, GraphQLSchema, parse } from 'graphql';
import type { SubscribePayload, WebSocket as TransportSocket } from 'graphql-ws';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { SocketMessage } from './plugin.ts';
import { closeCodes, closeReason, SocketRefusal } from './socket-refusal.ts';
import { ToldErrors, toldParts } from './told-parts.ts';
import { type Authenticate, readCredential } from './use-authentication.ts';
import { maskError } from './use-error-report.ts';

export interface ConnectionOptions {
  readonly ws: WebSocket;
  /** The request that it began with. */
  readonly request: IncomingMessage;
  /** Answers an operation as if it had come by HTTP. */
  answer(message: SocketMessage, token: string | null): Promise<FormattedExecutionResult>;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** Operations at once, subscriptions among them. */
  readonly maxOperations: number;
  /** For how long its client may be silent when it is asked for a sign of life, or take nothing of what is there for it. */
  readonly silenceMs: number;
  readonly initWaitMs: number;
  readonly maxWaitingBytes: number;
}

/** Each message names its operation again. */
const maxIdChars = 200;

/** One WebSocket of the protocol `graphql-transport-ws`: what it may, what runs for it, and how it ends. */
export class Connection {
  readonly closed: Promise<void>;
  readonly #options: ConnectionOptions;
  #token: string | null = null;
  /** Messages that are not dealt with to the end; that of an operation is when its last answer is sent. */
  #unsettled = 0;
  /** Of those, the ones whose operations are subscriptions that have begun. */
  #subscriptions = 0;
  #closing: SocketRefusal | undefined;
  #heardAtMs = performance.now();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { ws, request, silenceMs } = options;
    this.closed = new Promise((resolve) => void ws.once('close', () => resolve()));
    ws.on('error', () => {}); // it closes, with the code for it
    ws.on('pong', () => this.#hear());
    const { socket } = request;
    socket.setTimeout(silenceMs).on('timeout', () => socket.writableLength > 0 && ws.terminate());
  }

  /** What the library for the protocol needs of it. */
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
    const given = parameters.Authorization ?? parameters.authorization ?? request.headers.authorization;
    if (given != null && typeof given !== 'string')
      throw new SocketRefusal(
        closeCodes.badMessage,
        'Authorization: expected a text in the payload of connection_init.',
      );
    const { token, refusal } = await readCredential(given, authenticate).catch((error) => {
      const { message, extensions } = maskError(error);
      if (extensions.unexpected) log.error({ err: error }, 'unexpected error in a WebSocket');
      throw new SocketRefusal(closeCodes.tryAgainLater, message);
    });
    if (refusal) throw new SocketRefusal(closeCodes.notSignedIn, refusal.message);
    this.#token = token;
  }

  /** Runs an operation. What is returned is what the library executes: nothing is left to do. */
  async begin(id: string, payload: SubscribePayload): Promise<ExecutionArgs | ToldErrors[]> {
    const { request, answer, maxOperations } = this.#options;
    if (id.length > maxIdChars)
      throw new SocketRefusal(closeCodes.badMessage, `id: expected at most ${maxIdChars} characters.`);
    if (this.#unsettled > maxOperations) return [tooMany(maxOperations)];
    const message: SocketMessage = { upgrade: request, payload };
    const whole = await answer(message, this.#token);
    if (message.parts) return answered(this.#follow(message.parts, message.isSubscription === true));
    return 'data' in whole ? answered(whole) : [new ToldErrors(whole.errors ?? [])];
  }

  /** Ends what no longer stands. */
  async recheck(): Promise<void> {
    if (this.#token === null || (await this.#options.authenticate(this.#token))) return;
    this.close(closeCodes.notSignedIn, 'Your token was revoked or has expired: sign in again.');
  }

  /** Closes it when all is answered that is not a subscription, and takes no more messages. The first reason counts. */
  close(code: number, reason: string): void {
    this.#closing ??= new SocketRefusal(code, reason);
    this.#closeIfIdle();
  }

  /** So that its client connects again. */
  restart(): void {
    this.close(closeCodes.restart, 'Connect again, and subscribe again.');
  }

  terminate(): void {
    this.#options.ws.terminate();
  }

  /** Call it now and then: asks for a sign of life, and gives up who gave none. */
  beat(): void {
    const { ws, silenceMs } = this.#options;
    if (ws.bufferedAmount > 0)
      this.#hear(); // no ping would overtake that; the time limit of the connection is for it
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
    // The library's words for those that only a server sends.
    if (error.message.startsWith('Unexpected message of type'))
      return { code: closeCodes.badMessage, reason: error.message };
    this.#options.log.error({ err: error }, 'unexpected error in a WebSocket');
    return { code: closeCodes.failure, reason: 'Unexpected error.' };
  }

  /** Resolves when it is on its way, so that a subscription is not read faster than its client reads. */
  #send(text: string): Promise<void> | void {
    const { ws, maxWaitingBytes } = this.#options;
    if (ws.readyState !== ws.OPEN) return;
    if (ws.bufferedAmount > maxWaitingBytes) return ws.terminate();
    return new Promise((resolve) => ws.send(text, () => resolve()));
  }

  #closeIfIdle(): void {
    if (!this.#closing) return;
    const { closeCode, message } = this.#closing;
    // Subscriptions that break off end with it; those that end for good say why before.
    const ending = closeCode === closeCodes.notSignedIn ? 0 : this.#subscriptions;
    if (this.#unsettled <= ending) this.#options.ws.close(closeCode, closeReason(message));
  }

  /** An iterator that can be returned at any time, also before and while it is asked for the next part. */
  #follow(
    parts: AsyncIterable<ExecutionResult>,
    isSubscription: boolean,
  ): AsyncIterableIterator<FormattedExecutionResult> {
    const source = parts[Symbol.asyncIterator]();
    const told = toldParts({ [Symbol.asyncIterator]: () => source }, () => {
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
          const result = await told.next();
          if (result.done) over();
          return result;
        } catch (error) {
          over();
          if (error instanceof ToldErrors && error.extensions.code === 'UNAUTHENTICATED')
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

/** An operation for the library, whose execution was left to us. */
function answered(answer: FormattedExecutionResult | AsyncIterable<FormattedExecutionResult>): ExecutionArgs {
  return { schema: noSchema, document: anyDocument, contextValue: answer };
}

const noSchema = new GraphQLSchema({});
const anyDocument = parse('{ __typename }');

/** What the library's own execution is replaced with. */
export function givenAnswer({ contextValue }: ExecutionArgs): ExecutionResult {
  return contextValue as ExecutionResult;
}

function tooMany(max: number): ToldErrors {
  const message = `Expected at most ${max} operations of a WebSocket at once; wait for others, or end them.`;
  return new ToldErrors([{ message, extensions: { code: 'TOO_MANY_OPERATIONS' } }]);
}
