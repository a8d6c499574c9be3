import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** As large as what Node reads at once. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

type SocketWithKeys = Record<symbol, unknown> & {
  readonly _handle?: { readonly useUserBuffer?: (buffer: Buffer) => void };
};

/** Where this Node keeps what `onread` asked for; undefined where it has no such place. */
const [bufferKey, callbackKey] = (() => {
  const callback = () => true;
  const options: SocketConstructorOpts & ConnectOpts = { onread: { buffer: shared, callback } };
  const sample = new Socket(options) as unknown as SocketWithKeys;
  const keys = Object.getOwnPropertySymbols(sample);
  return [shared, callback].map((value) => keys.find((key) => sample[key] === value));
})();

/**
 * Reads a connection into a buffer that all of them share, and shows what came to `onBytes`: whatever is to outlive that call must be
 * copied by it. False where this Node cannot: then listen to `data`.
 *
 * Node makes a buffer of 64 KB for each read otherwise, and the sweeping of thousands takes longer than all else that a young
 * collection does. It offers this as `onread` to sockets that are about to connect, and means it for them; those that were accepted
 * are told here, with the same.
 */
export function shareReads(socket: Socket, onBytes: (bytes: Buffer) => void): boolean {
  const own = socket as unknown as SocketWithKeys;
  if (!bufferKey || !callbackKey || !own._handle?.useUserBuffer) return false;
  own[bufferKey] = shared;
  own[callbackKey] = (count: number) => {
    onBytes(shared.subarray(0, count));
    return true;
  };
  own._handle.useUserBuffer(shared);
  return true;
}
