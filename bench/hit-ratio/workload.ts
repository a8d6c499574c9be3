import { createRandom, createZipf } from './random.ts';

/** One request of a user, or (`user` −1) one thing that happens by itself. Arguments are what tells its answers apart. */
export interface WorkloadEvent {
  readonly atMs: number;
  readonly workspace: number;
  readonly user: number;
  readonly operation: Operation;
  readonly arguments: Arguments;
}

export type Arguments = Readonly<Record<string, string | number | undefined>>;

/** How many there are of everything, and for how long. Everything but users and workspaces is counted within a workspace. */
export interface WorkloadShape {
  readonly usersOfWorkspaces: readonly number[];
  readonly seconds: number;
  readonly requestsPerUser: number;
  readonly posts: number;
  readonly conversations: number;
  readonly media: number;
  readonly campaigns: number;
  readonly accounts: number;
  readonly generations: number;
  readonly thinkSeconds: readonly [least: number, usual: number];
}

/** Acceptance: 1,000 requests of 100 users in 300 seconds, from the first one on. */
export const workloadA: WorkloadShape = {
  ...{ usersOfWorkspaces: [45, 32, 23], seconds: 300, requestsPerUser: 10, thinkSeconds: [4, 60] },
  ...{ posts: 600, conversations: 40, media: 200, campaigns: 8, accounts: 6, generations: 10 },
};

/** Scale: 30,000 requests of 1,000 users of 20 workspaces in 600 seconds. */
export const workloadB: WorkloadShape = {
  ...{ usersOfWorkspaces: decreasing(20, 1_000), seconds: 600, requestsPerUser: 30, thinkSeconds: [4, 45] },
  ...{ posts: 500, conversations: 100, media: 600, campaigns: 12, accounts: 8, generations: 40 },
};

const INBOUND_EVERY_SECONDS = 75;
const PUBLISHED_EVERY_SECONDS = 150;
const SYNCED_EVERY_SECONDS = 3_600;
const POLL_SECONDS = 30;

type Random = () => number;
type Draw = (random: Random, shape: WorkloadShape) => Arguments;

/** The requests of all users and what happens meanwhile, in the order of time; the same for the same seed. */
export function workload(shape: WorkloadShape, seed: number): WorkloadEvent[] {
  const random = createRandom(seed);
  const planned = [...userRequests(shape, random), ...ownEvents(shape, random)].sort((one, other) => one.at - other.at);
  return planned.map(({ at, workspace, user, operation, account }) => ({
    ...{ atMs: Math.round(at * 1_000), workspace, user, operation },
    arguments: account === undefined ? draws[operation](random, shape) : { account },
  }));
}

/** What a server asks for by itself when a workspace is first used, before anything of the workload: what most visits begin with. */
export function warmUp(shape: WorkloadShape): WorkloadEvent[] {
  return shape.usersOfWorkspaces.flatMap((_, workspace) =>
    firstViews.map(([operation, args]) => ({ atMs: -1, workspace, user: -1, operation, arguments: args })),
  );
}

interface Planned {
  readonly at: number; // seconds
  readonly workspace: number;
  readonly user: number;
  readonly operation: Operation;
  readonly account?: number;
}

/** Each user signs in, lands on a page and goes from page to page; a page is a few requests in turn. */
function userRequests(shape: WorkloadShape, random: Random): Planned[] {
  const workspaces = shape.usersOfWorkspaces.flatMap((users, workspace) => Array<number>(users).fill(workspace));
  return workspaces.flatMap((workspace, user) => {
    const operations: Operation[] = ['AppShell', 'AccountSwitcher'];
    operations.push(...pages[pick(random, landingPages)](random));
    while (operations.length < shape.requestsPerUser) operations.push(...pages[pick(random, pageMix)](random));
    operations.length = shape.requestsPerUser;
    const gaps = operations.map((operation, index) => gapSeconds(operation, { index, shape, random }));
    let at = random() * shape.seconds * 0.15;
    const squeeze = Math.min(1, (shape.seconds * 0.85) / gaps.reduce((sum, gap) => sum + gap, 0));
    return operations.map((operation, index) => {
      at += gaps[index]! * squeeze;
      return { at, workspace, user, operation };
    });
  });
}

interface Gap {
  readonly index: number;
  readonly shape: WorkloadShape;
  readonly random: Random;
}

function gapSeconds(operation: Operation, { index, shape, random }: Gap): number {
  if (index < 2) return 0.3;
  if (operation === 'InboxPoll') return POLL_SECONDS;
  const [least, usual] = shape.thinkSeconds;
  return least + (-Math.log(1 - random()) * (usual - least)) / 2;
}

function ownEvents(shape: WorkloadShape, random: Random): Planned[] {
  return shape.usersOfWorkspaces.flatMap((_, workspace) => {
    const events: Planned[] = [];
    const repeat = (operation: Operation, everySeconds: number) => {
      for (let at = random() * everySeconds; at < shape.seconds; at += everySeconds * (0.5 + random())) {
        events.push({ at, workspace, user: -1, operation });
      }
    };
    repeat('receiveMessage', INBOUND_EVERY_SECONDS);
    repeat('publishPost', PUBLISHED_EVERY_SECONDS);
    for (let account = 0; account < shape.accounts; account++) {
      const at = random() * SYNCED_EVERY_SECONDS;
      if (at < shape.seconds) events.push({ at, workspace, user: -1, operation: 'syncMetrics', account });
    }
    return events;
  });
}

const landingPages = { dashboard: 55, calendar: 22, inbox: 18, analytics: 5 } as const;
const pageMix = {
  ...{ dashboard: 8, calendar: 17, inbox: 10, posts: 14, analytics: 8, campaigns: 6 },
  ...{ compose: 4, media: 12, ai: 13, templates: 15, settings: 3, accounts: 3 },
} as const;

/** The requests of one visit. A probability is drawn only where it stands. */
const pages: Record<keyof typeof pageMix, (random: Random) => Operation[]> = {
  dashboard: () => ['Dashboard', 'UpcomingWeek'],
  calendar: (random) => [
    'CalendarMonth',
    ...maybe(random, 0.4, 'CalendarMonth'),
    ...maybe(random, 0.1, 'schedulePost', 'CalendarMonth'),
  ],
  inbox: (random) => [
    ...(['InboxList', 'InboxPoll'] as const),
    ...maybe(random, 0.3, 'SavedReplies'),
    'Thread',
    ...maybe(random, 0.28, 'sendReply'),
    ...maybe(random, 0.12, 'updateConversation'),
    'InboxPoll',
  ],
  posts: (random) => [
    'PostList',
    ...maybe(random, 0.5, 'PostList'),
    'PostEditor',
    ...maybe(random, 0.22, 'updatePost', 'PostEditor'),
    ...maybe(random, 0.3, 'PostPerformance'),
  ],
  analytics: (random) => ['AnalyticsPage', ...maybe(random, 0.5, 'AnalyticsPage'), ...maybe(random, 0.2, 'ReportList')],
  campaigns: (random) => ['CampaignList', 'CampaignOverview', ...maybe(random, 0.06, 'updateCampaign')],
  compose: (random) => [
    'Composer',
    ...maybe(random, 0.5, 'TemplatePicker'),
    ...maybe(random, 0.4, 'MediaLibrary'),
    ...maybe(random, 0.3, 'generate', 'AiResult'),
    ...maybe(random, 0.45, 'createPost'),
  ],
  media: (random) => [
    ...(['MediaLibrary', 'MediaFolders', 'MediaLibrary', 'MediaDetail'] as const),
    ...maybe(random, 0.3, 'uploadMedia'),
    ...maybe(random, 0.2, 'updateMedia'),
  ],
  ai: (random) => ['AiHistory', 'AiResult', 'AiBudget', ...maybe(random, 0.3, 'generate', 'AiResult')],
  templates: (random) => [
    'TemplatePicker',
    ...maybe(random, 0.6, 'TemplateGallery'),
    ...maybe(random, 0.3, 'Template'),
    ...maybe(random, 0.03, 'updateTemplate'),
  ],
  settings: (random) => ['SettingsPage', ...maybe(random, 0.05, 'updateSettings')],
  accounts: (random) => ['AccountDetail', 'AccountSwitcher', ...maybe(random, 0.08, 'refreshAccount')],
};

const none: Draw = () => ({});
const campaign: Draw = (random, { campaigns }) => ({ campaign: rank(random, campaigns, 1.3) });
const conversation: Draw = (random, { conversations }) => ({ conversation: rank(random, conversations, 1.1) });
const readPost: Draw = (random, { posts }) => ({ post: rank(random, posts, 0.7) });
const writtenPost: Draw = (random, { posts }) => ({ post: rank(random, posts, 0.8) });
const template: Draw = (random) => ({ template: rank(random, 20, 1.2) });
const asset: Draw = (random, { media }) => ({ asset: rank(random, media, 0.7) });
const account: Draw = (random, { accounts }) => ({ account: rank(random, accounts, 1.2) });
const range: Draw = (random, shape) => ({
  range: pick(random, { L28: 80, L7: 15, L90: 5 }),
  compare: pick(random, { previous: 100 }),
  ...unless(random, 0.9, () => account(random, shape)),
});

/** The arguments of each operation: most visits keep the defaults, which is what makes answers repeat. */
const draws = {
  AppShell: none,
  AccountSwitcher: none,
  Dashboard: (random, shape) => (random() < 0.97 ? usualRange : range(random, shape)),
  UpcomingWeek: none,
  CalendarMonth: (random, shape) => ({
    month: month(random),
    ...unless(random, 0.95, () => account(random, shape)),
    ...when(random, 0.06, () => ({ openSlots: 1 })),
  }),
  PostList: (random, { accounts }) => ({
    status: pick(random, { SCHEDULED: 40, DRAFT: 22, PUBLISHED: 25, FAILED: 5, ALL: 8 }),
    ...unless(random, 0.45, () => ({ account: rank(random, accounts, 0.7) })),
    ...unless(random, 0.8, () => ({ tag: rank(random, 15, 0.6) })),
    ...unless(random, 0.88, () => ({ search: Math.floor(random() * 1e6) })),
    page: pick(random, { 1: 62, 2: 24, 3: 14 }),
  }),
  PostEditor: readPost,
  PostPerformance: readPost,
  Composer: none,
  TemplatePicker: (random) => ({
    ...unless(random, 0.95, () => ({ network: rank(random, 4, 1.2) })),
    ...when(random, 0.06, () => ({ own: 1 })),
  }),
  TemplateGallery: none,
  Template: template,
  MediaLibrary: (random) => ({
    ...unless(random, 0.6, () => ({ folder: rank(random, 8, 0.8) })),
    kind: pick(random, { ALL: 65, IMAGE: 20, VIDEO: 15 }),
    ...unless(random, 0.86, () => ({ search: Math.floor(random() * 1e6) })),
    page: pick(random, { 1: 66, 2: 22, 3: 12 }),
  }),
  MediaFolders: none,
  MediaDetail: asset,
  AnalyticsPage: range,
  ReportList: none,
  InboxList: (random, shape) => {
    const filter = pick(random, { open: 62, unassigned: 16, mine: 14, account: 8 });
    return filter === 'account' ? { filter, ...account(random, shape) } : { filter };
  },
  InboxPoll: none,
  Thread: conversation,
  SavedReplies: none,
  CampaignList: none,
  CampaignOverview: campaign,
  AccountDetail: account,
  AiHistory: (random) => unless(random, 0.9, () => ({ source: rank(random, 20, 1) })),
  AiResult: (random, { generations }) => ({ generation: rank(random, generations, 1.5) }),
  AiBudget: none,
  SettingsPage: none,

  createPost: (random, shape) => ({
    ...when(random, 0.5, () => ({ month: month(random) })),
    ...when(random, 0.5, () => campaign(random, shape)),
  }),
  updatePost: writtenPost,
  schedulePost: (random, shape) => ({
    ...writtenPost(random, shape),
    ...when(random, 0.25, () => ({ nextMonth: 1 })),
    ...when(random, 0.3, () => campaign(random, shape)),
  }),
  sendReply: conversation,
  updateConversation: conversation,
  generate: none,
  uploadMedia: none,
  updateMedia: asset,
  updateTemplate: template,
  updateCampaign: (random, shape) => ({ ...campaign(random, shape), ...when(random, 0.3, () => ({ month: '0' })) }),
  updateSettings: none,
  refreshAccount: account,

  receiveMessage: conversation,
  publishPost: (random, shape) => ({ ...writtenPost(random, shape), ...campaign(random, shape) }),
  syncMetrics: none,
} satisfies Record<string, Draw>;

export type Operation = keyof typeof draws;

const usualRange: Arguments = { range: 'L28', compare: 'previous' };
const firstViews: readonly (readonly [Operation, Arguments])[] = [
  ['AppShell', {}],
  ['AccountSwitcher', {}],
  ['Dashboard', usualRange],
  ['UpcomingWeek', {}],
  ['CalendarMonth', { month: '0' }],
  ['InboxList', { filter: 'open' }],
  ['AnalyticsPage', usualRange],
  ['CampaignList', {}],
  ['TemplatePicker', {}],
  ['SettingsPage', {}],
];

function month(random: Random): string {
  return pick(random, { 0: 84, 1: 12, [-1]: 4 });
}

function maybe(random: Random, probability: number, ...operations: Operation[]): Operation[] {
  return random() < probability ? operations : [];
}

function when(random: Random, probability: number, draw: () => Arguments): Arguments {
  return random() < probability ? draw() : {};
}

function unless(random: Random, probability: number, draw: () => Arguments): Arguments {
  return random() < probability ? {} : draw();
}

function pick<const Weights extends Readonly<Record<string, number>>>(
  random: Random,
  weights: Weights,
): keyof Weights & string {
  const names = Object.keys(weights);
  let left = random() * names.reduce((sum, name) => sum + weights[name]!, 0);
  for (const name of names) {
    left -= weights[name]!;
    if (left <= 0) return name;
  }
  return names[0]!;
}

const zipfs = new Map<string, (random: Random) => number>();

function rank(random: Random, ranks: number, exponent: number): number {
  const name = `${ranks} ${exponent}`;
  let zipf = zipfs.get(name);
  if (!zipf) {
    zipf = createZipf(ranks, exponent);
    zipfs.set(name, zipf);
  }
  return zipf(random);
}

/** Sizes of workspaces, in proportion to 1/√rank. */
function decreasing(workspaces: number, users: number): number[] {
  const weights = Array.from({ length: workspaces }, (_, index) => 1 / Math.sqrt(index + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.max(4, Math.round((weight / total) * users)));
}
