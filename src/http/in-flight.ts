import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The latest response of each open connection. HTTP/1.1 sends the responses of a connection in the order of its requests: when the
 * latest is sent, all are. So no response needs a listener for its end until `end` is called.
 */
export class InFlight {
  readonly #latest = new Map<Socket, { response: ServerResponse | undefined }>();
  #onEnd: (() => void) | undefined;

  /** Call it with each new connection. */
  watch(socket: Socket): void {
    if (this.#latest.has(socket)) return;
    this.#latest.set(socket, { response: undefined });
    socket.once('close', () => {
      this.#latest.delete(socket);
      this.#onEnd?.();
    });
  }

  get sockets(): Iterable<Socket> {
    return this.#latest.keys();
  }

  /** Ignores a response for a connection that has closed. */
  add(socket: Socket, response: ServerResponse): void {
    const latest = this.#latest.get(socket);
    if (latest) latest.response = response;
  }

  /** The latest response of each connection that waits for one. */
  get unsent(): ServerResponse[] {
    const responses = [...this.#latest.values()].map(({ response }) => response);
    return responses.filter((response) => response?.writableFinished === false) as ServerResponse[];
  }

  /** The response to the latest request of a connection; undefined when it is sent, or there was none. */
  unsentOf(socket: Socket): ServerResponse | undefined {
    const response = this.#latest.get(socket)?.response;
    return response?.writableFinished === false ? response : undefined;
  }

  /** Resolves when all responses are sent, or after `limitMs`. `add` must not be called meanwhile. */
  async end(limitMs: number): Promise<void> {
    const { unsent } = this;
    if (unsent.length === 0) return;
    let limit: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      limit = setTimeout(resolve, limitMs);
      this.#onEnd = () => {
        if (this.unsent.length === 0) resolve();
      };
      for (const response of unsent) response.once('close', this.#onEnd);
    });
    clearTimeout(limit);
  }
}
