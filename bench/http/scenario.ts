import type { Operation, WorkloadEvent } from '../hit-ratio/workload.ts';
import { post, type Request } from './client.ts';
import type { StageWorkspace } from './stage.ts';

/** An operation of the workload as a frontend would send it: its document, and variables made of the event's arguments. */
interface Sent {
  readonly document: string;
  readonly variables?: (event: WorkloadEvent, pick: Pick, at: number) => object;
}

/** The id of this rank among those of a kind in the event's workspace. */
type Pick = (kind: keyof StageWorkspace['ids'], rank: string | number | undefined) => string;

/** The requests of a workload's events, each with the token of its workspace, for one contender. */
export function scenarioRequests(events: readonly WorkloadEvent[], workspaces: readonly StageWorkspace[]): Request[] {
  return events.map((event, at) => {
    const { token, ids } = workspaces[event.workspace % workspaces.length]!;
    const { document, variables } = sent[event.operation];
    const pick: Pick = (kind, rank) => ids[kind][Number(rank ?? 0) % ids[kind].length]!;
    const body = { query: document, variables: variables?.(event, pick, at) };
    return { kind: document.startsWith('mutation') ? 'write' : 'read', bytes: post(body, { token }) };
  });
}

const mutation = (name: string, type: string, selection = '') =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { message } } }`;

const read = (kind: keyof StageWorkspace['ids'], argument: string) => (event: WorkloadEvent, pick: Pick) => ({
  id: pick(kind, event.arguments[argument]),
});

const report = `from to summary { metric value previousValue changeRatio }
  series(metrics: [VIEWS, ENGAGEMENTS]) { metric points { date value } } topPosts(limit: 5) { value post { id text } }`;
const ranges: Record<string, string> = { L7: 'LAST_7_DAYS', L28: 'LAST_28_DAYS', L90: 'LAST_90_DAYS' };
const reported = ({ arguments: { range, account } }: WorkloadEvent, pick: Pick) => ({
  range: { preset: ranges[String(range)] },
  filter: account === undefined ? undefined : { accountIds: [pick('accounts', account)] },
});

const entries = `days { date entryCount entries { __typename ... on Post { id text status scheduledAt } ... on CalendarNote { id text } } }`;

const sent: Record<Operation, Sent> = {
  AppShell: {
    document: `{ viewer { user { id name } currentMembership { role } memberships { workspace { id name } } preferences { locale theme } }
      workspace { id name } settings { id timeZone weekStartsOn requiresApproval } inboxSummary { openCount unreadCount } }`,
  },
  AccountSwitcher: {
    document: '{ accounts(first: 50) { totalCount nodes { id network handle displayName status } } }',
  },
  Dashboard: {
    document: `query ($range: DateRangeInput, $filter: AnalyticsFilter) { analytics(range: $range, filter: $filter) { ${report} }
      campaigns(filter: { status: [ACTIVE] }, first: 3) { nodes { id name analytics { summary { metric value } } } }
      posts(filter: { status: [PENDING_APPROVAL, FAILED] }, first: 5) { nodes { id text status scheduledAt } }
      inboxSummary { openCount unassignedCount } }`,
    variables: reported,
  },
  UpcomingWeek: { document: `{ calendar(range: { preset: THIS_WEEK }) { ${entries} } }` },
  CalendarMonth: {
    document: `query ($range: DateRangeInput!, $filter: CalendarFilter) { calendar(range: $range, filter: $filter) { from to timeZone ${entries} } }`,
    variables: ({ arguments: { month, account } }, pick) => ({
      range: { between: monthFromNow(Number(month)) },
      filter: account === undefined ? undefined : { accountIds: [pick('accounts', account)] },
    }),
  },
  PostList: {
    document: `query ($filter: PostFilter, $first: Int) { posts(filter: $filter, first: $first) { pageInfo { hasNextPage endCursor }
      edges { cursor node { id text status scheduledAt updatedAt author { id name } targets { id account { id network } } } } } }`,
    variables: ({ arguments: { status, account, tag, search, page } }, pick) => ({
      filter: {
        status: status === 'ALL' ? undefined : [status],
        accountIds: account === undefined ? undefined : [pick('accounts', account)],
        campaignId: tag === undefined ? undefined : pick('campaigns', tag),
        search: search === undefined ? undefined : `day ${search}`,
      },
      first: 20 * Number(page),
    }),
  },
  PostEditor: {
    document: `query ($id: ID!) { post(id: $id) { id text status revision scheduledAt rejectionReason campaign { id name }
      media { id fileName altText } targets { id textOverride status permalink failureMessage account { id handle } } } }`,
    variables: read('posts', 'post'),
  },
  PostPerformance: {
    document: 'query ($id: ID!) { post(id: $id) { id metrics { views reach engagements clicks } } }',
    variables: read('posts', 'post'),
  },
  Composer: { document: '{ networks { network name maxTextLength } settings { id brandVoice requiresApproval } }' },
  TemplatePicker: {
    document:
      'query ($filter: TemplateFilter) { templates(filter: $filter) { nodes { id title body hashtags usageCount } } }',
    variables: ({ arguments: { network } }) => ({
      filter: network === undefined ? undefined : { search: 'aeio'[Number(network)] },
    }),
  },
  TemplateGallery: { document: '{ templateGallery(first: 50) { nodes { id title body hashtags } } }' },
  Template: {
    document: 'query ($id: ID!) { template(id: $id) { id title body hashtags usageCount author { id name } } }',
    variables: read('templates', 'template'),
  },
  MediaLibrary: {
    document: `query ($filter: MediaFilter, $first: Int) { media(filter: $filter, first: $first) { pageInfo { hasNextPage endCursor }
      nodes { id fileName mimeType url altText usageCount } } }`,
    variables: ({ arguments: { folder, kind, search, page } }) => ({
      filter: {
        search: search !== undefined ? `file ${search}` : folder !== undefined ? 'aeiobcdr'[Number(folder)] : undefined,
        isMissingAltText: kind === 'IMAGE' ? true : kind === 'VIDEO' ? false : undefined,
      },
      first: 20 * Number(page),
    }),
  },
  MediaFolders: { document: '{ media(filter: { isUnused: true }) { totalCount nodes { id fileName } } }' },
  MediaDetail: {
    document: 'query ($id: ID!) { mediaAsset(id: $id) { id fileName url byteSize altText usageCount createdAt } }',
    variables: read('mediaAssets', 'asset'),
  },
  AnalyticsPage: {
    document: `query ($range: DateRangeInput, $filter: AnalyticsFilter) { analytics(range: $range, filter: $filter) { ${report} } }`,
    variables: reported,
  },
  ReportList: {
    document: '{ analytics(range: { preset: LAST_90_DAYS }) { from to summary { metric value changeRatio } } }',
  },
  InboxList: {
    document: `query ($filter: ConversationFilter) { inbox(filter: $filter, first: 25) { pageInfo { hasNextPage endCursor }
      nodes { id kind status priority contactName snippet unreadCount lastActivityAt account { id network } assignee { id name } } } }`,
    variables: ({ arguments: { filter, account } }, pick) => ({
      filter: {
        status: filter === 'open' ? ['OPEN'] : undefined,
        isUnread: filter === 'unassigned' || filter === 'mine' ? true : undefined,
        accountIds: account === undefined ? undefined : [pick('accounts', account)],
      },
    }),
  },
  InboxPoll: { document: '{ inboxSummary { openCount unassignedCount unreadCount } }' },
  Thread: {
    document: `query ($id: ID!) { conversation(id: $id) { id status contactName contactHandle
      messages(first: 30) { pageInfo { hasNextPage } nodes { id direction text createdAt author { id name } } } } }`,
    variables: read('conversations', 'conversation'),
  },
  SavedReplies: { document: '{ savedReplies { id title body } }' },
  CampaignList: {
    document: '{ campaigns { totalCount nodes { id name status startsOn endsOn postCount owner { id name } } } }',
  },
  CampaignOverview: {
    document: `query ($id: ID!) { campaign(id: $id) { id name brief status startsOn endsOn revision postCount
      posts(first: 20) { nodes { id text status scheduledAt } } analytics { summary { metric value changeRatio } } } }`,
    variables: read('campaigns', 'campaign'),
  },
  AccountDetail: {
    document:
      'query ($id: ID!) { account(id: $id) { id network displayName handle status followerCount connectedAt } }',
    variables: read('accounts', 'account'),
  },
  AiHistory: {
    document: `query ($filter: AiGenerationFilter) { aiGenerations(filter: $filter, first: 20) {
      nodes { id kind prompt suggestions { text hashtags } createdAt } } }`,
    variables: ({ arguments: { source } }) => ({
      filter:
        source === undefined
          ? undefined
          : { kinds: [['CAPTION', 'HASHTAGS', 'REPLY', 'ALT_TEXT'][Number(source) % 4]] },
    }),
  },
  AiResult: {
    document: 'query ($id: ID!) { aiGeneration(id: $id) { id suggestions { text hashtags } costUsd isReused } }',
    variables: read('aiGenerations', 'generation'),
  },
  AiBudget: { document: '{ aiUsage { generations reused costUsd } aiModels { id name } }' },
  SettingsPage: {
    document: `{ settings { id timeZone locale weekStartsOn requiresApproval brandVoice revision }
      workspace { id name createdAt } members { role user { id name } } }`,
  },

  createPost: {
    document: mutation('createPost', 'CreatePostInput', 'post { id text status }'),
    variables: (event, pick, at) => ({
      input: {
        text: `A new post, number ${at}`,
        accountIds: [pick('accounts', 0)],
        scheduledAt: event.arguments.month === undefined ? undefined : inDays(2 + (at % 20)),
        campaignId: event.arguments.campaign === undefined ? undefined : pick('campaigns', event.arguments.campaign),
      },
    }),
  },
  updatePost: {
    document: mutation('updatePost', 'UpdatePostInput', 'post { id text revision }'),
    variables: (event, pick, at) => ({
      input: { ...read('posts', 'post')(event, pick), text: `Written again, ${at}` },
    }),
  },
  schedulePost: {
    document: mutation('schedulePost', 'SchedulePostInput', 'post { id status scheduledAt }'),
    variables: (event, pick, at) => ({ input: { ...read('posts', 'post')(event, pick), at: inDays(2 + (at % 30)) } }),
  },
  sendReply: {
    document: mutation('sendReply', 'SendReplyInput', 'message { id text createdAt }'),
    variables: (event, pick, at) => ({
      input: { conversationId: pick('conversations', event.arguments.conversation), text: `Thank you, ${at}` },
    }),
  },
  updateConversation: {
    document: mutation('updateConversation', 'UpdateConversationInput', 'conversation { id status priority }'),
    variables: (event, pick, at) => ({
      input: { ...read('conversations', 'conversation')(event, pick), priority: at % 2 === 0 ? 'HIGH' : 'NORMAL' },
    }),
  },
  generate: {
    document: mutation('generateCaption', 'GenerateCaptionInput', 'generation { id suggestions { text } }'),
    variables: (_, __, at) => ({ input: { prompt: `A caption for a quiet morning, ${at}` } }),
  },
  uploadMedia: {
    document: mutation('updateMediaAsset', 'UpdateMediaAssetInput', 'mediaAsset { id altText }'),
    variables: (_, pick, at) => ({ input: { id: pick('mediaAssets', at), altText: `As new, ${at}` } }),
  },
  updateMedia: {
    document: mutation('updateMediaAsset', 'UpdateMediaAssetInput', 'mediaAsset { id altText }'),
    variables: (event, pick, at) => ({
      input: { ...read('mediaAssets', 'asset')(event, pick), altText: `In words, ${at}` },
    }),
  },
  updateTemplate: {
    document: mutation('updateTemplate', 'UpdateTemplateInput', 'template { id title revision }'),
    variables: (event, pick, at) => ({
      input: { ...read('templates', 'template')(event, pick), title: `Template ${at}` },
    }),
  },
  updateCampaign: {
    document: mutation('updateCampaign', 'UpdateCampaignInput', 'campaign { id brief revision }'),
    variables: (event, pick, at) => ({
      input: { ...read('campaigns', 'campaign')(event, pick), brief: `In short, ${at}` },
    }),
  },
  updateSettings: {
    document: mutation('updateSettings', 'UpdateSettingsInput', 'settings { id brandVoice }'),
    variables: (_, __, at) => ({ input: { brandVoice: `Warm, plain, ${at}` } }),
  },
  refreshAccount: {
    document: mutation('updateAccount', 'UpdateAccountInput', 'account { id displayName }'),
    variables: (event, pick, at) => ({
      input: { ...read('accounts', 'account')(event, pick), displayName: `Account ${at}` },
    }),
  },

  receiveMessage: {
    document: mutation('receiveMessage', 'ReceiveMessageInput', 'message { id }'),
    variables: (_, pick, at) => ({
      input: {
        accountId: pick('accounts', 0),
        contactHandle: `contact${at % 20}`,
        text: `Hello, ${at}`,
        externalId: `bench-${at}`,
      },
    }),
  },
  publishPost: {
    document: mutation('publishPost', 'PostInput', 'post { id status }'),
    variables: (event, pick) => ({ input: read('posts', 'post')(event, pick) }),
  },
  syncMetrics: {
    document: mutation('recordMetrics', 'RecordMetricsInput', 'recorded'),
    variables: (event, pick, at) => ({
      input: {
        accountId: pick('accounts', event.arguments.account),
        date: day(0),
        values: [{ metric: 'VIEWS', value: 1_000 + at }],
      },
    }),
  },
};

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

function day(offset: number): string {
  return inDays(offset).slice(0, 10);
}

function monthFromNow(months: number): { from: string; to: string } {
  const today = new Date();
  const first = (ahead: number) => Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1);
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { from: iso(first(months)), to: iso(first(months + 1) - 86_400_000) };
}
