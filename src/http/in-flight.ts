import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** An answer that is not given yet, or what its connection has not taken of one. */
type Unfinished = ServerResponse | Promise<void>;

/**
 * What is not answered yet, by connection. Arrays that stay, not a `Set` of answers, whose copies would keep them: see
 * `TransientMap`.
 */
export class InFlight implements Iterable<Unfinished> {
  readonly #bySocket = new Map<Socket, Unfinished[]>();
  #size = 0;
  #onIdle: (() => void) | undefined;

  get size(): number {
    return this.#size;
  }

  /** Call it with each new connection. An answer that waits behind another of it is never closed itself when it goes away. */
  watch(socket: Socket): void {
    this.#bySocket.set(socket, []);
    socket.once('close', () => {
      for (const one of this.#bySocket.get(socket)!.slice()) this.remove(socket, one);
      this.#bySocket.delete(socket);
    });
  }

  /** Nothing that is for a connection which has gone. */
  add(socket: Socket, one: Unfinished): void {
    if (this.#bySocket.get(socket)?.push(one)) this.#size++;
  }

  remove(socket: Socket, one: Unfinished): void {
    const unfinished = this.#bySocket.get(socket);
    const at = unfinished?.indexOf(one) ?? -1;
    if (at < 0) return;
    unfinished!.splice(at, 1);
    if (--this.#size === 0) this.#onIdle?.();
  }

  /** Whether a request of the connection waits that was not parsed. */
  hasUnparsed(socket: Socket): boolean {
    return this.#bySocket.get(socket)?.some((one) => one instanceof Promise) ?? false;
  }

  *[Symbol.iterator](): Iterator<Unfinished> {
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
