import type { Random } from './random.ts';
import type { Read } from './reads.ts';
import type { Stock } from './stock.ts';

const fragments = `
  fragment Person on User { id name }
  fragment Profile on Account { id network displayName handle status followerCount }
  fragment Asset on MediaAsset { id fileName mimeType byteSize url altText }
  fragment Card on Post {
    id text status scheduledAt publishedAt revision author { ...Person } campaign { id name }
    targets { id status permalink failureMessage account { ...Profile } } media { ...Asset }
  }
  fragment Numbers on AnalyticsReport {
    from to summary { metric value previousValue changeRatio }
    series(metrics: [FOLLOWERS, VIEWS, REACH, ENGAGEMENTS, ENGAGEMENT_RATE, CLICKS, POSTS_PUBLISHED]) { metric points { date value } }
  }
  fragment Rest on PageInfo { hasNextPage endCursor }
`;

const shell = `
  viewer { email user { ...Person } currentMembership { role workspace { id name } } memberships { role workspace { id name } } preferences { locale theme } }
  settings { timeZone locale weekStartsOn requiresApproval } inboxSummary { openCount unreadCount unassignedCount }
`;

const calendar = (range: string, entries: string) =>
  `{ ${shell} calendar(range: ${range}) { from to timeZone days { date entryCount ${entries} } } }`;
const notes = '... on CalendarNote { id text author { ...Person } }';
const cards = `{ __typename ... on Post { ...Card } ${notes} }`;

const sixWeeks = '{ between: { from: "2026-10-26", to: "2026-12-06" } }';

const documents: Record<string, string> = {
  dashboard: `{
    ${shell}
    members { role accountIds user { ...Person } }
    accounts(first: 100) { totalCount nodes { ...Profile } }
    analytics(range: { preset: LAST_28_DAYS }) { ...Numbers topPosts(limit: 10) { value post { ...Card } } }
    upcoming: posts(filter: { status: [SCHEDULED] }, first: 20) { totalCount nodes { ...Card } }
    waiting: posts(filter: { status: [PENDING_APPROVAL] }, first: 20) { totalCount nodes { ...Card } }
    failed: posts(filter: { status: [FAILED, PARTIALLY_PUBLISHED] }, first: 20) { totalCount nodes { ...Card } }
    inbox(filter: { status: [OPEN] }, first: 10) { nodes { id kind contactName snippet lastActivityAt account { ...Profile } } }
    campaigns(filter: { status: [ACTIVE] }, first: 20) { nodes { id name status startsOn endsOn postCount } }
    aiBudget { used limit }
  }`,
  'calendar of a day': calendar('{ preset: TODAY }', `entries ${cards}`),
  'calendar of a week': calendar('{ preset: THIS_WEEK }', `entries ${cards}`),
  'calendar of a month': calendar(
    '{ preset: THIS_MONTH }',
    `entries { __typename ... on Post { id text status scheduledAt publishedAt targets { status account { id network } } } ${notes} }`,
  ),
  'calendar of six weeks, the first entries of each day': calendar(sixWeeks, `entries(first: 10) ${cards}`),
  'calendar of six weeks, all entries': calendar(
    sixWeeks,
    'entries { __typename ... on Post { id text status scheduledAt targets { account { id } } } ... on CalendarNote { id text } }',
  ),
  posts: `{ ${shell} posts(first: 100) { totalCount pageInfo { ...Rest } edges { cursor node {
    ...Card lengths { network length limit unit isWithinLimit } metrics { views reach engagements clicks }
  } } } }`,
  inbox: `query ($conversation: ID!) {
    ${shell}
    inbox(filter: { status: [OPEN, SNOOZED] }, first: 100) { totalCount pageInfo { ...Rest } nodes {
      id kind status priority snoozedUntil contactName contactHandle unreadCount snippet lastActivityAt
      assignee { ...Person } account { ...Profile } messages(first: 1) { nodes { id text direction } }
    } }
    conversation(id: $conversation) { id status priority messages(first: 100) { pageInfo { ...Rest } nodes {
      id text direction createdAt author { ...Person }
    } } }
    savedReplies { id title body }
    members { role user { ...Person } }
  }`,
  analytics: `query ($campaign: ID!) {
    ${shell}
    analytics(range: { preset: LAST_90_DAYS }) { ...Numbers topPosts(limit: 50) { value post { ...Card } } }
    accounts(first: 100) { nodes { ...Profile } }
    campaigns(first: 50) { nodes { id name analytics(range: { preset: LAST_90_DAYS }) { summary { metric value previousValue changeRatio } } } }
    campaign(id: $campaign) { id name analytics(range: { preset: LAST_90_DAYS }) { ...Numbers topPosts(limit: 10) { value post { ...Card } } } }
  }`,
  'a year of analytics':
    '{ analytics(range: { between: { from: "2025-11-23", to: "2026-11-22" } }) { ...Numbers topPosts(limit: 50) { value post { ...Card } } } }',
  composer: `query ($post: ID!) {
    ${shell}
    post(id: $post) {
      ...Card rejectionReason template { id title } lengths { network length limit unit isWithinLimit }
      own: targets { textOverride length { network length limit unit isWithinLimit } }
    }
    networks { id name maxTextLength textLengthUnit needsMedia needsText maxMedia mixesKinds media { kind mimeTypes maxCount maxBytes } }
    accounts(first: 100) { nodes { ...Profile } }
    campaigns(first: 100) { nodes { id name status } }
    templates(first: 100) { nodes { id title body hashtags } }
    templateGallery(first: 50) { nodes { id title body hashtags } }
    media(first: 100) { pageInfo { ...Rest } nodes { ...Asset usageCount } }
    aiModels { id name } aiBudget { used limit }
    aiGenerations(filter: { kinds: [CAPTION, HASHTAGS] }, first: 20) { nodes { id prompt suggestions { text hashtags } model { name } } }
    calendar(range: { preset: THIS_WEEK }) { days { date entryCount entries { ... on Post { id text status scheduledAt targets { account { id } } } } } }
  }`,
  library: `{ ${shell} media(first: 100) { totalCount pageInfo { ...Rest } edges { cursor node { ...Asset usageCount createdAt } } } }`,
  campaign: `query ($campaign: ID!) {
    ${shell}
    campaign(id: $campaign) {
      id name brief status startsOn endsOn postCount owner { ...Person }
      posts(first: 100) { totalCount pageInfo { ...Rest } nodes { ...Card metrics { views reach engagements clicks } } }
      analytics(range: { preset: LAST_28_DAYS }) { ...Numbers topPosts { value post { ...Card } } }
    }
  }`,
};

/** Whole pages of a client, each in one operation, with the largest lists that people look at. */
export const pages: Readonly<Record<string, (random: Random, stock: Stock) => Read>> = Object.fromEntries(
  Object.entries(documents).map(([name, text]) => [
    name,
    (_, stock) => ({
      document: withFragments(text),
      variables: {
        ...(text.includes('$post') ? { post: stock.one('posts') } : {}),
        ...(text.includes('$campaign') ? { campaign: stock.one('campaigns') } : {}),
        ...(text.includes('$conversation') ? { conversation: stock.one('conversations') } : {}),
      },
    }),
  ]),
);

/** With the fragments that are spread in it, and those that these spread. */
function withFragments(text: string): string {
  const known = new Map(
    [...fragments.matchAll(/fragment (\w+) on[\s\S]*?(?=\n {2}fragment|\n$)/g)].map(([all, name]) => [name!, all]),
  );
  const used = new Set<string>();
  const follow = (part: string): void => {
    for (const [, name] of part.matchAll(/\.\.\.(\w+)/g)) {
      const fragment = known.get(name!);
      if (!fragment || used.has(name!)) continue;
      used.add(name!);
      follow(fragment);
    }
  };
  follow(text);
  return [text, ...[...used].map((name) => known.get(name))].join('\n');
}
