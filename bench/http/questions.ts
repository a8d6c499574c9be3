import { createRandom, createZipf } from '../hit-ratio/random.ts';
import { post, type Request } from './client.ts';
import { zipfIds } from './stage.ts';

/** What is right to answer, as Magpie said it: to `small`, `medium` and `page`, and to `zipf` by id. */
export interface Answers {
  readonly byName: Readonly<Record<string, string>>;
  readonly byId: Readonly<Record<string, string>>;
}

/** Documents with one operation each, named as here. `medium` selects nothing that `page` does not. */
const documents = {
  small: `query small($id: ID!) {
    template(id: $id) { id title body hashtags usageCount revision createdAt updatedAt author { id name } }
  }`,
  medium: `query medium {
    posts(first: 20) { nodes { id text status scheduledAt publishedAt author { id name } campaign { id name } } }
  }`,
  page: `query page {
    analytics(range: { preset: LAST_28_DAYS }) {
      from to
      summary { metric value previousValue changeRatio }
      series(metrics: [VIEWS, ENGAGEMENTS]) { metric points { date value } }
      topPosts(limit: 3) { value post { id text } }
    }
    campaigns(first: 5) { nodes { id name status brief startsOn endsOn postCount owner { id name } } }
    posts(first: 20) {
      nodes {
        id text status scheduledAt publishedAt author { id name } campaign { id name }
        targets { id status account { id } }
      }
    }
    inbox(first: 10) {
      nodes { id kind status priority contactName snippet unreadCount lastActivityAt account { id network } assignee { id name } }
    }
    templates(first: 3) { nodes { id title body usageCount } }
  }`,
  zipf: `query zipf($id: ID!) {
    post(id: $id) { id text status revision createdAt updatedAt author { id name } }
  }`,
  cold: `query cold(
    $range: DateRangeInput!, $accountIds: [ID!]!, $topCount: Int!, $campaigns: CampaignFilter!, $campaignCount: Int!
    $posts: PostFilter!, $inbox: ConversationFilter!, $inboxCount: Int!, $accounts: AccountFilter!
  ) {
    analytics(range: $range, filter: { accountIds: $accountIds }) {
      from to
      summary { metric value previousValue changeRatio }
      series(metrics: [VIEWS, ENGAGEMENTS]) { metric points { date value } }
      topPosts(limit: $topCount) { value post { id text } }
    }
    campaigns(first: $campaignCount, filter: $campaigns) {
      nodes { id name status brief startsOn endsOn postCount owner { id name } }
    }
    posts(first: 20, filter: $posts) {
      nodes {
        id text status scheduledAt publishedAt author { id name } campaign { id name }
        targets { id status account { id network } }
      }
    }
    inbox(first: $inboxCount, filter: $inbox) {
      nodes { id kind status priority contactName snippet unreadCount lastActivityAt account { id network } assignee { id name } }
    }
    accounts(filter: $accounts) { nodes { id network displayName handle status followerCount } }
  }`,
  keys: `query keys($after: String, $status: [PostStatus!]) {
    posts(first: 1, after: $after, filter: { status: $status }) { nodes { id text status revision createdAt updatedAt } }
  }`,
  herd: `query herd($id: ID!) { post(id: $id) { id text status revision createdAt } }`,
  cursors: `query cursors { posts(first: 100) { edges { cursor } } }`,
  rename: `mutation rename($input: UpdateTemplateInput!) {
    updateTemplate(input: $input) { template { id title revision } userErrors { message } }
  }`,
} as const;

export type DocumentName = keyof typeof documents;

export interface Sender {
  readonly token: string;
  readonly acceptEncoding?: string;
  readonly requestId?: string;
}

/** The same bytes for every contender, credentials included. */
export function requestOf(name: DocumentName, variables: object | undefined, sender: Sender): Request {
  const body = { operationName: name, query: documents[name], variables };
  return { kind: name, bytes: post(body, sender) };
}

/** Draws among the 1,000 posts, exponent 0.9; the same for the same seed. */
export function zipfRequests(sender: Sender, seed: number): () => Request {
  const requests = zipfIds.map((id) => requestOf('zipf', { id }, sender));
  const random = createRandom(seed);
  const rank = createZipf(requests.length, 0.9);
  const order = Uint16Array.from({ length: 65_536 }, () => rank(random));
  let sent = 0;
  return () => requests[order[sent++ % order.length]!]!;
}

/**
 * A page of five root fields, each with arguments that were not sent before, or so long ago that no cache has room for them:
 * lists of conditions in another order, which ask for the same rows.
 */
export function coldRequests(sender: Sender, accountIds: readonly string[]): () => Request {
  const today = Date.now();
  let sent = 0;
  return () => {
    const turn = sent++;
    const accounts = permutation(accountIds, turn);
    const variables = {
      range: { between: { from: isoDay(today, 27 + (turn % 60)), to: isoDay(today, turn % 60) } },
      accountIds: accounts,
      topCount: 3 + (Math.floor(turn / 60) % 45),
      campaigns: { status: permutation(campaignStatuses, Math.floor(turn / 80)) },
      campaignCount: 20 + (turn % 80),
      posts: { status: permutation(postStatuses, turn) },
      inbox: { status: permutation(conversationStatuses, Math.floor(turn / 80)), accountIds: accounts },
      inboxCount: 15 + (turn % 80),
      accounts: { networks: permutation(networks, turn) },
    };
    return requestOf('cold', variables, sender);
  };
}

/** Each another key, each with one post in its answer. */
export function keyRequests(sender: Sender, cursors: readonly string[], count: number): () => Request | undefined {
  let sent = 0;
  return () => {
    const turn = sent++;
    if (turn >= count) return undefined;
    const status = permutation(postStatuses, Math.floor(turn / cursors.length));
    return requestOf('keys', { after: cursors[turn % cursors.length], status }, sender);
  };
}

const postStatuses = [
  'DRAFT',
  'PENDING_APPROVAL',
  'SCHEDULED',
  'PUBLISHING',
  'PUBLISHED',
  'PARTIALLY_PUBLISHED',
  'FAILED',
];
const campaignStatuses = ['PLANNED', 'ACTIVE', 'COMPLETED', 'ARCHIVED'];
const conversationStatuses = ['OPEN', 'SNOOZED', 'RESOLVED'];
const networks = [
  'INSTAGRAM',
  'FACEBOOK',
  'THREADS',
  'X',
  'LINKEDIN',
  'TIKTOK',
  'YOUTUBE',
  'PINTEREST',
  'MASTODON',
  'BLUESKY',
];

/** The permutation of this index, modulo how many there are (Lehmer's code). */
function permutation<T>(items: readonly T[], index: number): T[] {
  const left = [...items];
  let rest = index;
  return items.map(() => {
    const place = rest % left.length;
    rest = Math.floor(rest / left.length);
    return left.splice(place, 1)[0]!;
  });
}

function isoDay(now: number, daysAgo: number): string {
  return new Date(now - daysAgo * 86_400_000).toISOString().slice(0, 10);
}
