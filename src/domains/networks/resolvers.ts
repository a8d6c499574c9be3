import type { NetworkName, Resolvers } from '../../generated/schema.ts';
import { checkArgument } from '../problems.ts';
import { postRules } from './media-rules.ts';
import { networkNames } from './names.ts';
import { maxPostLength, textLength, textLimitOf } from './text-length.ts';

const networks = Object.keys(networkNames) as NetworkName[];

export const networkResolvers: Resolvers = {
  Query: {
    networks: () =>
      networks.map((network) => {
        const { limit, unit } = textLimitOf(network);
        const name = networkNames[network];
        const id = network.toLowerCase();
        return { id, network, name, maxTextLength: limit, textLengthUnit: unit, ...postRules[network] };
      }),
    textLengths: (_, { text, networks: selected }) => {
      checkArgument('text', text, maxPostLength);
      return [...new Set(selected ?? networks)].map((network) => textLength(network, text));
    },
  },
};
