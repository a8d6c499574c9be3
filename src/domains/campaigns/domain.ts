import type { NodeFinders } from '../node-finder.ts';
import { createCampaignLoaders } from './loaders.ts';
import { campaignResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly campaigns: ReturnType<typeof createCampaignLoaders>;
  }
}

const nodes: NodeFinders = {
  Campaign: (id, { loaders }) => loaders.campaigns.campaign.load(id),
};

export const campaigns = { resolvers: campaignResolvers, loaders: createCampaignLoaders, nodes };
