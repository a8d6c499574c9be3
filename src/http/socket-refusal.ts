/** Close codes of RFC 6455, of its IANA registry, and, from 4000 on, of the protocol `graphql-transport-ws`. */
export const closeCodes = {
  /** Clients connect again. */
  restart: 1012,
  /** Clients connect again, later. */
  tryAgainLater: 1013,
  notText: 1003,
  failure: 1011,
  badMessage: 4400,
  /** Clients do not connect again; after 4403 they would. */
  notSignedIn: 4401,
} as const;

/** An error that closes a WebSocket; its message is the reason that the client reads. */
export class SocketRefusal extends Error {
  readonly closeCode: number;

  constructor(closeCode: number, reason: string) {
    super(reason);
    this.closeCode = closeCode;
  }
}

/** RFC 6455, section 5.5. */
const maxReasonBytes = 123;

/** Cuts a reason to 123 bytes. It may quote a message of the client: the work does not grow with its length. */
export function closeReason(text: string): string {
  if (text.length <= maxReasonBytes && Buffer.byteLength(text) <= maxReasonBytes) return text;
  let reason = `${text.slice(0, maxReasonBytes)}…`; // a character takes at least one byte
  while (Buffer.byteLength(reason) > maxReasonBytes) reason = `${reason.slice(0, -2)}…`;
  return reason;
}
