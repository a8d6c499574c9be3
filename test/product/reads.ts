import type { Random } from './random.ts';
import type { Stock } from './stock.ts';

export interface Read {
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

type MakeRead = (random: Random, stock: Stock) => Read;

const fragments = `
  fragment Person on User { id name }
  fragment Piece on Post {
    id text lengths { network length limit unit isWithinLimit } status scheduledAt publishedAt rejectionReason revision createdAt updatedAt
    author { ...Person } campaign { id name } template { id title } metrics { views reach engagements clicks }
    targets { id status permalink failureMessage textOverride length { length unit } account { id handle status } }
    media { id fileName altText url }
  }
  fragment Report on AnalyticsReport {
    from to summary { metric value previousValue changeRatio }
    series(metrics: [VIEWS, POSTS_PUBLISHED, FOLLOWERS]) { metric points { date value } }
    topPosts(limit: 4) { value post { id text status } }
  }
`;

/** Only the fragments that a document uses, with those that they use. */
function using(document: string): string {
  const used = (text: string) => ['Person', 'Piece', 'Report'].filter((name) => text.includes(`...${name}`));
  const names = new Set(used(document));
  if (names.has('Piece')) names.add('Person');
  const texts = [...fragments.matchAll(/fragment Person on User \{ id name \}|fragment (\w+) on[\s\S]*?\n {2}}/g)];
  return [
    document,
    ...texts.filter(([text]) => [...names].some((name) => text.startsWith(`fragment ${name} `))).map(([text]) => text),
  ].join('\n');
}

const simple =
  (document: string): MakeRead =>
  () => ({ document: using(document), variables: {} });

const range = (random: Random) =>
  random.pick<object>([
    { preset: 'LAST_7_DAYS' },
    { preset: 'LAST_28_DAYS' },
    { preset: 'THIS_MONTH' },
    { preset: 'THIS_WEEK' },
    { preset: 'TODAY' },
    { between: { from: '2026-11-01', to: '2026-12-10' } },
    { between: { from: '2026-11-20', to: '2026-11-24' } },
  ]);

const page = (random: Random) => (random.happens(0.6) ? {} : { first: 1 + random.below(5) });
const maybe = <T>(random: Random, value: T) => (random.happens(0.3) ? value : undefined);

/** Reads of every cached field and of everything that hangs beneath, each with the arguments that matter to it. */
export const reads: Record<string, MakeRead> = {
  shell: simple(
    '{ workspace { id name createdAt } settings { id timeZone locale weekStartsOn requiresApproval brandVoice revision } members { role accountIds user { ...Person } workspace { name } } }',
  ),
  viewer: simple(
    '{ viewer { email user { ...Person } currentMembership { role workspace { id } } memberships { role } preferences { locale theme } } }',
  ),
  templates: (random) => ({
    document: using(
      'query ($filter: TemplateFilter, $first: Int) { templates(filter: $filter, first: $first) { totalCount nodes { id title body hashtags usageCount revision updatedAt author { ...Person } } pageInfo { hasNextPage endCursor } } }',
    ),
    variables: { filter: maybe(random, { search: random.pick(['a', 'new', 'zzz']) }), ...page(random) },
  }),
  template: (_, stock) => ({
    document: using('query ($id: ID!) { template(id: $id) { id title usageCount revision author { ...Person } } }'),
    variables: { id: stock.one('templates') },
  }),
  gallery: simple(
    '{ templateGallery(first: 3) { totalCount nodes { id title usageCount author { name } } edges { cursor } } }',
  ),
  accounts: (random) => ({
    document:
      'query ($filter: AccountFilter) { accounts(filter: $filter) { totalCount nodes { id network displayName handle status followerCount connectedAt } } }',
    variables: { filter: maybe(random, { networks: ['X', 'MASTODON', 'INSTAGRAM'] }) },
  }),
  account: (_, stock) => ({
    document: 'query ($id: ID!) { account(id: $id) { id displayName followerCount status } networks { id name } }',
    variables: { id: stock.one('accounts') },
  }),
  posts: (random, stock) => ({
    document: using(
      'query ($filter: PostFilter, $first: Int) { posts(filter: $filter, first: $first) { totalCount edges { cursor node { ...Piece } } pageInfo { hasNextPage hasPreviousPage } } }',
    ),
    variables: {
      filter: {
        status: maybe(random, random.pick([['DRAFT'], ['SCHEDULED', 'PUBLISHING'], ['PUBLISHED', 'FAILED']])),
        accountIds: maybe(random, stock.some('accounts', 2)),
        campaignId: maybe(random, random.happens(0.3) ? null : stock.one('campaigns')),
        search: maybe(random, random.pick(['the', 'new', 'zzz'])),
      },
      ...page(random),
    },
  }),
  post: (_, stock) => ({
    document: using('query ($id: ID!) { post(id: $id) { ...Piece } node(id: $id) { __typename id } }'),
    variables: { id: stock.one('posts') },
  }),
  calendar: (random, stock) => ({
    document: using(
      'query ($range: DateRangeInput!, $filter: CalendarFilter) { calendar(range: $range, filter: $filter) { from to timeZone days { date entryCount entries { __typename ... on Post { id text status scheduledAt author { ...Person } campaign { id name } metrics { views } } ... on CalendarNote { id date text author { ...Person } } } } } }',
    ),
    variables: {
      range: range(random),
      filter: maybe(
        random,
        random.happens(0.5) ? { accountIds: stock.some('accounts', 2) } : { campaignId: stock.one('campaigns') },
      ),
    },
  }),
  day: simple(
    '{ calendar(range: { preset: TODAY }) { days { date entryCount entries { __typename ... on Post { ...Piece } ... on CalendarNote { id date text author { ...Person } } } } } }',
  ),
  campaigns: (random) => ({
    document: using(
      'query ($filter: CampaignFilter) { campaigns(filter: $filter) { totalCount nodes { id name brief status startsOn endsOn postCount revision owner { ...Person } } } }',
    ),
    variables: { filter: maybe(random, random.pick<object>([{ status: ['ACTIVE', 'PLANNED'] }, { search: 'a' }])) },
  }),
  campaign: (random, stock) => ({
    document: using(
      'query ($id: ID!, $range: DateRangeInput) { campaign(id: $id) { id name postCount posts(first: 3) { totalCount nodes { ...Piece } } analytics(range: $range) { ...Report } } }',
    ),
    variables: { id: stock.one('campaigns'), ...(random.happens(0.5) ? { range: range(random) } : {}) },
  }),
  inbox: (random, stock) => ({
    document: using(
      'query ($filter: ConversationFilter, $first: Int) { inbox(filter: $filter, first: $first) { totalCount nodes { id kind status priority snoozedUntil contactName contactHandle unreadCount snippet lastActivityAt assignee { ...Person } account { id } messages(first: 2) { totalCount nodes { id text direction createdAt author { ...Person } } } } } inboxSummary { openCount unreadCount unassignedCount } }',
    ),
    variables: {
      filter: {
        status: maybe(random, random.pick([['OPEN'], ['SNOOZED', 'RESOLVED']])),
        assigneeId: maybe(random, random.pick([...stock.users, null])),
        accountIds: maybe(random, stock.some('accounts', 2)),
        isUnread: maybe(random, random.happens(0.5)),
      },
      first: 1 + random.below(6),
    },
  }),
  conversation: (_, stock) => ({
    document: using(
      'query ($id: ID!) { conversation(id: $id) { id status unreadCount snippet assignee { ...Person } messages { totalCount nodes { id text author { ...Person } } } } savedReplies { id title body } }',
    ),
    variables: { id: stock.one('conversations') },
  }),
  analytics: (random, stock) => ({
    document: using(
      'query ($range: DateRangeInput, $filter: AnalyticsFilter) { analytics(range: $range, filter: $filter) { ...Report } }',
    ),
    variables: {
      range: range(random),
      filter: maybe(
        random,
        random.happens(0.5) ? { accountIds: stock.some('accounts', 2) } : { campaignId: stock.one('campaigns') },
      ),
    },
  }),
  ai: (random) => ({
    document: using(
      'query ($filter: AiGenerationFilter, $range: DateRangeInput) { aiGenerations(filter: $filter, first: 5) { totalCount nodes { id kind prompt isReused costUsd createdAt model { id name } suggestions { text hashtags } requestedBy { ...Person } } } aiUsage(range: $range) { generations reused costUsd } aiModels { id name } }',
    ),
    variables: { filter: maybe(random, { kinds: ['CAPTION', 'REPLY'] }), range: range(random) },
  }),
  generation: (_, stock) => ({
    document: 'query ($id: ID!) { aiGeneration(id: $id) { id kind costUsd isReused model { name } } }',
    variables: { id: stock.one('generations') },
  }),
  media: (random) => ({
    document:
      'query ($filter: MediaFilter, $first: Int) { media(filter: $filter, first: $first) { totalCount nodes { id fileName mimeType byteSize url altText usageCount createdAt } } }',
    variables: {
      filter: {
        isUnused: maybe(random, random.happens(0.5)),
        isMissingAltText: maybe(random, random.happens(0.5)),
        search: maybe(random, 'a'),
      },
      ...page(random),
    },
  }),
  asset: (_, stock) => ({
    document: 'query ($id: ID!) { mediaAsset(id: $id) { id fileName altText usageCount url } }',
    variables: { id: stock.one('media') },
  }),
  page: (random, stock) => ({
    document: using(
      'query ($id: ID!, $withPosts: Boolean!, $n: Int) { a: posts(first: 2) @include(if: $withPosts) { nodes { ...Piece } } b: posts(first: $n) { nodes { id text } } campaign(id: $id) { name posts(first: $n) { nodes { id } } } templates(first: 2) { nodes { ... on Template { id title } __typename } } inboxSummary { openCount } missing: post(id: "post_nope") { id } __typename }',
    ),
    variables: { id: stock.one('campaigns'), withPosts: random.happens(0.5), n: 1 + random.below(3) },
  }),
};
