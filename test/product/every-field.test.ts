import { type FieldPlan, mayOverlap, planField, resolveTags } from '@magpie/graphql-cache/parts';
import { buildSchema, type GraphQLObjectType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CacheCategory } from '../../src/generated/schema.ts';
import { cachePorts } from '../../src/graphql/cache-ports.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

const schema = buildSchema(readTypeDefs().join('\n'));
const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
const plans = objects.flatMap((type) =>
  Object.values(type.getFields()).map((field) => planField({ schema, type, field }, cachePorts)),
);
const cachedPlans = plans.filter((plan) => plan.cache);
const mutationPlans = plans.filter((plan) => plan.invalidates);

/** An operation that looks up the field once, by coordinate. `id` stands for a node that the workspace has. */
const operations: Record<
  string,
  {
    document: string;
    id?: 'templates' | 'accounts' | 'posts' | 'campaigns' | 'conversations' | 'mediaAssets' | 'aiGenerations';
  }
> = {
  'Query.workspace': { document: '{ workspace { name } }' },
  'Query.members': { document: '{ members { role } }' },
  'Viewer.preferences': { document: '{ viewer { preferences { theme } } }' },
  'Query.settings': { document: '{ settings { locale } }' },
  'Query.templates': { document: '{ templates { nodes { title } } }' },
  'Query.template': { document: 'query ($id: ID!) { template(id: $id) { title } }', id: 'templates' },
  'Query.templateGallery': { document: '{ templateGallery { nodes { title } } }' },
  'Query.accounts': { document: '{ accounts { nodes { handle } } }' },
  'Query.account': { document: 'query ($id: ID!) { account(id: $id) { handle } }', id: 'accounts' },
  'Query.networks': { document: '{ networks { name } }' },
  'Query.posts': { document: '{ posts { nodes { text } } }' },
  'Query.post': { document: 'query ($id: ID!) { post(id: $id) { text } }', id: 'posts' },
  'Query.calendar': { document: '{ calendar(range: { preset: THIS_MONTH }) { days { entryCount } } }' },
  'Query.campaigns': { document: '{ campaigns { nodes { name } } }' },
  'Query.campaign': { document: 'query ($id: ID!) { campaign(id: $id) { name } }', id: 'campaigns' },
  'Campaign.posts': {
    document: 'query ($id: ID!) { campaign(id: $id) { posts { nodes { text } } } }',
    id: 'campaigns',
  },
  'Campaign.analytics': { document: 'query ($id: ID!) { campaign(id: $id) { analytics { from } } }', id: 'campaigns' },
  'Query.inbox': { document: '{ inbox { nodes { snippet } } }' },
  'Query.conversation': { document: 'query ($id: ID!) { conversation(id: $id) { snippet } }', id: 'conversations' },
  'Query.inboxSummary': { document: '{ inboxSummary { openCount } }' },
  'Query.savedReplies': { document: '{ savedReplies { title } }' },
  'Conversation.messages': {
    document: 'query ($id: ID!) { conversation(id: $id) { messages { nodes { text } } } }',
    id: 'conversations',
  },
  'Query.analytics': { document: '{ analytics { from } }' },
  'AnalyticsReport.topPosts': { document: '{ analytics { topPosts { value } } }' },
  'Query.aiGenerations': { document: '{ aiGenerations { nodes { kind } } }' },
  'Query.aiGeneration': { document: 'query ($id: ID!) { aiGeneration(id: $id) { kind } }', id: 'aiGenerations' },
  'Query.aiUsage': { document: '{ aiUsage { generations } }' },
  'Query.aiModels': { document: '{ aiModels { name } }' },
  'Query.media': { document: '{ media(filter: { isUnused: true }) { nodes { fileName } } }' },
  'Query.mediaAsset': { document: 'query ($id: ID!) { mediaAsset(id: $id) { fileName } }', id: 'mediaAssets' },
};

describe('the cached fields of the schema', () => {
  it('all have an operation here', () => {
    expect(Object.keys(operations).sort()).toEqual(cachedPlans.map((plan) => plan.coordinate).sort());
  });
});

describe.each(cachedPlans.map((plan) => [plan.coordinate, plan] as const))('%s', (coordinate, plan) => {
  const cache = plan.cache!;
  const { document, id: kind } = operations[coordinate]!;
  let magpie: Magpie;
  let sessions: { owner: Session; colleague: Session; stranger: Session };
  let variables: { own: object; strangers: object };

  beforeAll(async () => {
    const shared = await sharedMagpie();
    magpie = shared.magpie;
    sessions = shared;
    const idIn = async (workspaceId: string) =>
      kind
        ? {
            id: (
              await shared.queries
                .selectFrom(kind as 'posts')
                .select('id')
                .where('workspaceId', '=', workspaceId)
                .limit(1)
                .executeTakeFirstOrThrow()
            ).id,
          }
        : {};
    variables = { own: await idIn(shared.owner.workspaceId), strangers: await idIn(shared.stranger.workspaceId) };
    magpie.engine.cache.clear();
  });

  const counts = () => {
    const category = magpie.engine.cache.snapshot().categories.find((one) => one.category === cache.category)!;
    const { hits = 0, loads = 0 } = category.fields.find((field) => field.coordinate === coordinate) ?? {};
    return { hits, loads };
  };
  const since = (before: { hits: number; loads: number }) => {
    const after = counts();
    return { hits: after.hits - before.hits, loads: after.loads - before.loads };
  };
  const ask = async (session: Session, given = variables.own) => {
    const { json } = await magpie.ask(session.token, document, given);
    expect(json.errors).toBeUndefined();
  };

  it('loads once and answers again from its entry', async () => {
    magpie.engine.cache.clear();
    const before = counts();
    for (let i = 0; i < 3; i++) await ask(sessions.owner);
    expect(since(before)).toEqual({ loads: 1, hits: 2 });
  });

  it(`is apart as its scope ${cache.scope} says`, async () => {
    magpie.engine.cache.clear();
    await ask(sessions.owner);
    const beforeColleague = counts();
    await ask(sessions.colleague);
    expect(since(beforeColleague).loads).toBe(cache.scope === 'VIEWER' ? 1 : 0);
    const beforeStranger = counts();
    await ask(sessions.stranger, variables.strangers);
    expect(since(beforeStranger).loads).toBe(cache.scope === 'PUBLIC' ? 0 : 1);
  });

  const forgetting = mutationPlans.filter((mutation) =>
    mutation.invalidates!.some((tag) => cache.tags.some((own) => mayOverlap(own, tag))),
  );
  if (cache.scope === 'PUBLIC') return;
  it.each(forgetting.map((mutation) => [mutation.coordinate.slice('Mutation.'.length), mutation] as const))(
    'is forgotten when %s says that one of its tags changed',
    async (name, mutation) => {
      magpie.engine.cache.clear();
      await ask(sessions.owner);
      const entries = magpie.engine.cache.hottest(
        cache.category as CacheCategory,
        500,
        (entry) => entry.coordinate === coordinate,
      );
      expect(entries).toHaveLength(1);
      const held = entries[0]!.tags.map((tag) => tag.name);
      const meeting = tagsInCommon(mutation, held, sessions.owner.workspaceId);
      expect(meeting.length, `${name} names none of ${held.join(', ')}`).toBeGreaterThan(0);
      for (const tag of meeting) {
        await ask(sessions.owner);
        const before = counts();
        magpie.engine.cache.invalidate([tag], name);
        await ask(sessions.owner);
        expect([tag, since(before)]).toEqual([tag, { loads: 1, hits: 0 }]);
      }
    },
  );
});

/** The tags of an entry that a mutation's templates can stand for. */
function tagsInCommon(mutation: FieldPlan, held: readonly string[], namespace: string): string[] {
  return held.filter((name) => {
    if (!name.startsWith(`${namespace}/`)) return false;
    const written = { text: name, parts: [name.slice(namespace.length + 1)], readsResult: false };
    return (
      mutation.invalidates!.some((tag) => mayOverlap(tag, written)) && resolveTags([written], { args: {} }).length === 1
    );
  });
}

let started: ReturnType<typeof start> | undefined;

function sharedMagpie() {
  started ??= start();
  return started;
}

async function start() {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  return {
    magpie: await startMagpie(database),
    queries: database.queries,
    owner: await signInAs(database, 'OWNER'),
    colleague: await signInAs(database, 'EDITOR'),
    stranger: await signInAs(database, 'OWNER', { place: 1 }),
  };
}
