import type { Random } from './random.ts';
import type { Stock } from './stock.ts';

/** An input for a mutation, most of the time one that it takes. */
type MakeInput = (random: Random, stock: Stock, now: Date) => Record<string, unknown>;

const words = ['new', 'slow mornings', 'the harvest', 'a quiet trail', 'beach day', 'zzz'];
const text = (random: Random) => `${random.pick(words)} ${random.below(1_000)}`;
const maybe = <T>(random: Random, value: T) => (random.happens(0.5) ? value : undefined);
const later = (random: Random, now: Date) =>
  new Date(now.getTime() + (1 + random.below(40 * 24)) * 3_600_000).toISOString();
const day = (random: Random) => `2026-${random.pick(['11', '12'])}-${String(1 + random.below(28)).padStart(2, '0')}`;
const past = (random: Random) => `2026-11-${String(1 + random.below(22)).padStart(2, '0')}`;
const one =
  (kind: Parameters<Stock['one']>[0]): MakeInput =>
  (_, stock) => ({ id: stock.one(kind) });

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Accounts that a post is to go to, the first at times with a text of its own. */
const chosen = (random: Random, accountIds: string[]) => ({
  accountIds,
  textOverrides: maybe(random, [{ accountId: accountIds[0], text: text(random) }]),
});

/** One for every mutation that changes data, by name. */
export const inputs: Record<string, MakeInput> = {
  createTemplate: (random) => ({ title: text(random), body: text(random), hashtags: maybe(random, ['#one', 'two']) }),
  updateTemplate: (random, stock) => ({
    id: stock.one('templates'),
    title: maybe(random, text(random)),
    body: maybe(random, text(random)),
  }),
  deleteTemplate: one('templates'),
  connectAccount: (random) => ({
    network: random.pick(['X', 'MASTODON', 'THREADS']),
    handle: `handle${random.below(4)}`,
  }),
  updateAccount: (random, stock) => ({ id: stock.one('accounts'), displayName: text(random) }),
  disconnectAccount: one('accounts'),
  createPost: (random, stock, now) => ({
    text: text(random),
    ...chosen(random, stock.some('accounts', 3)),
    mediaIds: maybe(random, stock.some('media', 2)),
    campaignId: maybe(random, stock.one('campaigns')),
    templateId: maybe(random, stock.one('templates')),
    scheduledAt: maybe(random, later(random, now)),
    idempotencyKey: maybe(random, `key-${random.below(50)}`),
  }),
  updatePost: (random, stock) => ({
    id: stock.one('posts'),
    text: maybe(random, text(random)),
    ...maybe(random, chosen(random, stock.some('accounts', 3))),
    mediaIds: maybe(random, stock.some('media', 2)),
    campaignId: maybe(random, random.happens(0.3) ? null : stock.one('campaigns')),
  }),
  schedulePost: (random, stock, now) => ({ id: stock.one('posts'), at: later(random, now) }),
  unschedulePost: one('posts'),
  requestPostApproval: one('posts'),
  approvePost: (_, stock) => ({ id: stock.postThatIs('PENDING_APPROVAL') }),
  rejectPost: (random, stock) => ({ id: stock.postThatIs('PENDING_APPROVAL'), reason: text(random) }),
  publishPost: one('posts'),
  retryPost: (_, stock) => ({ id: stock.postThatIs('FAILED') }),
  deletePost: one('posts'),
  uploadMedia: (random) => ({
    file: new File([png], `${random.pick(words).replaceAll(' ', '-')}.png`, { type: 'image/png' }),
    altText: maybe(random, text(random)),
  }),
  updateMediaAsset: (random, stock) => ({
    id: stock.one('media'),
    altText: maybe(random, random.happens(0.3) ? null : text(random)),
    fileName: maybe(random, `${random.below(99)}.png`),
  }),
  deleteMediaAsset: one('media'),
  createCalendarNote: (random) => ({ date: day(random), text: text(random) }),
  updateCalendarNote: (random, stock) => ({
    id: stock.one('notes'),
    date: maybe(random, day(random)),
    text: maybe(random, text(random)),
  }),
  deleteCalendarNote: one('notes'),
  createCampaign: (random) => ({
    name: text(random),
    brief: maybe(random, text(random)),
    startsOn: maybe(random, '2026-11-01'),
    endsOn: maybe(random, '2026-12-31'),
  }),
  updateCampaign: (random, stock) => ({
    id: stock.one('campaigns'),
    name: maybe(random, text(random)),
    status: maybe(random, random.pick(['PLANNED', 'ACTIVE', 'ARCHIVED'])),
  }),
  addPostsToCampaign: (_, stock) => ({ campaignId: stock.one('campaigns'), postIds: stock.some('posts', 3) }),
  removePostsFromCampaign: (_, stock) => ({ campaignId: stock.one('campaigns'), postIds: stock.some('posts', 3) }),
  deleteCampaign: one('campaigns'),
  receiveMessage: (random, stock) => ({
    accountId: stock.one('accounts'),
    contactHandle: `contact${random.below(5)}`,
    text: text(random),
    externalId: `ext-${random.below(200)}`,
  }),
  sendReply: (random, stock) => ({
    conversationId: stock.one('conversations'),
    text: text(random),
    idempotencyKey: maybe(random, `key-${random.below(20)}`),
  }),
  updateConversation: (random, stock, now) => ({
    id: stock.one('conversations'),
    ...random.pick<object>([
      { status: 'RESOLVED' },
      { status: 'OPEN' },
      { snoozedUntil: later(random, now) },
      { assigneeId: random.pick(stock.users) },
      { assigneeId: null },
      { priority: 'HIGH' },
    ]),
  }),
  markConversationRead: one('conversations'),
  createSavedReply: (random) => ({ title: text(random), body: text(random) }),
  updateSavedReply: (random, stock) => ({ id: stock.one('replies'), title: maybe(random, text(random)) }),
  deleteSavedReply: one('replies'),
  recordMetrics: (random, stock) => ({
    accountId: stock.one('accounts'),
    date: past(random),
    values: [{ metric: random.pick(['FOLLOWERS', 'VIEWS', 'CLICKS']), value: random.below(10_000) }],
  }),
  generateCaption: (random) => ({
    prompt: random.pick(words),
    count: 1 + random.below(3),
    regenerate: random.happens(0.2),
  }),
  generateHashtags: (random) => ({ text: random.pick(words) }),
  suggestReply: (_, stock) => ({ conversationId: stock.one('conversations') }),
  generateAltText: (_, stock) => ({ mediaAssetId: stock.one('media') }),
  deleteAiGeneration: one('generations'),
  updateSettings: (random) => ({
    timeZone: maybe(random, random.pick(['Europe/Vienna', 'America/New_York', 'Asia/Tokyo'])),
    weekStartsOn: maybe(random, random.pick(['MONDAY', 'SUNDAY'])),
    brandVoice: maybe(random, text(random)),
  }),
  updateWorkspace: (random) => ({ name: text(random) }),
  updatePreferences: (random) => ({
    theme: random.pick(['LIGHT', 'DARK', 'SYSTEM']),
    locale: maybe(random, random.pick(['de', 'en'])),
  }),
  updateMember: (random, stock) => ({
    userId: random.pick(stock.others),
    ...random.pick<object>([
      { role: 'EDITOR' },
      { role: 'READER' },
      { accountIds: stock.some('accounts', 2) },
      { accountIds: null },
    ]),
  }),
  removeMember: (random, stock) => ({ userId: random.pick(stock.users) }),
  createApiToken: (random) => ({ name: text(random), role: 'EDITOR' }),
  adoptApiToken: (random, stock) => ({ id: stock.tokens.length > 0 ? random.pick(stock.tokens) : 'tok_none' }),
  revokeApiToken: (random, stock) => ({ id: stock.tokens.length > 0 ? random.pick(stock.tokens) : 'tok_none' }),
};

/** What Magpie's own background work does, as `executeAsSystem` runs it. */
export const systemInputs: Record<string, MakeInput> = {
  claimTargets: (random) => ({ limit: 1 + random.below(5), leaseSeconds: 60 }),
  recordUpload: (_random, stock) => ({
    ...{ targetId: stock.targetThatIs('PUBLISHING'), mediaId: 'media_1', uploadId: 'upload 1' },
  }),
  recordPublication: (random, stock) => ({
    targetId: stock.targetThatIs('PUBLISHING'),
    ...(random.happens(0.7) ? { permalink: 'https://sandbox.example/1' } : { failureMessage: 'The network said no.' }),
  }),
  recordPostMetrics: (random, stock) => ({
    postId: stock.postThatIs('PUBLISHED'),
    date: past(random),
    views: random.below(900),
    engagements: random.below(90),
  }),
  wakeConversations: () => ({ limit: 10 }),
};

/** Not about data: tested on their own. */
export const otherMutations = [
  ...['signIn', 'signOut', 'clearCache', 'warmCache', 'setCachePolicy', 'resetCachePolicy'],
  ...['startCacheExperiment', 'endCacheExperiment'],
];
