import type { NetworkName, Resolvers } from '../../generated/schema.ts';
import { checkArgument } from '../problems.ts';
import { lengthsOn } from './measured-lengths.ts';
import { postRules } from './media-rules.ts';
import { networkNames } from './names.ts';
import { maxPostLength, textLimitOf } from './text-length.ts';

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
    textLengths: (_, { text, networks: selected }, { viewer }) => {
      checkArgument('text', text, maxPostLength);
      return lengthsOn(viewer.workspaceId, { networks: [...new Set(selected ?? networks)], text });
    },
  },
};
