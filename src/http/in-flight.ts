import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The latest response of each open connection. HTTP/1.1 answers the requests of a connection in their order: when the latest
 * response is sent, all are. So nothing has to be told of the end of a response until somebody waits for it.
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

  /** Of each connection that waits for any response, the latest. */
  get unsent(): ServerResponse[] {
    const responses = [...this.#latest.values()].map(({ response }) => response);
    return responses.filter((response) => response?.writableFinished === false) as ServerResponse[];
  }

  /** The response to the latest request of a connection; undefined when it waits for none. */
  unsentOf(socket: Socket): ServerResponse | undefined {
    const response = this.#latest.get(socket)?.response;
    return response?.writableFinished === false ? response : undefined;
  }

  /** Resolves when everything is sent, or when the time is over. There must be no `add` meanwhile. */
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
