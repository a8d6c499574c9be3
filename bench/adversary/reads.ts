import type { Space } from './world.ts';

export interface Read {
  readonly name: string;
  readonly query: string;
}

const templateOf = (id: string) => `template(id: "${id}") { id revision title body usageCount }`;
const postOf = (id: string) => `post(id: "${id}") { id revision text status targets { id status } }`;
const campaignOf = (id: string) => `campaign(id: "${id}") { id revision name }`;

const parts = (space: Space) => ({
  settings: 'settings { id revision brandVoice timeZone }',
  templates: 'templates(first: 5) { totalCount nodes { id revision title } }',
  template: templateOf(space.ids.templates[0]!),
  posts: 'posts(first: 5) { totalCount nodes { id revision text status } }',
  post: postOf(space.ids.posts[0]!),
  campaign: campaignOf(space.ids.campaigns[0]!),
  campaigns: 'campaigns(first: 10) { nodes { id revision name } }',
  savedReplies: 'savedReplies { id title }',
  conversation: `conversation(id: "${space.conversationId}") { id unreadCount messages(first: 3) { nodes { text } } }`,
  generations: 'aiGenerations(first: 2) { totalCount nodes { id } }',
  inboxSummary: 'inboxSummary { openCount unreadCount }',
});

/** Documents that show what is written: single fields of each node, and several at once, which share fields with others. */
export function readsOf(space: Space): readonly Read[] {
  const all = parts(space);
  const together = {
    page: [all.settings, all.templates, all.posts, all.inboxSummary],
    desk: [all.generations, all.savedReplies, all.conversation, all.campaigns, all.template],
    everything: Object.values(all),
  };
  const { templates, posts, campaigns } = space.ids;
  const others = {
    templateOthers: templates.slice(1).map(templateOf),
    postOthers: posts.slice(1).map(postOf),
    campaignOthers: campaigns.slice(1).map(campaignOf),
  };
  return [
    ...Object.entries(others).flatMap(([name, texts]) => texts.map((text) => ({ name, query: `{ ${text} }` }))),
    ...Object.entries(all).map(([name, text]) => ({ name, query: `{ ${text} }` })),
    ...Object.entries(together).map(([name, texts]) => ({ name, query: `{ ${texts.join(' ')} }` })),
  ];
}

/** Those that show what a mutation changes. */
export function readsAfter(mutation: string, space: Space): readonly Read[] {
  const shown: Readonly<Record<string, readonly string[]>> = {
    updateSettings: ['settings', 'page'],
    updateTemplate: ['template', 'templateOthers', 'templates', 'desk'],
    updatePost: ['post', 'postOthers', 'posts'],
    updateCampaign: ['campaign', 'campaignOthers', 'campaigns'],
    createPost: ['posts', 'page'],
    receiveMessage: ['conversation', 'inboxSummary'],
    generateHashtags: ['generations', 'desk'],
    createSavedReply: ['savedReplies', 'desk'],
    deleteSavedReply: ['savedReplies'],
  };
  return readsOf(space).filter(({ name }) => shown[mutation]!.includes(name));
}
