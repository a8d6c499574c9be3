import type { NetworkName } from '../../generated/schema.ts';

/** The account that a network is asked to act for. */
export interface NetworkAccount {
  readonly id: string;
  readonly network: NetworkName;
  readonly handle: string;
}

/**
 * A social network, as far as Magpie needs one. Calls are made outside any transaction, may be repeated after a crash with
 * the same `id`, and must then have one effect. Throw `NetworkRefusal` for what will not get better by trying again.
 */
export interface Network {
  /** Publishes a post to one account. Resolves with the address of what was published. */
  publish(
    request: {
      id: string;
      account: NetworkAccount;
      text: string;
      media: readonly { id: string; url: string; mimeType: string; altText: string | null }[];
    },
    signal: AbortSignal,
  ): Promise<{ permalink: string }>;
  /** Sends an answer to a contact. */
  reply(
    request: { id: string; account: NetworkAccount; contactHandle: string; text: string },
    signal: AbortSignal,
  ): Promise<void>;
}

/** The network said no: the message is for the team to read. */
export class NetworkRefusal extends Error {}
