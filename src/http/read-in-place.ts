import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** As large as what Node reads at once. */
const received = Buffer.allocUnsafeSlow(64 * 1024);

type SocketWithKeys = Record<symbol, unknown> & {
  readonly _handle?: { readonly useUserBuffer?: (buffer: Buffer) => void };
};

/** Where this Node keeps what `onread` asked for; undefined where it has no such place. */
const [bufferKey, callbackKey] = (() => {
  const callback = () => true;
  const options: SocketConstructorOpts & ConnectOpts = { onread: { buffer: received, callback } };
  const sample = new Socket(options) as unknown as SocketWithKeys;
  const keys = Object.getOwnPropertySymbols(sample);
  return [received, callback].map((value) => keys.find((key) => sample[key] === value));
})();

/**
 * Reads all connections into one buffer, where this Node can: what comes is shown to `onBytes` instead of the listeners to `data`,
 * and must be copied by it if it is to outlive the call.
 *
 * Otherwise Node makes a buffer of 64 KB for each read, and to sweep thousands of them takes longer than all else that a
 * collection of young objects does. It offers this to sockets that are about to connect (`onread`); one that was accepted is told
 * here, with the same means.
 */
export function readInPlace(socket: Socket, onBytes: (bytes: Buffer) => void): void {
  const own = socket as unknown as SocketWithKeys;
  if (!bufferKey || !callbackKey || !own._handle?.useUserBuffer) return;
  own[bufferKey] = received;
  own[callbackKey] = (count: number) => {
    onBytes(received.subarray(0, count));
    return true;
  };
  own._handle.useUserBuffer(received);
}
