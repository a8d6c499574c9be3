import type { Space } from './world.ts';

export interface Read {
  readonly name: string;
  readonly query: string;
}

const parts = (space: Space) => ({
  settings: 'settings { id revision brandVoice timeZone }',
  templates: 'templates(first: 5) { totalCount nodes { id revision title } }',
  template: `template(id: "${space.ids.templates[0]}") { id revision title body usageCount }`,
  posts: 'posts(first: 5) { totalCount nodes { id revision text status } }',
  post: `post(id: "${space.ids.posts[0]}") { id revision text status targets { id status } }`,
  campaign: `campaign(id: "${space.ids.campaigns[0]}") { id revision name }`,
  campaigns: 'campaigns(first: 10) { nodes { id revision name } }',
  savedReplies: 'savedReplies { id title }',
  conversation: `conversation(id: "${space.conversationId}") { id unreadCount messages(first: 3) { nodes { text } } }`,
  inboxSummary: 'inboxSummary { openCount unreadCount }',
});

/** Documents that show what is written: single fields, and several at once, which share fields with others. */
export function readsOf(space: Space): readonly Read[] {
  const all = parts(space);
  const together = {
    page: [all.settings, all.templates, all.posts, all.inboxSummary],
    desk: [all.savedReplies, all.conversation, all.campaigns, all.template],
    everything: Object.values(all),
  };
  return [
    ...Object.entries(all).map(([name, text]) => ({ name, query: `{ ${text} }` })),
    ...Object.entries(together).map(([name, texts]) => ({ name, query: `{ ${texts.join(' ')} }` })),
  ];
}

/** Those that show what a mutation changes. */
export function readsAfter(mutation: string, space: Space): readonly Read[] {
  const shown: Readonly<Record<string, readonly string[]>> = {
    updateSettings: ['settings', 'page'],
    updateTemplate: ['template', 'templates', 'desk'],
    updatePost: ['post', 'posts'],
    updateCampaign: ['campaign', 'campaigns'],
    createPost: ['posts', 'page'],
    receiveMessage: ['conversation', 'inboxSummary'],
    createSavedReply: ['savedReplies', 'desk'],
    deleteSavedReply: ['savedReplies'],
  };
  return readsOf(space).filter(({ name }) => shown[mutation]!.includes(name));
}
