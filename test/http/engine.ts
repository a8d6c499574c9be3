import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { Documents } from '@magpie/graphql-cache/parts';
import type { ExecutionArgs } from 'graphql';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import type { Viewer } from '../../src/domains/scope.ts';
import type { AccessPlan } from '../../src/graphql/access.ts';
import { isForAnyone } from '../../src/graphql/audience.ts';
import type { RequestContext } from '../../src/graphql/request.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import type { EdgeEngine } from '../../src/http/use-engine.ts';

/** A viewer of no consequence. */
export const ada: Viewer = {
  kind: 'MEMBER',
  tokenId: 'tok_1',
  userId: 'user_1',
  makerId: null,
  role: 'OWNER',
  workspaceId: 'ws_1',
  accountIds: null,
  timeZone: 'UTC',
  weekStartsOn: 'MONDAY',
};

/** A gate that a test opens. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const typeDefs = /* GraphQL */ `
  directive @listSize(assumedSize: Int!, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  directive @timed(eventsPerMinute: Int!) on FIELD_DEFINITION
  scalar Upload
  type Query {
    hello(name: String): String
    whoami: String
    wait: String
    fail: String
    outage: String
    refuse: String
    refusals: [String]
    items(first: Int = 20, after: String): ItemPage
      @listSize(assumedSize: 100, slicingArguments: ["first"], sizedFields: ["nodes"])
    item: Item
    slowItems: [String!]
  }
  type Mutation { write(text: String): String!, outage: String!, upload(file: Upload!): String }
  type Subscription { ticks: Int, refusals: [Int], forever: Int, changed: Item, megabytes: String, beats: Int @timed(eventsPerMinute: 60) }
  type ItemPage { nodes: [Item!]! }
  type Item { id: ID! name: String children(first: Int): ItemPage @listSize(assumedSize: 100, slicingArguments: ["first"], sizedFields: ["nodes"])
    parent: Item, tags: [Item!] }
`;

/** `hello` is for everybody. */
const plansForAnyone = new Map([['Query.hello', { audience: 'ANYONE' } as AccessPlan]]);

export interface TestEngine extends EdgeEngine {
  /** What `outage` fails with, and `authenticate` for a token of the same name. */
  outage: Error | undefined;
  readonly tokens: Map<string, Viewer>;
  readonly writes: string[];
  readonly waiting: ReturnType<typeof gate>;
  readonly reached: ReturnType<typeof gate>;
}

/** The edge's own schema in miniature: what is tested here does not depend on what lies beneath. */
function createTestEngine(): TestEngine {
  const tokens = new Map([['good-token', ada]]);
  const writes: string[] = [];
  const waiting = gate();
  const reached = gate();
  const item = { id: '1', name: 'one' };
  const refusals = Array.from({ length: 300 }, () => new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } }));
  const fail = () => {
    throw engine.outage;
  };
  const schema = makeExecutableSchema<RequestContext>({
    typeDefs,
    resolvers: {
      Query: {
        hello: (_, { name }) => `hello ${name ?? 'world'}`,
        whoami: (_, __, { state }) => state.viewer?.userId ?? 'nobody',
        wait: async () => {
          reached.open();
          await waiting.opened;
          return 'waited';
        },
        fail: () => {
          throw new Error('the password is hunter2');
        },
        outage: fail,
        refuse: () => {
          throw new GraphQLError('Not for you.', { extensions: { code: 'FORBIDDEN' } });
        },
        refusals: () => refusals,
        items: () => ({ nodes: [item] }),
        item: () => item,
        slowItems: () => ['a', 'b'],
      },
      Mutation: {
        write: (_, { text }) => {
          writes.push(text);
          return text;
        },
        outage: fail,
        upload: async (_, { file }) => `${file.name}: ${Buffer.from(await file.arrayBuffer())}`,
      },
      Subscription: {
        ticks: {
          async *subscribe() {
            yield { ticks: 1 };
            yield { ticks: 2 };
          },
        },
        refusals: {
          async *subscribe() {
            yield { refusals };
            yield { refusals };
          },
        },
        megabytes: {
          async *subscribe() {
            for (let event = 0; event < 20; event++) yield { megabytes: 'x'.repeat(1_000_000) };
          },
        },
        changed: {
          async *subscribe() {
            yield { changed: { id: '1', name: 'One' } };
          },
        },
        forever: {
          async *subscribe() {
            yield { forever: 1 };
            reached.open();
            await waiting.opened;
          },
        },
        beats: {
          async *subscribe() {
            yield { beats: 1 };
            await waiting.opened;
          },
        },
      },
    },
  });
  const engine: TestEngine = {
    ...{
      schema,
      documents: new Documents({ schema, plans: new Map() }),
      tokens,
      writes,
      waiting,
      reached,
      outage: undefined,
    },
    authenticate: (token) => (token === 'outage' ? fail() : (tokens.get(token) ?? null)),
    contextFor: ({ viewer, requestId }) => {
      const outcome = { hits: 0, stale: 0, misses: 0, bypasses: 0, freshUntil: Number.POSITIVE_INFINITY };
      return { state: { viewer, requestId, cacheUsage: outcome } } as RequestContext;
    },
    isForAnyone: (document, operationName) => isForAnyone(plansForAnyone, document, operationName),
    execute: async (args: ExecutionArgs, executeFn) => await executeFn(args),
    rerun: async () => undefined,
    reuse: () => undefined,
    share: () => false,
    stampOf: () => 0,
    isCutOff: () => false,
  };
  return engine;
}

export const limits: ServerOptions['limits'] = {
  maxBodyBytes: 1024 * 1024,
  maxUploadBytes: 11 * 1024 * 1024,
  maxTokens: 2_500,
  maxDepth: 12,
  maxAliases: 100,
  maxRootFields: 40,
  maxRepeats: 25,
  maxCost: 20_000,
  maxEventCost: 500,
  maxSubscriptions: 100,
  maxSubscriptionsPerWorkspace: 100,
  maxSubscriptionsPerToken: 100,
  maxSocketOperations: 100,
  maxMutationsPerMinute: 10_000,
  maxUploadsPerMinute: 1_000,
  maxRegisteredBytes: 100_000,
  maxAnswerBytes: 8 * 1024 * 1024,
};

/** A server over the test engine, and the lines that it logged. */
export function createTestServer(options: Partial<ServerOptions> = {}) {
  const engine = createTestEngine();
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const server = createServer({
    engine,
    media: { find: async () => null, open: async () => null },
    log,
    limits,
    cors: { origins: [], headers: [] },
    uploadFolder: join(tmpdir(), 'magpie-uploads'),
    paceClock: { now: () => 0, pause: async () => {} }, // events come as soon as they can
    ...options,
  });
  return { ...server, engine, lines };
}

export type TestServer = ReturnType<typeof createTestServer>;

export interface PostOptions {
  variables?: object;
  headers?: Record<string, string>;
}

/** A GraphQL request as clients send it. */
export function post({ fetch }: Pick<TestServer, 'fetch'>, query: string, { variables, headers }: PostOptions = {}) {
  return fetch('http://magpie.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
}

/** The same, as the answer's body. */
export async function ask(server: Pick<TestServer, 'fetch'>, query: string, options: PostOptions = {}) {
  return (await (await post(server, query, options)).json()) as {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
  };
}
