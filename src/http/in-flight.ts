import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The responses that are not sent yet, by connection. Arrays that stay, not a `Set` of responses, whose copies would keep them: see
 * `TransientMap`.
 */
export class InFlight implements Iterable<ServerResponse> {
  readonly #bySocket = new Map<Socket, ServerResponse[]>();
  #size = 0;
  #onIdle: (() => void) | undefined;

  get size(): number {
    return this.#size;
  }

  /** Call it with each new connection. A response that waits behind another one of a connection emits no `close` when that goes away. */
  watch(socket: Socket): void {
    this.#bySocket.set(socket, []);
    socket.once('close', () => {
      for (const response of this.#bySocket.get(socket)!.slice()) this.remove(socket, response);
      this.#bySocket.delete(socket);
    });
  }

  /** Nothing that is for a connection which has gone. */
  add(socket: Socket, response: ServerResponse): void {
    if (this.#bySocket.get(socket)?.push(response)) this.#size++;
  }

  remove(socket: Socket, response: ServerResponse): void {
    const unfinished = this.#bySocket.get(socket);
    const at = unfinished?.indexOf(response) ?? -1;
    if (at < 0) return;
    unfinished!.splice(at, 1);
    if (--this.#size === 0) this.#onIdle?.();
  }

  *[Symbol.iterator](): Iterator<ServerResponse> {
    for (const unfinished of this.#bySocket.values()) yield* unfinished;
  }

  /** Resolves when there is nothing left, or when the time is over. */
  async end(limitMs: number): Promise<void> {
    if (this.#size === 0) return;
    let limit: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      limit = setTimeout(resolve, limitMs);
    });
    clearTimeout(limit);
  }
}
