import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';

const noBody: Buffer = Buffer.alloc(0);

/** Every part of a request that its response can depend on, apart from time and data. */
export interface RequestKey {
  /**
   * CRC-32 of the body, or of a GET's URL, seeded with the end of the credential. Keys with the same hash are compared in full.
   * V8's own hash of a string takes five times as long.
   */
  readonly hash: number;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | string[] | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Empty for a GET. */
  readonly body: Buffer;
}

/** Returns undefined for a request without a credential, whose response is not remembered. */
export function requestKey({ method, url, headers }: IncomingMessage, body = noBody): RequestKey | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  return {
    hash: crc32(method === 'GET' ? url! : body, endOf(authorization)),
    method,
    url,
    authorization,
    accept: headers.accept,
    acceptEncoding: headers['accept-encoding'],
    origin: headers.origin,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    body,
  };
}

/** The last four characters as 32 bits; in a token they are random. */
function endOf(text: string): number {
  const at = text.length - 4;
  const bytes =
    (text.charCodeAt(at) << 24) ^
    (text.charCodeAt(at + 1) << 16) ^
    (text.charCodeAt(at + 2) << 8) ^
    text.charCodeAt(at + 3);
  return bytes >>> 0;
}

export function isSameKey(one: RequestKey, other: RequestKey): boolean {
  return (
    one.hash === other.hash &&
    one.method === other.method &&
    one.url === other.url &&
    one.authorization === other.authorization &&
    one.accept === other.accept &&
    one.acceptEncoding === other.acceptEncoding &&
    one.origin === other.origin &&
    one.contentType === other.contentType &&
    one.contentEncoding === other.contentEncoding &&
    one.body.equals(other.body)
  );
}

/** A copy with its own buffer: a request's body may be a slice of a larger buffer, which it would keep in memory. */
export function copyOfKey(key: RequestKey): RequestKey {
  const body = Buffer.allocUnsafeSlow(key.body.byteLength);
  key.body.copy(body);
  return { ...key, body };
}

/** An estimate in bytes. */
export function sizeOfKey({ hash: _, body, ...texts }: RequestKey): number {
  return 400 + Object.values(texts).join('').length + body.byteLength;
}
