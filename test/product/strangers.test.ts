import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NodeType, prefixes, typeOfId } from '../../src/domains/ids.ts';
import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';
import { absentId, contents, placesIn, typesByName, withIdAt } from './places.ts';
import { Random } from './random.ts';
import { Stock } from './stock.ts';
import { inputs, systemInputs } from './writes.ts';

const { schema } = buildPlannedSchema({ typeDefs: readTypeDefs(), resolvers: [], cache: undefined });
const types = Object.keys(prefixes) as NodeType[];

/** Everything near: the leaves of a type and of what hangs on it. */
function selection(type: GraphQLOutputType, levels = 1): string {
  const named = getNamedType(type);
  if (!isObjectType(named) && !isInterfaceType(named)) return isLeafType(named) ? '' : '{ __typename }';
  const fields = Object.values(named.getFields())
    .filter((field) => !field.args.some(isRequiredArgument) && (levels > 0 || isLeafType(getNamedType(field.type))))
    .map((field) => `${field.name} ${selection(field.type, levels - 1)}`);
  return `{ __typename ${fields.join(' ')} }`;
}

const queryFields = Object.values(schema.getQueryType()!.getFields());
const mutationFields = Object.values(schema.getMutationType()!.getFields());
const placesOf = (field: GraphQLField<unknown, unknown>) => field.args.flatMap(placesIn);

describe('another workspace', () => {
  const time = new TestTime();
  let database: TestDatabase;
  let magpie: Magpie;
  let owner: Session;
  let stock: Stock;
  /** A node of each type, none of them the owner's to see. */
  let foreign: Readonly<Record<NodeType, string>>;
  let untouched: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded' });
    magpie = await startMagpie(database, { time });
    owner = await signInAs(database, 'OWNER');
    const stranger = await signInAs(database, 'OWNER', { place: 1 });
    await magpie.ask(stranger.token, 'mutation { createApiToken(input: { name: "x", role: READER }) { token } }');
    stock = new Stock(database.queries, owner.workspaceId, new Random(1));
    await stock.refresh();
    foreign = await findForeign(database, stranger.workspaceId, stock.users);
    // What is in the cache must be as well kept as what is in the database.
    for (const id of Object.values(foreign))
      await magpie.ask(stranger.token, 'query ($id: ID!) { node(id: $id) { id } }', { id });
    untouched = await contents(database);
  });

  /** The answers for a node that is another's and for one that is nobody's, without the ids themselves. */
  async function answers(
    field: GraphQLField<unknown, unknown>,
    { kind, type, variables }: { kind: string; type: NodeType; variables: (id: string) => object },
  ) {
    const given = field.args.map(({ name, type: own }) => `$${name}: ${own}`);
    const passed = field.args.map(({ name }) => `${name}: $${name}`);
    const document = `${kind} (${given}) { ${field.name}(${passed}) ${selection(field.type)} }`;
    const texts: string[] = [];
    for (const id of [foreign[type], absentId(type), foreign[type]]) {
      const { json, text } = await magpie.ask(owner.token, document, variables(id));
      expect(JSON.stringify(json.errors ?? null)).not.toMatch(/INTERNAL|GRAPHQL_VALIDATION_FAILED|QUERY_TOO_LARGE/);
      texts.push(text.replaceAll(id, 'the id').replace(/"requestId":"[^"]*"/, ''));
    }
    return texts;
  }

  describe('is hidden from queries as if it were not there:', () => {
    const base: Record<string, object> = { calendar: { range: { preset: 'THIS_MONTH' } } };
    const cases = queryFields.flatMap((field) =>
      placesOf(field).flatMap((place) => {
        const name = place.path.at(-1)!;
        const known = typesByName[name] ?? types.find((type) => type === getNamedType(field.type).name);
        return (known ? [known] : types).map(
          (type) => [`${field.name} ${place.path.join('.')}: ${type}`, { field, place, type }] as const,
        );
      }),
    );

    it.each(cases)('%s', async (_, { field, place, type }) => {
      const variables = (id: string) => withIdAt(base[field.name] ?? {}, place, id);
      const [theirs, nobodys, again] = await answers(field, { kind: 'query', type, variables });
      expect(theirs).toBe(nobodys);
      expect(again).toBe(nobodys);
      const { [field.name]: value } = JSON.parse(theirs!).data;
      if (place.path[0] === 'id') expect(value).toBeNull();
      if (place.path[0] === 'ids') expect(value).toEqual([null]);
    });
  });

  describe('is out of reach of mutations, which change nothing, here or there:', () => {
    const cases = mutationFields.flatMap((field) =>
      placesOf(field)
        .filter(() => field.name in inputs)
        .map((place) => [`${field.name} ${place.path.join('.')}`, { field, place }] as const),
    );

    it('every mutation that takes an id is here, or is none for members', () => {
      const taking = mutationFields.filter((field) => placesOf(field).length > 0).map(({ name }) => name);
      const tested = new Set(cases.map(([, { field }]) => field.name));
      expect(taking.filter((name) => !tested.has(name) && !(name in systemInputs))).toEqual(['signIn']);
    });

    it.each(cases)('%s', async (_, { field, place }) => {
      const input = inputs[field.name]!(new Random(7), stock, time.date());
      const name = place.path.at(-1)!;
      const type = typesByName[name] ?? typeOfId(String(input[name]))!;
      expect(type).toBeDefined();
      const variables = (id: string) => withIdAt({ input }, place, id);
      const [theirs, nobodys, again] = await answers(field, { kind: 'mutation', type, variables });
      expect(theirs).toBe(nobodys);
      expect(again).toBe(nobodys);
      const { userErrors } = JSON.parse(theirs!).data[field.name];
      expect(userErrors.map(({ code }: { code: string }) => code)).toContain('NOT_FOUND');
      expect(await contents(database)).toEqual(untouched);
    });

    it.each(Object.keys(systemInputs))('%s, which is for none but Magpie itself', async (name) => {
      const field = mutationFields.find((one) => one.name === name)!;
      const document = `mutation ($input: ${field.args[0]!.type}) { ${name}(input: $input) { __typename } }`;
      const input = systemInputs[name]!(new Random(7), stock, time.date());
      const { json } = await magpie.ask(owner.token, document, { input });
      expect(json.errors).toEqual([expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })]);
      expect(await contents(database)).toEqual(untouched);
    });
  });

  it('cannot be signed in to by who is no member', async () => {
    const email = await database.queries
      .selectFrom('users')
      .select('email')
      .where('id', '=', owner.userId)
      .executeTakeFirstOrThrow();
    const signIn = async (workspaceId: string) => {
      const document =
        'mutation ($input: SignInInput!) { signIn(input: $input) { token userErrors { code message } } }';
      const input = { ...email, password: 'magpie-demo', workspaceId };
      return (await magpie.ask(owner.token, document, { input })).text.replaceAll(workspaceId, 'the id');
    };
    const theirs = await signIn(foreign.Workspace);
    expect(JSON.parse(theirs).data.signIn.token).toBeNull();
    expect(theirs).toBe(await signIn(absentId('Workspace')));
  });
});

async function findForeign({ queries }: TestDatabase, workspaceId: string, notThese: readonly string[]) {
  const tables = {
    ...{ Account: 'accounts', AiGeneration: 'aiGenerations', ApiToken: 'tokens', CalendarNote: 'calendarNotes' },
    ...{ Campaign: 'campaigns', Conversation: 'conversations', MediaAsset: 'mediaAssets', Message: 'messages' },
    ...{ Post: 'posts', PostTarget: 'postTargets', SavedReply: 'savedReplies', Template: 'templates' },
    WorkspaceSettings: 'settings',
  } as const;
  const found: Partial<Record<NodeType, string>> = { Workspace: workspaceId };
  for (const [type, table] of Object.entries(tables)) {
    const rows = queries.selectFrom(table as 'tokens').where('workspaceId', '=', workspaceId);
    const { id } = await (table === 'tokens' ? rows.where('kind', '=', 'API') : rows)
      .select('id')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    found[type as NodeType] = id;
  }
  const { userId } = await queries
    .selectFrom('memberships')
    .select('userId')
    .where('workspaceId', '=', workspaceId)
    .where('userId', 'not in', notThese)
    .limit(1)
    .executeTakeFirstOrThrow();
  return { ...found, User: userId } as Record<NodeType, string>;
}
