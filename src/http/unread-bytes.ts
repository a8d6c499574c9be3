import type { Socket } from 'node:net';

/**
 * What the client of a socket with waiting bytes had taken and sent at the last look, and at how many looks it had sent, but taken
 * nothing.
 */
interface Taken {
  readonly bytes: number;
  readonly bytesRead: number;
  readonly idleLooks: number;
}

/**
 * Finds the clients that go on sending, and do not read what is sent to them. The others end by their socket's timeout, which each byte
 * that a client sends restarts: a client that sends one now and then, or answers pings, would never have to read.
 */
export class UnreadBytes {
  readonly #taken = new WeakMap<object, Taken>();
  readonly #bytesPerLook: number;

  /**
   * `bytesPerLook` is what the slowest client reads between two looks. Node reports a chunk only when the client has taken all of it,
   * so a client has a look more for each `bytesPerLook` that wait.
   */
  constructor(bytesPerLook: number) {
    this.#bytesPerLook = bytesPerLook;
  }

  /** Looks at a socket; call it at regular intervals. Returns whether its client has sent, but taken nothing, in too many of them. */
  isStuck(socket: Pick<Socket, 'bytesRead' | 'bytesWritten' | 'writableLength'>): boolean {
    const { bytesRead, bytesWritten, writableLength } = socket;
    if (writableLength === 0) return false;
    const bytes = bytesWritten - writableLength;
    const last = this.#taken.get(socket);
    const idleLooks = last?.bytes === bytes ? last.idleLooks + (bytesRead > last.bytesRead ? 1 : 0) : 0;
    this.#taken.set(socket, { bytes, bytesRead, idleLooks });
    return idleLooks > writableLength / this.#bytesPerLook;
  }
}
