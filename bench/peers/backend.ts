import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { policies } from '../../src/cache-policies.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createBuiltInProvider } from '../../src/domains/ai/built-in-provider.ts';
import { createSandboxNetwork } from '../../src/domains/demo/sandbox-network.ts';
import { createDiskMediaStore } from '../../src/domains/media/disk-store.ts';
import { createProductLimits } from '../../src/domains/product-limits.ts';
import { createGraphqlEngine } from '../../src/graphql/engine.ts';
import { scalars } from '../../src/graphql/scalars.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import type { Answers } from '../http/questions.ts';

/** What a peer serves: Magpie's product, without its cache and with one viewer for all requests, or data that cost nothing. */
export interface Backend {
  readonly schema: GraphQLSchema;
  contextFor(): object;
}

/** How the benchmark starts a peer. */
export interface PeerOptions {
  /** `cached`: with the peer's own cache; `plain`: without; `free`: without, on data that cost nothing. */
  readonly mode: 'cached' | 'plain' | 'free';
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly token: string;
  readonly answersFile: string;
}

/** Whole answers that a peer's cache has room for, as Magpie has for posts. */
export const maxAnswers = 2_000;

export const ttlSeconds = 3_600;

export const options = JSON.parse(process.argv[2] ?? '{}') as PeerOptions;

export function openBackend(): Promise<Backend> {
  return options.mode === 'free' ? Promise.resolve(freeBackend()) : productBackend();
}

async function productBackend(): Promise<Backend> {
  const { queries } = await openDatabase({ url: options.databaseUrl });
  const engine = createGraphqlEngine({
    queries,
    ports: {
      network: createSandboxNetwork({ seed: 1 }),
      ai: createBuiltInProvider(),
      media: createDiskMediaStore(options.dataDir),
    },
    policies,
    limits: createProductLimits(readConfig({}).productLimits),
    ...{ isCaching: false, isJoining: false, isWarming: false, isDemo: true },
    log: { alert: () => {}, failure: () => {} },
  });
  const viewer = await engine.authenticate(options.token);
  if (!viewer) throw new Error('expected a viewer, but got none: the token is not one of the database');
  return {
    schema: engine.schema,
    contextFor: () => engine.contextFor({ viewer, requestId: 'bench', isDebugging: false }),
  };
}

/** Each root field answers with an object that was parsed beforehand, everything beneath with its properties. */
function freeBackend(): Backend {
  const { byName, byId } = JSON.parse(readFileSync(options.answersFile, 'utf8')) as Answers;
  const dataOf = (text: string) => JSON.parse(text).data as Record<string, unknown>;
  const prepared = { ...dataOf(byName.page!), template: dataOf(byName.small!).template };
  const posts = new Map(Object.entries(byId).map(([id, text]) => [id, dataOf(text).post]));
  const schema = makeExecutableSchema({ typeDefs: readTypeDefs(), resolvers: [scalars] });
  const fields = schema.getQueryType()!.getFields();
  for (const [name, value] of Object.entries(prepared)) fields[name]!.resolve = () => value;
  fields.post!.resolve = (_, { id }) => posts.get(id as string);
  return { schema, contextFor: () => ({}) };
}

export function serve(listener: RequestListener): void {
  const server = createServer(listener);
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
}

export function announce(port: number): void {
  console.log(`listens on http://127.0.0.1:${port}`);
}
