/*
 * The domains. A line registers one: its resolvers, loaders and nodes are in its `domain.ts`. The order does not matter.
 */
export { accounts } from './accounts/domain.ts';
export { ai } from './ai/domain.ts';
export { analytics } from './analytics/domain.ts';
export { calendar } from './calendar/domain.ts';
export { campaigns } from './campaigns/domain.ts';
export { inbox } from './inbox/domain.ts';
export { media } from './media/domain.ts';
export { networks } from './networks/domain.ts';
export { posts } from './posts/domain.ts';
export { settings } from './settings/domain.ts';
export { templates } from './templates/domain.ts';
export { viewer } from './viewer/domain.ts';
