import type { Resolvers } from '../generated/schema.ts';
import { accountResolvers } from './accounts/resolvers.ts';
import { aiResolvers } from './ai/resolvers.ts';
import { analyticsResolvers } from './analytics/resolvers.ts';
import { calendarResolvers } from './calendar/resolvers.ts';
import { campaignResolvers } from './campaigns/resolvers.ts';
import { inboxResolvers } from './inbox/resolvers.ts';
import { mediaResolvers } from './media/resolvers.ts';
import { networkResolvers } from './networks/resolvers.ts';
import { nodeResolvers } from './node.ts';
import { postResolvers } from './posts/resolvers.ts';
import { settingsResolvers } from './settings/resolvers.ts';
import { templateResolvers } from './templates/resolvers.ts';
import { viewerResolvers } from './viewer/resolvers.ts';

/** All that the product knows how to answer, one map a domain. */
export const resolvers: readonly Resolvers[] = [
  accountResolvers,
  aiResolvers,
  analyticsResolvers,
  calendarResolvers,
  campaignResolvers,
  inboxResolvers,
  mediaResolvers,
  networkResolvers,
  nodeResolvers,
  postResolvers,
  settingsResolvers,
  templateResolvers,
  viewerResolvers,
];
