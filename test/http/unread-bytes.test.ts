import { describe, expect, it } from 'vitest';
import { UnreadBytes } from '../../src/http/unread-bytes.ts';

/** A socket with bytes that wait, of which its client takes some. */
class Sent {
  bytesRead = 0;
  bytesWritten = 0;
  writableLength = 0;

  write(bytes: number): void {
    this.bytesWritten += bytes;
    this.writableLength += bytes;
  }

  take(bytes: number): void {
    this.writableLength -= bytes;
  }
}

describe('a client that', () => {
  /** Before each look, the client sends a byte. */
  const look = (socket: Sent, unread: UnreadBytes, times = 1) =>
    Array.from({ length: times }, () => {
      socket.bytesRead += 1;
      return unread.isStuck(socket);
    }).at(-1);
  const begin = () => ({ socket: new Sent(), unread: new UnreadBytes(1_000) });

  it('takes nothing of what waits from one look to the next is stuck', () => {
    const { socket, unread } = begin();
    socket.write(500);
    expect(look(socket, unread)).toBe(false);
    expect(look(socket, unread)).toBe(true);
  });

  it('is stuck is not helped by what is written for it meanwhile', () => {
    const { socket, unread } = begin();
    socket.write(500);
    look(socket, unread);
    socket.write(400);
    expect(look(socket, unread)).toBe(true);
  });

  it('takes a byte between two looks is not', () => {
    const { socket, unread } = begin();
    socket.write(500);
    for (let times = 0; times < 100; times++) {
      expect(look(socket, unread)).toBe(false);
      socket.take(1);
    }
    expect(look(socket, unread, 2)).toBe(true);
  });

  it('sends nothing is left to the timeout of its socket, which knows when it takes a part of a piece', () => {
    const { socket, unread } = begin();
    socket.write(500);
    for (let times = 0; times < 10; times++) expect(unread.isStuck(socket)).toBe(false);
    expect(look(socket, unread)).toBe(true);
  });

  it('has taken everything is not, whatever the time', () => {
    const { socket, unread } = begin();
    expect(look(socket, unread, 100)).toBe(false);
    socket.write(500);
    socket.take(500);
    expect(look(socket, unread, 100)).toBe(false);
    socket.write(500);
    expect(look(socket, unread)).toBe(false);
  });

  it('has much to take at once has the time for it at the slowest rate, and no more', () => {
    const { socket, unread } = begin();
    socket.write(10_000);
    expect(look(socket, unread, 11)).toBe(false);
    expect(look(socket, unread)).toBe(true);
  });
});
