import type { NetworkName } from '../../generated/schema.ts';

/** The account for which a network is called. */
export interface NetworkAccount {
  readonly id: string;
  readonly network: NetworkName;
  readonly handle: string;
}

export interface PublishRequest {
  readonly id: string;
  readonly account: NetworkAccount;
  readonly text: string;
  readonly media: readonly { id: string; url: string; mimeType: string; altText: string | null }[];
  /** The files of the post that the network has accepted, by the ids of their assets. They are not uploaded again. */
  readonly uploads: {
    /** The network's id of a file that it accepted in this call or an earlier one. */
    of(mediaId: string): string | undefined;
    /** Records that the network accepted a file. Resolves when the record is stored. */
    add(mediaId: string, uploadId: string): Promise<void>;
  };
}

export interface ReplyRequest {
  readonly id: string;
  readonly account: NetworkAccount;
  readonly contactHandle: string;
  readonly text: string;
}

/**
 * A social network. Calls are made outside any transaction. They may be repeated after a crash with the same `id`, and must then
 * have one effect. They throw `NetworkRefusal` for a permanent failure and `NetworkFailure` for a temporary one. After any other
 * error the outcome of the call is unknown.
 */
export interface Network {
  /** Publishes a post to one account. Resolves with the address of the published post. */
  publish(request: PublishRequest, signal: AbortSignal): Promise<{ permalink: string }>;
  /** Sends a reply to a contact. */
  reply(request: ReplyRequest, signal: AbortSignal): Promise<void>;
  /** For how many milliseconds a repetition of a call with the same id has no second effect. Without limit when absent. */
  idempotentMs?(account: NetworkAccount): number;
  /**
   * Finds a post that was published since an instant; null if there is none. Throws `NetworkRefusal` when the network cannot be
   * searched.
   */
  find?(
    request: { account: NetworkAccount; text: string; since: Date },
    signal: AbortSignal,
  ): Promise<{ permalink: string } | null>;
  /** Whether a reply was sent since an instant. Throws `NetworkRefusal` as `find` does. */
  findReply?(request: ReplyRequest & { since: Date }, signal: AbortSignal): Promise<boolean>;
}

/** A permanent failure. Members read the message: Magpie writes it, and it holds nothing of the network's response. */
export class NetworkRefusal extends Error {}

/** A temporary failure. Members read the message after the last attempt: Magpie writes it too. */
export class NetworkFailure extends Error {}
