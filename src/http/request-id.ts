import { randomBytes } from 'node:crypto';

/** What may be repeated in headers and logs as it came. */
const safeId = /^[\w.:-]{1,100}$/;

/** The client's id of its request; undefined when it has none that is harmless. */
export function requestIdFrom(header: string | string[] | null | undefined): string | undefined {
  return typeof header === 'string' && safeId.test(header) ? header : undefined;
}

const digits = 32;
const idsAtOnce = 256;
let random = '';
let used = 0;

/** 128 random bits as hexadecimal digits, in the form of a trace id of W3C Trace Context. */
export function newRequestId(): string {
  if (used === random.length) {
    random = randomBytes((idsAtOnce * digits) / 2).toString('hex');
    used = 0;
  }
  used += digits;
  return random.slice(used - digits, used);
}
