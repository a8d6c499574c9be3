import { type GraphQLInputField, type GraphQLInputObjectType, getNamedType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NodeType, typeOfId } from '../../src/domains/ids.ts';
import { type Magpie, startMagpie, TestTime, uncompressed } from './magpie.ts';
import { absentId, contents, filled, type Place, placesIn, typesByName, withIdAt } from './places.ts';
import { Random } from './random.ts';
import { productSchema as schema } from './schema.ts';
import { everythingOf } from './selections.ts';
import { Stock } from './stock.ts';
import { createTwoWorlds, idsIn, type TwoWorlds } from './two-worlds.ts';
import { inputs } from './writes.ts';

const mutations = schema.getMutationType()!.getFields();
/** Those that take a node of the workspace only if all posts that use it are theirs. */
const ofUsed: Record<string, NodeType> = {
  ...{ updateMediaAsset: 'MediaAsset', deleteMediaAsset: 'MediaAsset', deleteCampaign: 'Campaign' },
  ...{ updateMember: 'User', removeMember: 'User' },
};

describe('a mutation of somebody who is confined', () => {
  const time = new TestTime();
  let worlds: TwoWorlds;
  let full: Magpie;
  let reduced: Magpie;
  let stock: Stock;
  /** Ids of all that there was at the beginning. */
  let begun: ReadonlySet<string>;
  /** Nodes that are not theirs to change, though some of them are theirs to see. */
  let beyond: ReadonlyMap<NodeType, readonly string[]>;
  /** For the other ids of an input: nodes that they may change, posts by status, and a member who sees what is hidden. */
  let helpful: Record<'SCHEDULED' | 'DRAFT', Partial<Record<NodeType, string>>>;

  beforeAll(async () => {
    worlds = await createTwoWorlds();
    const limits = { maxCost: 1e9, maxAliases: 100_000, maxTokens: 1_000_000, maxDepth: 50 };
    full = await startMagpie(worlds.full, { time, limits });
    reduced = await startMagpie(worlds.reduced, { time, limits });
    stock = new Stock(worlds.reduced.queries, worlds.owner.workspaceId, new Random(1));
    await stock.refresh();
    beyond = await findBeyond();
    begun = new Set(await idsIn(worlds.full.queries));
    helpful = await findHelpful();
  });

  /** Beside what is hidden: posts that go elsewhere too, what is used in such posts, and members who see more. */
  async function findBeyond() {
    const { full: database, hiddenIds, mixedPosts, usedIds, owner, confined } = worlds;
    const posts = [...hiddenIds.get('Post')!, ...mixedPosts];
    const members = await database.queries
      .selectFrom('memberships')
      .select('userId')
      .where('workspaceId', '=', owner.workspaceId)
      .where('userId', '!=', confined.userId)
      .execute();
    return new Map<NodeType, string[]>([
      ...[...hiddenIds, ...usedIds].map(([type, ids]) => [type, [...ids]] as [NodeType, string[]]),
      ['Post', [mixedPosts[0]!, hiddenIds.get('Post')![0]!, ...posts]],
      ['User', members.map(({ userId }) => userId)],
    ]);
  }

  async function findHelpful() {
    const { reduced: database, mixedPosts, seen, hidden, owner } = worlds;
    const posts = await database.queries.selectFrom('posts').select(['id', 'status']).orderBy('id').execute();
    const postThatIs = (status: string) =>
      posts.find((post) => post.status === status && stock.has('posts', post.id) && !mixedPosts.includes(post.id))!.id;
    const members = await worlds.full.queries
      .selectFrom('memberships')
      .select(['userId', 'accountIds'])
      .where('workspaceId', '=', owner.workspaceId)
      .execute();
    const others = {
      Account: seen[0]!,
      Conversation: stock.one('conversations'),
      User: members.find(({ accountIds }) => String(accountIds) === String(hidden))!.userId,
    };
    return {
      SCHEDULED: { ...others, Post: postThatIs('SCHEDULED') },
      DRAFT: { ...others, Post: postThatIs('DRAFT') },
    };
  }

  const documentOf = (name: string) => {
    const field = mutations[name]!;
    const selection = everythingOf(schema, getNamedType(field.type), { levels: 2 });
    return `mutation ($input: ${field.args[0]!.type}) { ${name}(input: $input) ${selection} }`;
  };
  const act = async (magpie: Magpie, name: string, input: object) => {
    const { text } = await magpie.ask(worlds.confined.token, documentOf(name), { input }, uncompressed);
    expect(text).not.toMatch(/INTERNAL|VALIDATION_FAILED|TOO_LARGE/);
    return text.replace(/"requestId":"[^"]*"/g, '');
  };

  const cases = Object.keys(inputs).flatMap((name) =>
    mutations[name]!.args.flatMap(placesIn).map(
      (place) => [`${name} ${place.path.join('.')}`, { name, place }] as const,
    ),
  );

  const inputFor = (name: string, { path }: Place) => {
    const input = inputs[name]!(new Random(7), stock, time.date());
    const key = path.at(-1)!;
    const type = typesByName[key] ?? typeOfId(String(input[key]))!;
    return { input, type, hidden: worlds.hiddenIds.has(type) || ofUsed[name] === type ? beyond.get(type)! : [] };
  };

  it.each(cases)('reads what is hidden as what does not exist, and changes nothing: %s', async (_, { name, place }) => {
    const { input, type, hidden } = inputFor(name, place);
    for (const id of hidden.slice(0, 2)) {
      const before = await contents(worlds.full);
      const answerFor = async (one: string) => {
        const text = await act(full, name, Object(withIdAt({ input }, place, one)).input);
        return text.replaceAll(one, 'the id');
      };
      const theirs = await answerFor(id);
      expect(theirs).toBe(await answerFor(absentId(type)));
      expect(theirs).toMatch(/NOT_FOUND|FORBIDDEN/);
      expect(await contents(worlds.full)).toEqual(before);
    }
  });

  /** What there is to refuse beside the id: texts and, with an instant, posts that networks do not accept. */
  const faults = [
    { text: 'x'.repeat(9_000), status: 'SCHEDULED', isEverywhere: true },
    { text: 'x'.repeat(9_000), status: 'DRAFT', isEverywhere: false },
    { text: '', status: 'SCHEDULED', isEverywhere: false },
    { text: '', status: 'DRAFT', isEverywhere: true },
  ] as const;

  it.each(cases)('adds nothing for what is hidden to the other faults of an input: %s', async (_, { name, place }) => {
    const { input, type, hidden } = inputFor(name, place);
    if (hidden.length === 0) return;
    const inputType = getNamedType(mutations[name]!.args[0]!.type) as GraphQLInputObjectType;
    const before = await contents(worlds.full);
    for (const { text, status, isEverywhere } of faults) {
      const valueFor = (id: string) => (field: GraphQLInputField) => {
        const { name: scalar } = getNamedType(field.type);
        if (field.name === 'mediaIds') return []; // a post without media, which some networks refuse
        const idType = typesByName[field.name] ?? (field.name === 'id' ? typeOfId(String(input.id)) : undefined);
        if (scalar === 'ID' && idType) return isEverywhere && idType === type ? id : helpful[status][idType];
        if (scalar === 'DateTime') return new Date(time.now() + 86_400_000).toISOString();
        return scalar === 'String' && field.name !== 'idempotencyKey' ? text : undefined;
      };
      const answerFor = async (id: string) => {
        const { input: given } = Object(withIdAt({ input: filled(inputType, input, valueFor(id)) }, place, id));
        return (await act(full, name, given)).replaceAll(id, 'the id');
      };
      const absent = await answerFor(absentId(type));
      for (const id of type === 'Account' ? hidden : hidden.slice(0, 2))
        expect({ id, text: await answerFor(id) }).toEqual({ id, text: absent });
    }
    expect(await contents(worlds.full)).toEqual(before);
  });

  it.each(Object.keys(inputs))('answers as if nothing were hidden: %s', async (name) => {
    const types = [...beyond.keys()].filter((type) => worlds.hiddenIds.has(type) || ofUsed[name] === type);
    const notTheirs = types.flatMap((type) => beyond.get(type)!);
    const random = new Random(Object.keys(inputs).indexOf(name) + 1);
    let left = 4;
    for (let tries = 0; tries < 40 && left > 0; tries++) {
      const input = inputs[name]!(random, stock, time.date());
      if (notTheirs.some((id) => JSON.stringify(input).includes(id))) continue;
      left--;
      const [one, other] = [await act(full, name, input), await act(reduced, name, input)];
      expect({ input, text: withoutChance(one) }).toEqual({ input, text: withoutChance(other) });
    }
    expect(left).toBeLessThan(4);
  });

  /** What is drawn by chance is left out: ids of what is new, tokens, names of files. */
  function withoutChance(text: string): string {
    return text
      .replace(/[a-z]+_[0-9A-Z]{26}/g, (id) => (begun.has(id) ? id : `${id.split('_')[0]}_new`))
      .replace(/"(\w*token)":"[^"]*"/g, '"$1":"…"')
      .replace(/\/media\/[^"]*/g, '/media/…');
  }
});
