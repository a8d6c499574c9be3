import type { Socket } from 'node:net';

/** What the client of a socket with waiting bytes had taken at the last look, and the number of looks before with the same result. */
interface Taken {
  readonly bytes: number;
  readonly idleLooks: number;
}

/**
 * Finds the clients that do not read what is sent to them. A socket's own timeout does not suffice: each byte that a client sends
 * restarts it, so a client that sends one now and then, or answers pings, would never have to read.
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

  /** Looks at a socket; call it at regular intervals. Returns whether its client has taken nothing for too many of them. */
  isStuck(socket: Pick<Socket, 'bytesWritten' | 'writableLength'>): boolean {
    const { bytesWritten, writableLength } = socket;
    if (writableLength === 0) return false;
    const bytes = bytesWritten - writableLength;
    const last = this.#taken.get(socket);
    const idleLooks = last?.bytes === bytes ? last.idleLooks + 1 : 0;
    this.#taken.set(socket, { bytes, idleLooks });
    return idleLooks > writableLength / this.#bytesPerLook;
  }
}
