import type { Log } from '../background.ts';
import { type Network, NetworkRefusal, type ReplyRequest } from './network.ts';

/**
 * Logs replies that fail, as their author reads only that the network did not respond. A refusal is for the author to correct, and
 * is not logged. A network that ignores the abort signal counts as failed.
 */
export function withReplyLog(network: Network, log: Log): Network {
  async function logged<T>({ id, account }: ReplyRequest, signal: AbortSignal, call: Promise<T>): Promise<T> {
    const ended = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    try {
      return await Promise.race([call, ended]);
    } catch (error) {
      if (!(error instanceof NetworkRefusal))
        log.error(
          { message: id, account: account.id, network: account.network, err: error },
          'a reply could not be sent',
        );
      throw error;
    }
  }
  const { findReply } = network;
  return {
    ...network,
    reply: (request, signal) => logged(request, signal, network.reply(request, signal)),
    ...(findReply && { findReply: (request, signal) => logged(request, signal, findReply(request, signal)) }),
  };
}
