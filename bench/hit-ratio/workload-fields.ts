import type { CacheCategory } from '../../src/generated/schema.ts';
import type { Arguments, Operation, WorkloadEvent } from './workload.ts';

/** One evaluation of a cached field. */
export interface FieldLookup {
  readonly category: CacheCategory;
  readonly coordinate: string;
  /** `undefined` for what belongs to no workspace. */
  readonly namespace: string | undefined;
  readonly key: string;
  readonly tags: readonly string[];
}

/** The cached fields that a query evaluates, in turn; none for a write. */
export function lookupsOf(event: WorkloadEvent): FieldLookup[] {
  const workspace = `w${event.workspace}`;
  return (reads[event.operation]?.(event.arguments) ?? []).map(
    ({ category, coordinate, scope, key = '', tags = [] }) => {
      const namespace = scope === 'PUBLIC' ? undefined : workspace;
      const owner = { PUBLIC: 'public', WORKSPACE: workspace, VIEWER: `${workspace} u${event.user}` }[scope];
      return {
        category,
        coordinate,
        namespace,
        key: `${coordinate} ${owner} ${key}`,
        tags: tags.map((tag) => tagOf(event, tag)),
      };
    },
  );
}

/** The tags that a write, or what happens by itself, invalidates; none for a query. */
export function invalidationsOf(event: WorkloadEvent): string[] {
  return (writes[event.operation]?.(event.arguments) ?? []).map((tag) => tagOf(event, tag));
}

function tagOf({ workspace }: WorkloadEvent, tag: string): string {
  return `w${workspace} ${tag}`;
}

interface Field {
  readonly category: CacheCategory;
  readonly coordinate: string;
  readonly scope: 'PUBLIC' | 'WORKSPACE' | 'VIEWER';
  readonly key?: string;
  readonly tags?: readonly string[];
}

const MOST_ACCOUNTS = 8;

const inboxSummary = field('INBOX', 'Query.inboxSummary', '', ['Conversation']);
const settings = field('SETTINGS', 'Query.settings', '', ['WorkspaceSettings']);
const workspace = field('SETTINGS', 'Query.workspace', '', ['Workspace']);
const accounts: readonly Field[] = [
  field('ACCOUNTS', 'Query.accounts', '', ['SocialAccount']),
  field('ACCOUNTS', 'Query.accountGroups', '', ['AccountGroup']),
];

const reads: Partial<Record<Operation, (args: Arguments) => readonly Field[]>> = {
  AppShell: () => [workspace, field('SETTINGS', 'Workspace.tags', '', ['Tag']), settings, inboxSummary],
  AccountSwitcher: () => accounts,
  Dashboard: (args) => [
    report('summary', args, ''),
    report('series', args, 'dashboard'),
    report('topPosts', args, 'dashboard'),
    field('CAMPAIGNS', 'Query.campaigns', 'active', ['Campaign']),
    ...[0, 1, 2].map(goals),
    field('POSTS', 'Query.posts', 'attention', ['Post']),
    inboxSummary,
  ],
  UpcomingWeek: () => [field('CALENDAR', 'Query.calendar', 'week', ['Calendar', 'Calendar:0'])],
  CalendarMonth: ({ month, account, openSlots }) => [
    field('CALENDAR', 'Query.calendar', `${month} ${account ?? ''}`, [
      ...['Calendar', `Calendar:${month}`],
      ...(account === undefined ? [] : [`Calendar:${month}:filtered`]),
    ]),
    ...(openSlots ? [field('CALENDAR', 'Query.openSlots', '', ['OpenSlot'])] : []),
  ],
  PostList: (args) => [field('POSTS', 'Query.posts', JSON.stringify(args), ['Post'])],
  PostEditor: ({ post }) => [onePost(post), field('POSTS', 'Post.notes', `${post}`, [`Post:${post}:notes`])],
  PostPerformance: ({ post }) => [onePost(post)],
  Composer: () => [{ category: 'ACCOUNTS', coordinate: 'Query.networks', scope: 'PUBLIC' }, settings],
  TemplatePicker: ({ network, own }) => [
    field('TEMPLATES', 'Query.templates', `${network ?? ''}`, ['PostTemplate']),
    field('TEMPLATES', 'PostTemplate.usageCount', 'all', ['PostTemplate:usage']),
    ...(own ? [{ ...field('TEMPLATES', 'Viewer.templates', '', ['PostTemplate']), scope: 'VIEWER' } as const] : []),
  ],
  TemplateGallery: () => [{ category: 'TEMPLATES', coordinate: 'Query.templateGallery', scope: 'PUBLIC' }],
  Template: ({ template }) => [field('TEMPLATES', 'Query.template', `${template}`, [`PostTemplate:${template}`])],
  MediaLibrary: (args) => [field('MEDIA', 'Query.media', JSON.stringify(args), ['MediaAsset'])],
  MediaFolders: () => [field('MEDIA', 'Query.mediaFolders', '', ['MediaFolder'])],
  MediaDetail: ({ asset }) => [field('MEDIA', 'Query.mediaAsset', `${asset}`, [`MediaAsset:${asset}`])],
  AnalyticsPage: (args) =>
    ['summary', 'series', 'breakdown 1', 'breakdown 2', 'topPosts'].map((part) => report(part, args, '')),
  ReportList: () => [field('ANALYTICS', 'Query.reports', '', ['Report'])],
  InboxList: ({ filter, account }) => {
    const inbox = field('INBOX', 'Query.inbox', `${filter} ${account ?? ''}`, ['Conversation']);
    return [filter === 'mine' ? { ...inbox, scope: 'VIEWER' } : inbox];
  },
  InboxPoll: () => [inboxSummary],
  Thread: ({ conversation }) => [
    field('INBOX', 'Query.conversation', `${conversation}`, [`Conversation:${conversation}`]),
    field('INBOX', 'Conversation.messages', `${conversation}`, [`Conversation:${conversation}:messages`]),
  ],
  SavedReplies: () => [field('INBOX', 'Query.savedReplies', '', ['SavedReply'])],
  CampaignList: () => [
    field('CAMPAIGNS', 'Query.campaigns', 'all', ['Campaign']),
    ...[0, 1, 2, 3].flatMap((campaign) => [goals(campaign), postsOf(campaign, 'postCounts')]),
  ],
  CampaignOverview: ({ campaign }) => [
    field('CAMPAIGNS', 'Query.campaign', `${campaign}`, [`Campaign:${campaign}`]),
    ...[goals(campaign), postsOf(campaign, 'postCounts'), postsOf(campaign, 'posts')],
  ],
  AccountDetail: ({ account }) => [field('ACCOUNTS', 'Query.account', `${account}`, [`SocialAccount:${account}`])],
  AiHistory: ({ source }) => [field('AI', 'Query.aiGenerations', `${source ?? ''}`, ['AiGeneration'])],
  AiResult: ({ generation }) => [field('AI', 'Query.aiGeneration', `${generation}`, [`AiGeneration:${generation}`])],
  AiBudget: () => [
    field('AI', 'Query.aiUsage', '', ['AiGeneration']),
    { category: 'AI', coordinate: 'Query.aiModels', scope: 'PUBLIC' },
  ],
  SettingsPage: () => [settings, workspace, field('SETTINGS', 'Workspace.members', '', ['Membership'])],
};

const writes: Partial<Record<Operation, (args: Arguments) => readonly string[]>> = {
  createPost: ({ month, campaign }) => [
    'Post',
    ...(month === undefined ? [] : [`Calendar:${month}`, 'OpenSlot']),
    ...postsTag(campaign),
  ],
  updatePost: ({ post }) => [`Post:${post}`, 'Post'],
  schedulePost: ({ post, nextMonth, campaign }) => [
    ...[`Post:${post}`, 'Post', 'Calendar:0', 'OpenSlot'],
    ...(nextMonth ? ['Calendar:1'] : []),
    ...postsTag(campaign),
  ],
  sendReply: messageTags,
  updateConversation: ({ conversation }) => [`Conversation:${conversation}`, 'Conversation'],
  generate: () => ['AiGeneration'],
  uploadMedia: () => ['MediaAsset', 'MediaFolder'],
  updateMedia: ({ asset }) => [`MediaAsset:${asset}`, 'MediaAsset'],
  updateTemplate: ({ template }) => [`PostTemplate:${template}`, 'PostTemplate'],
  updateCampaign: ({ campaign, month }) => [
    ...[`Campaign:${campaign}`, 'Campaign'],
    ...(month === undefined ? [] : [`Calendar:${month}`]),
  ],
  updateSettings: () => ['WorkspaceSettings', 'Calendar', 'OpenSlot', 'AnalyticsReport', 'Post'],
  refreshAccount: ({ account }) => [`SocialAccount:${account}`, 'SocialAccount'],
  receiveMessage: messageTags,
  publishPost: ({ post, campaign }) => [`Post:${post}`, 'Post', 'Calendar:0:filtered', ...postsTag(campaign)],
  syncMetrics: ({ account }) => [`AnalyticsReport:${account}`, `SocialAccount:${account}`],
};

function field(category: CacheCategory, coordinate: string, key: string, tags: readonly string[]): Field {
  return { category, coordinate, scope: 'WORKSPACE', key, tags };
}

function report(part: string, { range, compare, account }: Arguments, use: string): Field {
  const covered = account === undefined ? Array.from({ length: MOST_ACCOUNTS }, (_, index) => index) : [account];
  const tags = ['AnalyticsReport', ...covered.map((one) => `AnalyticsReport:${one}`)];
  return field('ANALYTICS', `AnalyticsReport.${part}`, `${range} ${compare} ${account ?? 'all'} ${use}`, tags);
}

function goals(campaign: string | number | undefined): Field {
  return field('CAMPAIGNS', 'Campaign.goals', `${campaign}`, [`Campaign:${campaign}`, 'AnalyticsReport']);
}

function postsOf(campaign: string | number | undefined, name: 'posts' | 'postCounts'): Field {
  return field('CAMPAIGNS', `Campaign.${name}`, `${campaign}`, [`Campaign:${campaign}:posts`]);
}

function postsTag(campaign: string | number | undefined): string[] {
  return campaign === undefined ? [] : [`Campaign:${campaign}:posts`];
}

function onePost(post: string | number | undefined): Field {
  return field('POSTS', 'Query.post', `${post}`, [`Post:${post}`]);
}

function messageTags({ conversation }: Arguments): string[] {
  return [`Conversation:${conversation}`, `Conversation:${conversation}:messages`, 'Conversation'];
}
