import type { Policy } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import {
  Documents,
  executeJoined,
  type JoinedFragments,
  type JoinedResult,
  namespaced,
} from '@magpie/graphql-cache/parts';
import { concatAST, execute, type GraphQLFormattedError, Kind, parse, print, validate } from 'graphql';
import { policies } from '../../src/cache-policies.ts';
import type { Ports } from '../../src/domains/context.ts';
import { daysOf } from '../../src/domains/date-range.ts';
import type { ProductLimits } from '../../src/domains/product-limits.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import type { CacheCategory } from '../../src/generated/schema.ts';
import { localLog } from '../../src/graphql/cluster-log.ts';
import { createContext } from '../../src/graphql/context.ts';
import { afterExecution } from '../../src/graphql/execution.ts';
import type { RequestContext } from '../../src/graphql/request.ts';
import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';
import { ManualTime } from '../setup/manual-time.ts';
import { createWire } from './wire.ts';

/** What the small schema takes from the product's: its directives, and types of no domain. */
const borrowedTypes = [
  ...[
    'CacheCategory',
    'CacheScope',
    'AccessAudience',
    'Confinement',
    'WorkspaceRole',
    'DateTime',
    'Date',
    'SafeInt',
    'Upload',
  ],
  ...['DateRangeInput', 'DateIntervalInput', 'DateRangePreset', 'Node', 'PageInfo', 'UserError', 'InvalidInputError'],
];

const borrowed = concatAST(readTypeDefs().map((text) => parse(text)))
  .definitions.filter((definition) =>
    definition.kind === Kind.DIRECTIVE_DEFINITION
      ? true
      : 'name' in definition &&
        !definition.kind.endsWith('Extension') &&
        borrowedTypes.includes(definition.name!.value),
  )
  .map(print)
  .join('\n');

/** Posts and their campaigns, in all the ways in which a field can depend on them. */
const typeDefs = /* GraphQL */ `
  type Query {
    posts(search: String, first: Int = 20): PostConnection @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
    post(id: ID!): Post @cache(category: POSTS, scope: WORKSPACE, tags: ["Post:{id}"])
    postCount: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"])
    campaigns: [Campaign!] @cache(category: CAMPAIGNS, scope: WORKSPACE, tags: ["Campaign"])
    campaign(id: ID!): Campaign @cache(category: CAMPAIGNS, scope: WORKSPACE, tags: ["Campaign:{id}"])
    feed: [FeedItem!] @cache(category: CALENDAR, scope: WORKSPACE, tags: ["Post", "Campaign"])
    found(search: String!): [Node!] @cache(category: CALENDAR, scope: WORKSPACE, tags: ["Post", "Campaign"])
    report(range: DateRangeInput! = { preset: TODAY }): Report
      @cache(category: ANALYTICS, scope: WORKSPACE, tags: ["Post"])
    template(id: ID!): Template @cache(category: TEMPLATES, scope: WORKSPACE, tags: ["Template:{id}"])
    networks: [Network!] @cache(category: ACCOUNTS, scope: PUBLIC)
    viewer: Viewer
    uptime: Int
  }
  type Mutation {
    createPost(input: CreatePostInput!): PostPayload!
      @access(role: EDITOR)
      @invalidates(tags: ["Post", "Post:{result.post.id}", "Campaign:{input.campaignId}:posts"])
    renamePost(input: RenameInput!): PostPayload!
      @access(role: EDITOR)
      @invalidates(tags: ["Post", "Post:{input.id}"])
    renameCampaign(input: RenameInput!): CampaignPayload!
      @access(role: EDITOR)
      @invalidates(tags: ["Campaign", "Campaign:{input.id}"])
    renameTemplate(input: RenameInput!): TemplatePayload!
      @access(role: EDITOR)
      @invalidates(tags: ["Template:{input.id}"])
    setTheme(theme: String!): Boolean! @access(role: READER) @invalidates(tags: ["UserPreferences:{changes.Preferences}"])
    deletePosts: Boolean! @access(role: EDITOR) @invalidates(tags: ["Post", "Post:{changes.Post}"])
    signIn(userId: ID!): Viewer @access(role: READER, audience: ANYONE) @invalidatesNothing(reason: "It changes nothing.")
    wave: Boolean! @access(role: READER) @invalidatesNothing(reason: "Nobody remembers it.")
  }
  type Post implements Node {
    id: ID!
    text: String!
    campaign: Campaign
  }
  type Campaign implements Node {
    id: ID!
    name: String!
    postCount: Int! @dependsOn(tags: ["Campaign:{parent.id}:posts"])
    posts(search: String, first: Int = 2): PostConnection!
      @cache(category: POSTS, scope: WORKSPACE, tags: ["Campaign:{parent.id}:posts"])
  }
  union FeedItem = Post | Campaign
  type PostConnection {
    nodes: [Post!]!
    pageInfo: PageInfo!
    totalCount: Int! @dependsOn(tags: ["Post"])
  }
  type Report {
    from: Date!
    to: Date!
    views: Int!
  }
  type Template {
    id: ID!
    title: String!
  }
  type Network {
    id: ID!
    name: String!
  }
  type Viewer {
    userId: ID!
    preferences: Preferences @cache(category: SETTINGS, scope: VIEWER, tags: ["UserPreferences:{parent.userId}"])
  }
  type Preferences {
    theme: String!
  }
  input CreatePostInput {
    text: String!
    campaignId: ID
  }
  input RenameInput {
    id: ID!
    name: String!
  }
  type PostPayload {
    post: Post
    userErrors: [UserError!]!
  }
  type CampaignPayload {
    campaign: Campaign
    userErrors: [UserError!]!
  }
  type TemplatePayload {
    template: Template
    userErrors: [UserError!]!
  }
`;

export const ada: Viewer = {
  ...{ kind: 'MEMBER', tokenId: 'tok_ada', userId: 'user_ada', makerId: null, role: 'OWNER' },
  ...{ workspaceId: 'ws_nest', accountIds: null, timeZone: 'UTC', weekStartsOn: 'MONDAY' },
};
/** Of the same workspace, with the same visibility. */
export const bob: Viewer = { ...ada, tokenId: 'tok_bob', userId: 'user_bob', role: 'EDITOR' };
export const reader: Viewer = { ...ada, tokenId: 'tok_rita', userId: 'user_rita', role: 'READER' };
/** Nobody: an API token of the workspace. */
export const robot: Viewer = { ...ada, kind: 'API_TOKEN', tokenId: 'tok_robot', userId: null, role: 'ADMIN' };
/** Of another workspace. */
export const zoe: Viewer = { ...ada, tokenId: 'tok_zoe', userId: 'user_zoe', workspaceId: 'ws_other' };

interface PostRow {
  readonly id: string;
  readonly text: string;
  readonly campaignId: string | null;
  readonly accountId: string;
}

/** What one workspace holds. Rows are replaced, not changed. */
export class Rows {
  readonly posts = new Map<string, PostRow>();
  readonly campaigns = new Map<string, { readonly id: string; readonly name: string }>();
  readonly templates = new Map<string, string>();
  readonly themes = new Map<string, string>();

  addPost(id: string, { text = id, campaignId = null, accountId = 'acc_1' }: Partial<PostRow> = {}): void {
    this.posts.set(id, { id, text, campaignId, accountId });
  }

  addCampaign(id: string, name = id): void {
    this.campaigns.set(id, { id, name });
  }
}

type Args = Record<string, never> & Record<string, string | number | null>;
type Parent = { id: string } & PostRow & { nodes: readonly PostRow[]; campaignId: string | null };
type Resolvers = Record<string, Record<string, unknown>>;

function resolversOver(rowsOf: (workspaceId: string) => Rows, all: { uptime: number }): Resolvers {
  const rows = ({ viewer }: RequestContext) => rowsOf(viewer.workspaceId);
  const visible = (context: RequestContext) => {
    const { accountIds } = context.viewer;
    return [...rows(context).posts.values()].filter(({ accountId }) => accountIds?.includes(accountId) ?? true);
  };
  const pageOf = (posts: readonly PostRow[], { search, first }: { search?: string | null; first: number | null }) => ({
    nodes: posts.filter(({ text }) => text.includes(search ?? '')).slice(0, first ?? posts.length),
  });
  const withRow = (campaignId: string | null, context: RequestContext) =>
    visible(context).filter((post) => post.campaignId === campaignId);
  const isNode = (value: { id: string }) => (value.id.startsWith('post_') ? 'Post' : 'Campaign');
  return {
    Query: {
      posts: (_: unknown, args: { first: number | null }, context: RequestContext) => pageOf(visible(context), args),
      post: (_: unknown, { id }: Args, context: RequestContext) =>
        visible(context).find((post) => post.id === id) ?? null,
      postCount: (_: unknown, __: unknown, context: RequestContext) => visible(context).length,
      campaigns: (_: unknown, __: unknown, context: RequestContext) => [...rows(context).campaigns.values()],
      campaign: (_: unknown, { id }: { id: string }, context: RequestContext) =>
        rows(context).campaigns.get(id) ?? null,
      feed: (_: unknown, __: unknown, context: RequestContext) => [
        ...visible(context),
        ...rows(context).campaigns.values(),
      ],
      found: (_: unknown, { search }: { search: string }, context: RequestContext) =>
        [...visible(context), ...rows(context).campaigns.values()].filter(({ id }) => id.includes(search)),
      report: (_: unknown, { range }: { range: never }, context: RequestContext) => {
        const { from, to } = daysOf(range);
        return { from, to, views: visible(context).length * 10 };
      },
      template: (_: unknown, { id }: { id: string }, { loaders }: RequestContext) =>
        loaders.templates.template.load(id),
      networks: () => [{ id: 'mastodon', name: 'Mastodon' }],
      viewer: (_: unknown, __: unknown, { viewer }: RequestContext) => ({
        userId: viewer.userId ?? 'nobody',
        workspaceId: viewer.workspaceId,
      }),
      uptime: () => ++all.uptime,
    },
    Mutation: {
      createPost(_: unknown, { input }: { input: { text: string; campaignId?: string } }, context: RequestContext) {
        const id = `post_${rows(context).posts.size + 1}`;
        rows(context).addPost(id, input);
        context.changes.settle('committed');
        return { post: rows(context).posts.get(id), userErrors: [] };
      },
      renamePost(
        _: unknown,
        { input: { id, name } }: { input: { id: string; name: string } },
        context: RequestContext,
      ) {
        rows(context).posts.set(id, { ...rows(context).posts.get(id)!, text: name });
        context.changes.settle('committed');
        return { post: rows(context).posts.get(id), userErrors: [] };
      },
      renameCampaign(_: unknown, { input }: { input: { id: string; name: string } }, context: RequestContext) {
        rows(context).addCampaign(input.id, input.name);
        context.changes.settle('committed');
        return { campaign: input, userErrors: [] };
      },
      async renameTemplate(_: unknown, { input }: { input: { id: string; name: string } }, context: RequestContext) {
        await context.loaders.templates.template.load(input.id); // as a mutation does that looks before it writes
        rows(context).templates.set(input.id, input.name);
        context.changes.settle('committed');
        return { template: { id: input.id }, userErrors: [] };
      },
      setTheme(_: unknown, { theme }: { theme: string }, context: RequestContext) {
        rows(context).themes.set(context.viewer.userId!, theme);
        context.changes.add('Preferences', context.viewer.userId);
        context.changes.settle('committed');
        return true;
      },
      deletePosts(_: unknown, __: unknown, context: RequestContext) {
        context.changes.add('Post', ...rows(context).posts.keys());
        rows(context).posts.clear();
        context.changes.settle('committed');
        return true;
      },
      signIn: (_: unknown, { userId }: { userId: string }) => ({ userId, workspaceId: ada.workspaceId }),
      wave: () => true,
    },
    Post: {
      campaign: ({ campaignId }: Parent, _: unknown, context: RequestContext) =>
        (campaignId && rows(context).campaigns.get(campaignId)) || null,
    },
    Campaign: {
      postCount: ({ id }: Parent, _: unknown, context: RequestContext) => withRow(id, context).length,
      posts: ({ id }: Parent, args: { first: number | null }, context: RequestContext) =>
        pageOf(withRow(id, context), args),
    },
    PostConnection: {
      pageInfo: ({ nodes }: Parent) => ({ hasNextPage: false, endCursor: nodes.at(-1)?.id ?? null }),
      totalCount: (_: unknown, __: unknown, context: RequestContext) => visible(context).length,
    },
    TemplatePayload: {
      template: ({ template }: { template: { id: string } }, _: unknown, { loaders }: RequestContext) =>
        loaders.templates.template.load(template.id),
    },
    Viewer: {
      preferences: ({ userId, workspaceId }: { userId: string; workspaceId: string }) => ({
        theme: rowsOf(workspaceId).themes.get(userId) ?? 'LIGHT',
      }),
    },
    Node: { __resolveType: isNode },
    FeedItem: { __resolveType: isNode },
  };
}

export interface Ask {
  /** Ada unless told; null is anonymous. */
  readonly as?: Viewer | null;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly isDebugging?: boolean;
  /** Whether the answer may be joined from fragments, as the server does; every field is executed unless told. */
  readonly isJoining?: boolean;
}

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly extensions: any;
  /** As it goes to the client. */
  readonly text: string;
  /** Of an answer for which nothing was executed. */
  readonly joinedFrom: JoinedFragments | undefined;
  readonly outcome: RequestContext['state']['cacheUsage'];
}

export interface NestOptions {
  /** More of the schema, as `extend type Query { … }`, and its resolvers; they stand before those that are there. */
  readonly typeDefs?: string;
  readonly resolvers?: Resolvers;
  readonly isCaching?: boolean;
  readonly policies?: Partial<Record<CacheCategory, Partial<Policy>>>;
  readonly maxFlights?: number;
}

/** With it, posts and campaigns become untrue without their types' own tags, so that each node's tag is held. */
export const namingNodesAlone: NestOptions = {
  typeDefs: /* GraphQL */ `
    extend type Mutation {
      touch(postId: ID!, campaignId: ID!): Boolean!
        @access(role: EDITOR)
        @invalidates(tags: ["Post:{postId}", "Campaign:{campaignId}"])
    }
  `,
  resolvers: { Mutation: { touch: () => true } },
};

/** The small schema over rows in memory, with a cache of its own under clocks that stand still until told. */
export function createNest(options: NestOptions = {}) {
  const time = new ManualTime();
  let wallMs = Date.parse('2026-11-22T12:00:00Z');
  const workspaces = new Map<string, Rows>();
  const rowsOf = (workspaceId: string) => {
    if (!workspaces.has(workspaceId)) workspaces.set(workspaceId, new Rows());
    return workspaces.get(workspaceId)!;
  };
  const { queries } = createWire(({ parameters: [workspaceId, ids] }) => {
    const { templates } = rowsOf(workspaceId as string);
    const wanted = [ids].flat() as string[];
    return wanted.flatMap((id) => (templates.has(id) ? { id, title: templates.get(id) } : []));
  });
  const cache = new EntryCache<CacheCategory>({
    ...{ policies: policiesWith(options.policies), clock: time.clock, timer: time },
    maxFlights: options.maxFlights,
  });
  const runs = new Map<string, number>();
  const holds = new Map<string, { reached(): void; until: Promise<void> }>();

  /** Counts each run of a resolver; one that is held has read its rows already. */
  const watched = (maps: Resolvers): Resolvers =>
    mapValues(maps, (fields, type) =>
      mapValues(fields, (resolve, name) => {
        if (typeof resolve !== 'function' || name.startsWith('__')) return resolve;
        return (...args: unknown[]) => {
          const coordinate = `${type}.${name}`;
          runs.set(coordinate, (runs.get(coordinate) ?? 0) + 1);
          const value = resolve(...args);
          const hold = holds.get(coordinate);
          if (!hold) return value;
          holds.delete(coordinate);
          hold.reached();
          return hold.until.then(() => value);
        };
      }),
    );

  const planned = buildPlannedSchema({
    typeDefs: [borrowed, typeDefs, ...(options.typeDefs ? [options.typeDefs] : [])],
    resolvers: [watched(resolversOver(rowsOf, { uptime: 0 })), watched(options.resolvers ?? {})],
    cache: options.isCaching === false ? undefined : cache,
    clusterLog: localLog(({ workspaceId, tags, cause }) =>
      cache.invalidate(
        tags.map((tag) => namespaced(workspaceId!, tag)),
        cause ?? undefined,
      ),
    ),
  });
  const { schema, plans } = planned;
  const documents = new Documents({ schema, plans });
  const sources = {
    ...{ queries, ports: {} as Ports, limits: {} as ProductLimits, stampOf: () => cache.stamp },
    ...{ cacheNow: () => cache.now(), wallNow: () => new Date(wallMs) },
  };

  return {
    ...{ cache, time, schema, plans, rowsOf },
    rows: rowsOf(ada.workspaceId),
    /** How often a resolver ran, `Type.field`. */
    runs: (coordinate: string) => runs.get(coordinate) ?? 0,
    stats: (category: CacheCategory) => cache.snapshot().categories.find((one) => one.category === category)!,
    pass(ms: number) {
      time.pass(ms);
      wallMs += ms;
    },
    /** The next run of a resolver reads what there is, and then waits. */
    hold(coordinate: string) {
      let open!: () => void;
      let reached!: () => void;
      const until = new Promise<void>((resolve) => (open = resolve));
      const isReached = new Promise<void>((resolve) => (reached = resolve));
      holds.set(coordinate, { reached, until });
      return { open, isReached };
    },
    contextFor: (viewer: Viewer | null, isDebugging = false) =>
      createContext(sources, { viewer, requestId: 'test', isDebugging }),
    async ask(text: string, ask: Ask = {}): Promise<Answer> {
      const { as = ada, variables, operationName, isDebugging = false, isJoining = false } = ask;
      const document = parse(text);
      const problems = validate(schema, document);
      if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('\n'));
      const contextValue = createContext(sources, { viewer: as, requestId: 'test', isDebugging });
      const args = { schema, document, contextValue, variableValues: variables, operationName };
      if (options.isCaching !== false) contextValue.state.traces = new Map();
      const joined = isJoining
        ? await executeJoined(args, contextValue.state, { ...planned, cache, documents })
        : undefined;
      const result = afterExecution(cache, contextValue, joined ?? (await execute(args))) as JoinedResult;
      const answered = result.stringify?.(result) ?? JSON.stringify(result);
      const joinedFragments = result.provenance?.executedTraces.length === 0 ? result.provenance.joined : undefined;
      return {
        ...JSON.parse(answered),
        text: answered,
        joinedFrom: joinedFragments,
        outcome: contextValue.state.cacheUsage,
      };
    },
  };
}

export type Nest = ReturnType<typeof createNest>;

function policiesWith(changed: NestOptions['policies'] = {}): Record<CacheCategory, Policy> {
  return mapValues(policies, (policy, category) => ({ ...policy, ...changed[category as CacheCategory] }));
}

function mapValues<Key extends string, Value, Mapped>(
  record: Readonly<Record<Key, Value>>,
  map: (value: Value, key: string) => Mapped,
): Record<Key, Mapped> {
  return Object.fromEntries(Object.entries<Value>(record).map(([key, value]) => [key, map(value, key)])) as Record<
    Key,
    Mapped
  >;
}
