import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Policy } from '@magpie/cache';
import type { Tracer } from '@opentelemetry/api';
import pino, { type Logger } from 'pino';
import { policies } from '../../src/cache-policies.ts';
import { type ClusterOptions, openCluster } from '../../src/cluster/cluster.ts';
import { type Environment, readConfig } from '../../src/config.ts';
import type { Database } from '../../src/database/database.ts';
import { createBuiltInProvider } from '../../src/domains/ai/built-in-provider.ts';
import { createSandboxNetwork } from '../../src/domains/demo/sandbox-network.ts';
import { findServed } from '../../src/domains/media/serving.ts';
import type { MediaStore } from '../../src/domains/media/store.ts';
import { createProductLimits } from '../../src/domains/product-limits.ts';
import { issueSession } from '../../src/domains/viewer/credentials.ts';
import type { CacheCategory, WorkspaceRole } from '../../src/generated/schema.ts';
import { createGraphqlEngine } from '../../src/graphql/engine.ts';
import type { EngineOptions, GraphqlEngine } from '../../src/graphql/engine-interface.ts';
import { createListener } from '../../src/http/listener.ts';
import { createServer, type Server, type ServerOptions } from '../../src/http/server.ts';
import type { RequestLimits } from '../../src/limits/limits.ts';
import type { CounterStore } from '../../src/limits/rate-limiter.ts';
import { spansOfLoads } from '../../src/tracing.ts';
import { disposeInTime, disposeWithFile } from '../setup/disposal.ts';
import { createHttpClient, type HttpAnswer } from '../setup/http-client.ts';
import { seededAt } from '../setup/templates.ts';

/** The wall clock and the cache's clock of a test, which moves only when told to. */
export class TestTime {
  #ms = seededAt.getTime();

  pass(ms: number): void {
    this.#ms += ms;
  }

  now = () => this.#ms;
  date = () => new Date(this.#ms);
}

export interface Magpie {
  readonly engine: GraphqlEngine;
  readonly server: Server;
  readonly url: string;
  /** Ends it as it is; another can have its port then. */
  stop(): Promise<void>;
  /** Answers so far that did not go through the pipeline. */
  hotAnswers(): number;
  /** Sends a request and resolves with the answer as it came. */
  ask(token: string, document: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly json: any;
}

/** Headers for answers whose content alone matters: a long one takes longer to compress than to make. */
export const uncompressed = { 'accept-encoding': 'identity' };

export interface MagpieOptions extends Pick<ServerOptions, 'persistedOperations' | 'dashboardFolder'> {
  /** Any that is free when absent. */
  readonly port?: number;
  /** Whether tests after the one that starts it need it too. */
  readonly outlivesTest?: boolean;
  readonly isCaching?: boolean;
  readonly isJoining?: boolean;
  readonly isHot?: boolean;
  readonly isDemo?: boolean;
  readonly identity?: EngineOptions['identity'];
  readonly remote?: EngineOptions['remote'];
  readonly policies?: Readonly<Record<CacheCategory, Policy>>;
  readonly time?: TestTime;
  readonly limits?: Partial<RequestLimits>;
  /** What several servers count by, when they do so together. */
  readonly counters?: CounterStore;
  /** Makes spans of operations and loads. */
  readonly tracer?: Tracer;
  /** The database as a log that several servers share, and by which rules this one names tags. */
  readonly cluster?: Pick<ClusterOptions, 'url' | 'tagsVersion' | 'timing'>;
  /** What several servers share, when they are of one database. */
  readonly media?: MediaStore;
  /** Variables by which the operator limits what is taken. */
  readonly environment?: Environment;
  /** Of the edge and the engine; silent when absent. */
  readonly log?: Logger;
}

/** The whole product over a socket: everything that `app.ts` puts together, but for background work, which a test starts itself. */
export async function startMagpie(
  { queries }: Pick<Database, 'queries'>,
  options: MagpieOptions = {},
): Promise<Magpie> {
  const { isCaching = true, isJoining = isCaching, isHot = isJoining, time = new TestTime() } = options;
  const { log = pino({ level: 'silent' }) } = options;
  const config = readConfig(options.environment ?? {});
  const told = { info: (message: string) => log.info(message), warn: (message: string) => log.warn(message) };
  const cluster = options.cluster && (await openCluster({ ...options.cluster, queries, log: told }));
  const { media = createMemoryStore() } = options;
  const limits = { ...config.limits, ...options.limits };
  const engine = createGraphqlEngine({
    queries,
    ports: { network: createSandboxNetwork(), ai: createBuiltInProvider(), media },
    limits: createProductLimits(config.productLimits, options.counters),
    policies: options.policies ?? policies,
    maxResultChars: limits.maxResultChars,
    ...{ isCaching: isCaching && !cluster, isJoining, isWarming: false, isDemo: options.isDemo ?? false },
    clusterLog: cluster,
    operatorWorkspace: config.operatorWorkspace,
    ...{ identity: options.identity, remote: options.remote },
    aroundLoad: options.tracer && spansOfLoads(options.tracer),
    ...{ clock: time, wallNow: time.date },
    log: { alert: () => {}, failure: (message, error) => log.error({ err: error }, message) },
  });
  await cluster?.join({
    apply: engine.apply,
    clear: () => engine.clearAll('invalidations that may be missing'),
    allow: engine.allowCaching,
    cutOff: () => {},
  });
  const server = createServer({
    ...{
      engine,
      log,
      limits,
      cors: { origins: [], headers: [] },
      isHot,
      uploadFolder: join(tmpdir(), 'magpie-uploads'),
    },
    trustedProxies: config.trustedProxies,
    media: { find: (key) => findServed(queries, key), open: (key, range) => media.open(key, range) },
    persistedOperations: options.persistedOperations,
    dashboardFolder: options.dashboardFolder,
    tracer: options.tracer,
  });
  const listener = createListener();
  const origin = await listener.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  listener.serve(server, async () => true);
  const url = `${origin}/graphql`;
  const client = createHttpClient();
  const stop = async () => {
    client.close();
    await listener.drain(0);
    await cluster?.close();
  };
  if (options.outlivesTest) disposeWithFile(stop);
  else disposeInTime(stop);
  return {
    stop,
    engine,
    server,
    url,
    hotAnswers: () => server.metrics.hotResponses,
    async ask(token, query, variables = {}, headers = {}) {
      const given = { authorization: `Bearer ${token}`, ...headers };
      return Object.values(variables).some(holdsFile)
        ? upload(url, { query, variables }, given)
        : answerOf(
            await client.post(url, {
              headers: { 'content-type': 'application/json', ...given },
              body: JSON.stringify({ query, variables }),
            }),
          );
    },
  };
}

/** A new session of a demo member with this role, in the demo workspace of this place (0, 1, 2). It ends some weeks after `now`. */
export async function signInAs(
  { queries }: Pick<Database, 'queries'>,
  role: WorkspaceRole,
  { place = 0, now = seededAt }: { place?: number; now?: Date } = {},
): Promise<Session> {
  const workspaces = await queries.selectFrom('workspaces').select('id').orderBy('id').execute();
  const workspaceId = workspaces[place]!.id;
  const { userId } = await queries
    .selectFrom('memberships')
    .select('userId')
    .where((eb) => eb.and({ workspaceId, role }))
    .orderBy('userId')
    .executeTakeFirstOrThrow();
  const { id, token } = await issueSession(queries, {
    workspaceId,
    userId,
    name: 'test',
    limits: readConfig({}).productLimits.sessions,
    now,
  });
  return { workspaceId, userId, tokenId: id, token };
}

/** Confines a member to the first accounts of their workspace, and returns the ids of these and of the others. */
export async function confine(
  { queries }: Pick<Database, 'queries'>,
  { workspaceId, userId }: Session,
  count: number,
): Promise<{ seen: string[]; hidden: string[] }> {
  const rows = await queries
    .selectFrom('accounts')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .orderBy('id')
    .execute();
  const ids = rows.map(({ id }) => id);
  const [seen, hidden] = [ids.slice(0, count), ids.slice(count)];
  await queries
    .updateTable('memberships')
    .set({ accountIds: seen })
    .where((eb) => eb.and({ workspaceId, userId }))
    .execute();
  return { seen, hidden };
}

/** Leaves nothing for a publisher in the background to do, whose writes would come among those of a test. */
export async function postponePosts({ queries }: Pick<Database, 'queries'>): Promise<void> {
  await queries.updateTable('posts').set({ scheduledAt: '2099-01-01T00:00:00.000Z' }).execute();
}

export interface Session {
  readonly workspaceId: string;
  readonly userId: string;
  readonly tokenId: string;
  readonly token: string;
}

export function createMemoryStore(): MediaStore {
  const files = new Map<string, Uint8Array>();
  return {
    async put(key, bytes) {
      files.set(key, bytes);
    },
    async open(key) {
      const bytes = files.get(key);
      return bytes ? { stream: Readable.from([Buffer.from(bytes)]), size: bytes.byteLength } : null;
    },
    async remove(key) {
      files.delete(key);
    },
  };
}

function holdsFile(value: unknown): boolean {
  if (value instanceof File) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsFile);
}

/** GraphQL multipart request specification: operations, a map, and the one file at `input.file`. */
async function upload(
  url: string,
  { query, variables }: { query: string; variables: object },
  headers: Record<string, string>,
): Promise<Answer> {
  const { input } = variables as { input: { file: File } };
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { ...variables, input: { ...input, file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', input.file);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-requested-with': 'test', ...headers },
    body: form,
  });
  return answerOf({ status: response.status, headers: response.headers, text: await response.text() });
}

function answerOf(answer: HttpAnswer): Answer {
  return { ...answer, json: JSON.parse(answer.text) };
}
