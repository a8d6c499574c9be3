import { createHash } from 'node:crypto';
import { type Network, NetworkRefusal } from '../accounts/network.ts';
import { networkNames } from '../networks/names.ts';
import { createRandom } from './random.ts';

const refusalShare = 0.04;
const maxRefusals = 10_000;

const reasons = [
  (name: string) => `${name} took this for a duplicate of a recent post.`,
  (name: string) => `${name} limits how often an account may post; its limit for today is reached.`,
  (name: string) => `${name} could not process the media that came with the post.`,
  (name: string) => `${name} did not accept a link in the text.`,
];

/**
 * Creates a network that simulates all networks: it publishes nothing, and refuses some posts. The same seed and id always give the
 * same result, also after a restart; but a post that is retried after a refusal gets a new chance. Replies always succeed.
 */
export function createSandboxNetwork({ seed = 1 }: { seed?: number } = {}): Network {
  const refusals = new Map<string, number>();

  return {
    async publish({ id, account: { network, handle } }, signal) {
      signal.throwIfAborted();
      const refused = refusals.get(id) ?? 0;
      const random = createRandom(hashOf(`${seed} ${id} ${refused}`));
      if (random.chance(refusalShare)) {
        record(refusals, id, refused + 1);
        throw new NetworkRefusal(random.pick(reasons)(networkNames[network]));
      }
      const path = [network.toLowerCase(), handle, id].map(encodeURIComponent).join('/');
      return { permalink: `https://sandbox.example/${path}` };
    },

    async reply(_request, signal) {
      signal.throwIfAborted();
    },
  };
}

function record(refusals: Map<string, number>, id: string, count: number): void {
  refusals.delete(id);
  refusals.set(id, count);
  if (refusals.size > maxRefusals) refusals.delete(refusals.keys().next().value!);
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}
