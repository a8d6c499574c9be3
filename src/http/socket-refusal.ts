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

/** Cuts a reason to 123 bytes (RFC 6455, section 5.5). */
export function closeReason(text: string): string {
  let reason = text;
  while (Buffer.byteLength(reason) > 123) reason = `${reason.slice(0, -2)}…`;
  return reason;
}
