import type { NetworkName } from '../../generated/schema.ts';

/** The account that a network is asked to act for. */
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
  /** Which files of the post the network has taken already, by the ids of the assets. An upload that it took is not made again. */
  readonly uploads: {
    /** The network's id of a file that it took in this call or an earlier one. */
    of(mediaId: string): string | undefined;
    /** Resolves when it is noted that the network took a file. */
    add(mediaId: string, uploadId: string): Promise<void>;
  };
}

/**
 * A social network, as far as Magpie needs one. Calls are made outside any transaction, may be repeated after a crash with
 * the same `id`, and must then have one effect. Throw `NetworkRefusal` for what will not get better by trying again, `NetworkFailure` for
 * what may; any other error counts as a call without an answer.
 */
export interface Network {
  /** Publishes a post to one account. Resolves with the address of what was published. */
  publish(request: PublishRequest, signal: AbortSignal): Promise<{ permalink: string }>;
  /** Sends an answer to a contact. */
  reply(
    request: { id: string; account: NetworkAccount; contactHandle: string; text: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** For how many milliseconds a repetition of `publish` with the same id has no second effect; without end when absent. */
  rememberedMs?(account: NetworkAccount): number;
  /**
   * Looks for a post that was published since an instant; null when it is not there. Throws `NetworkRefusal` when the network does not
   * let it look.
   */
  find?(
    request: { account: NetworkAccount; text: string; since: Date },
    signal: AbortSignal,
  ): Promise<{ permalink: string } | null>;
}

/** The network said no. Members read the message: it is in Magpie's words, and holds nothing of what the network answered. */
export class NetworkRefusal extends Error {}

/** The network may take the same later. Members read the message when it never did: the same holds for it. */
export class NetworkFailure extends Error {}
