import { randomBytes } from 'node:crypto';

/** Ids that are safe to repeat in headers and logs. */
const safeId = /^[\w.:-]{1,100}$/;

/** The request id that the client sent; undefined when it sent none, or an unsafe one. */
export function requestIdFrom(header: string | string[] | null | undefined): string | undefined {
  return typeof header === 'string' && safeId.test(header) ? header : undefined;
}

const digits = 32;
const idsAtOnce = 256;
let random = '';
let used = 0;

/** A new request id: 128 random bits as hexadecimal digits, like a trace id of W3C Trace Context. */
export function newRequestId(): string {
  if (used === random.length) {
    random = randomBytes((idsAtOnce * digits) / 2).toString('hex');
    used = 0;
  }
  used += digits;
  return random.slice(used - digits, used);
}
