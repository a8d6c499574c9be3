import type { Log } from '../background.ts';
import { type Network, NetworkRefusal } from './network.ts';

/**
 * A reply that failed is for the operator too: its author only reads that the network did not answer. A refusal is the author's to
 * put right, and is not logged. A network that does not heed the end of its time counts as one that failed.
 */
export function withToldReplies(network: Network, log: Log): Network {
  return {
    ...network,
    async reply(request, signal) {
      const ended = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
      try {
        return await Promise.race([network.reply(request, signal), ended]);
      } catch (error) {
        const { id, account } = request;
        if (!(error instanceof NetworkRefusal))
          log.error(
            { message: id, account: account.id, network: account.network, err: error },
            'a reply could not be sent',
          );
        throw error;
      }
    },
  };
}
