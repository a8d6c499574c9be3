import type { Config } from './config.ts';
import { createMastodonNetwork } from './domains/accounts/mastodon-network.ts';
import { type Network, type NetworkAccount, NetworkRefusal } from './domains/accounts/network.ts';
import { createBuiltInProvider } from './domains/ai/built-in-provider.ts';
import { createOpenAiProvider } from './domains/ai/openai-provider.ts';
import type { AiProvider } from './domains/ai/provider.ts';
import { createSandboxNetwork } from './domains/demo/sandbox-network.ts';
import type { LogLevels } from './throttled-log.ts';

/** Seed of the demo's random numbers. */
export const demoSeed = 1;

/** The network for accounts. Accounts of networks that are not configured publish to the sandbox. */
export function networkFor({ mastodon, publicUrl }: Config, log: LogLevels): Network {
  const sandbox = createSandboxNetwork({ seed: demoSeed });
  if (!mastodon) return sandbox;
  const real = createMastodonNetwork({ ...mastodon, mediaBaseUrl: publicUrl, log });
  const of = ({ network }: NetworkAccount) => (network === 'MASTODON' ? real : sandbox);
  return {
    publish: (request, signal) => of(request.account).publish(request, signal),
    idempotentMs: (account) => of(account).idempotentMs?.(account) ?? Number.POSITIVE_INFINITY,
    find: async (request, signal) => {
      const network = of(request.account);
      if (!network.find) throw new NetworkRefusal('This network does not let programs look for posts.');
      return await network.find(request, signal);
    },
    reply: (request, signal) => of(request.account).reply(request, signal),
    findReply: async (request, signal) => {
      const network = of(request.account);
      if (!network.findReply) throw new NetworkRefusal('This network does not let programs look for replies.');
      return await network.findReply(request, signal);
    },
  };
}

/**
 * The configured AI provider, or the built-in one. The prices of a configured server are unknown, so its generations count as free.
 */
export function aiFor({ ai }: Config, log: LogLevels): AiProvider {
  if (!ai) return createBuiltInProvider();
  const { baseUrl, apiKey, model } = ai;
  const models = [{ id: model, name: model, inputUsdPerMillion: '0', outputUsdPerMillion: '0' }];
  return createOpenAiProvider({ baseUrl, apiKey, models, log });
}
