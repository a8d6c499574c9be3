import { randomFillSync } from 'node:crypto';

/** What may be repeated in headers and logs as it came. */
const safe = /^[\w.:-]{1,100}$/;

/** The client's id of its request; undefined when it has none that is harmless. */
export function requestIdFrom(header: string | string[] | null | undefined): string | undefined {
  return typeof header === 'string' && safe.test(header) ? header : undefined;
}

const idBytes = 16;
const random = Buffer.allocUnsafeSlow(256 * idBytes);
let used = random.byteLength;

/** 128 random bits as hexadecimal digits, in the form of a trace id of W3C Trace Context. */
export function newRequestId(): string {
  if (used === random.byteLength) {
    randomFillSync(random);
    used = 0;
  }
  used += idBytes;
  return random.toString('hex', used - idBytes, used);
}
