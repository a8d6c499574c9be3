import { type ExecutionResult, execute, parse, validate } from 'graphql';
import { type Environment, readConfig } from '../../src/config.ts';
import type { Queries } from '../../src/database/database.ts';
import type { AccountsTable } from '../../src/database/tables/posts.ts';
import type { Ports } from '../../src/domains/context.ts';
import { createProductLimits } from '../../src/domains/product-limits.ts';
import { resolvers } from '../../src/domains/resolvers.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { findSystemViewer } from '../../src/domains/viewer/credentials.ts';
import { createContext } from '../../src/graphql/context.ts';
import { visibleTags } from '../../src/graphql/reach.ts';
import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';
import { createTestDatabase, type EngineName } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';

/** What a document gave, with the tags that it made untrue (without their namespace and their reach) and the number of its SQL statements. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asked for.
  readonly data: any;
  readonly errors: ExecutionResult['errors'];
  readonly invalidated: readonly string[];
  readonly statements: number;
}

export interface TestApi {
  readonly queries: Queries;
  /** What requests read as now; set it to let time pass. */
  clock: Date;
  /** Without a viewer: anonymously. */
  run(viewer: Viewer | null, document: string, variables?: object): Promise<Answer>;
  /** As Magpie's own background work; rejects if there is an error. */
  runAsSystem(workspaceId: string, document: string, variables?: object): Promise<Answer['data']>;
}

/** The product over a database of its own, through the schema and without the cache. */
export async function createTestApi(
  engine: EngineName,
  ports: Partial<Ports> = {},
  environment: Environment = {},
): Promise<TestApi> {
  let statements = 0;
  const onStatement = () => {
    statements += 1;
  };
  const { queries } = await createTestDatabase(engine, { onStatement });
  const limits = createProductLimits(readConfig(environment).productLimits);
  let untrue: string[] = [];
  const { schema } = buildPlannedSchema({
    typeDefs: readTypeDefs(),
    resolvers,
    cache: undefined,
    clusterLog: {
      async write(transaction, { tags }) {
        if (!transaction.isTransaction)
          throw new Error(`expected tags that are known before the last COMMIT, but got ${tags} after it`);
        return undefined;
      },
      findOutcome: async () => 'unknown',
      async publish(logged) {
        for (const { invalidation } of logged) untrue.push(...visibleTags(invalidation.tags, null));
      },
    },
  });

  const api: TestApi = {
    queries,
    clock: new Date('2026-11-22T09:00:00.000Z'),
    async run(viewer, text, variables = {}) {
      const document = parse(text);
      const problems = validate(schema, document);
      if (problems.length > 0) throw new AggregateError(problems, problems.join('\n'));
      const contextValue = createContext(
        { queries, ports: ports as Ports, limits, stampOf: () => 0, cacheNow: () => 0, wallNow: () => api.clock },
        { viewer, requestId: 'test', isDebugging: false },
      );
      untrue = [];
      const before = statements;
      const { data, errors } = await execute({ schema, document, contextValue, variableValues: { ...variables } });
      return {
        data: JSON.parse(JSON.stringify(data ?? null)),
        errors,
        invalidated: [...new Set(untrue)].sort(),
        statements: statements - before,
      };
    },
    async runAsSystem(workspaceId, text, variables) {
      const viewer = await findSystemViewer(queries, workspaceId);
      const { data, errors } = await api.run(viewer!, text, variables);
      if (errors) throw new AggregateError(errors, errors.join('\n'));
      return data;
    },
  };
  return api;
}

export interface TestWorkspace {
  readonly id: string;
  readonly userId: string;
  /** A member: its owner, unless something else is said. */
  viewer(as?: Partial<Viewer>): Viewer;
}

export async function createTestWorkspace(
  queries: Queries,
  { timeZone = 'Europe/Vienna', requiresApproval = false } = {},
): Promise<TestWorkspace> {
  const [workspaceId, userId] = [testId('Workspace'), testId('User')];
  const createdAt = '2026-01-01T00:00:00.000Z';
  await queries.insertInto('workspaces').values({ id: workspaceId, name: 'Test', createdAt }).execute();
  await queries
    .insertInto('users')
    .values({ id: userId, name: 'Ada', email: `${userId.toLowerCase()}@example.com`, createdAt })
    .execute();
  await queries
    .insertInto('memberships')
    .values({ workspaceId, userId, role: 'OWNER', accountIds: null, createdAt })
    .execute();
  await queries
    .insertInto('settings')
    .values({
      ...{ id: testId('WorkspaceSettings'), workspaceId, timeZone, requiresApproval, brandVoice: '' },
      ...{ locale: 'en', weekStartsOn: 'MONDAY', updatedAt: createdAt },
    })
    .execute();
  return {
    id: workspaceId,
    userId,
    viewer: (as = {}) => ({
      ...{ kind: 'MEMBER', tokenId: 'tok_1', userId, makerId: null, role: 'OWNER' },
      ...{ workspaceId, accountIds: null, timeZone, weekStartsOn: 'MONDAY', ...as },
    }),
  };
}

export async function createTestAccount(
  queries: Queries,
  workspace: TestWorkspace,
  account: Partial<AccountsTable> = {},
): Promise<string> {
  const id = testId('Account');
  await queries
    .insertInto('accounts')
    .values({
      ...{ id, workspaceId: workspace.id, network: 'MASTODON', handle: id.toLowerCase(), displayName: 'An account' },
      ...{ status: 'CONNECTED', followerCount: null, connectedAt: '2026-01-01T00:00:00.000Z', ...account },
    })
    .execute();
  return id;
}
