import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Magpie, type Session, startMagpie, TestTime, uncompressed } from './magpie.ts';
import { productSchema as schema } from './schema.ts';
import { everythingOf } from './selections.ts';
import { createTwoWorlds, type TwoWorlds } from './two-worlds.ts';

/** Fields whose answers tell of what is hidden, and why they may; all others do not. `docs/access.md` says the same. */
const intended: Record<string, string> = {
  cacheStats: 'Counters are those of the whole process.',
  cacheProcesses: 'Counters and ids are those of processes, which know no account.',
  aiBudget: "The budget is the workspace's: whoever may spend of it has to know what is left.",
};

interface Question {
  readonly document: string;
  readonly variables: object;
  /** Whether everything is selected, and asked for in all orders. */
  readonly isDeep: boolean;
}

const queryFields = Object.values(schema.getQueryType()!.getFields());
const limits = { maxCost: 1e9, maxAliases: 100_000, maxTokens: 1_000_000, maxDepth: 50 };

describe('to somebody who is confined, what hangs on hidden accounts alone is as if it had never been:', () => {
  let worlds: TwoWorlds;
  let full: Magpie;
  let reduced: Magpie;
  let confined: Session;

  beforeAll(async () => {
    worlds = await createTwoWorlds();
    confined = worlds.confined;
    const time = new TestTime();
    full = await startMagpie(worlds.full, { time, limits });
    reduced = await startMagpie(worlds.reduced, { time, limits });
  });

  /** Documents and variables: everything of the field with the arguments that it needs, and each argument's values by themselves. */
  function questions(field: GraphQLField<unknown, unknown>): Question[] {
    const given = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
    const document = (levels: number) =>
      `query${given && `(${given})`} { ${field.name}${passed && `(${passed})`} ${everythingOf(schema, getNamedType(field.type), { levels })} }`;
    const needed = combinations(field);
    const deep = needed.map((variables) => ({ document: document(5), variables, isDeep: true }));
    const optional = field.args.filter((arg) => !String(arg.type).endsWith('!'));
    const shallow = optional.flatMap((arg) =>
      valuesOf(arg).map((value) => ({
        document: document(2),
        variables: { ...needed[0], [arg.name]: value },
        isDeep: false,
      })),
    );
    return [...deep, ...shallow];
  }

  /** Of the arguments that must be given, each with its values. */
  function combinations(field: GraphQLField<unknown, unknown>): object[] {
    return field.args
      .filter((arg) => String(arg.type).endsWith('!'))
      .reduce<object[]>(
        (begun, arg) => begun.flatMap((one) => valuesOf(arg).map((value) => ({ ...one, [arg.name]: value }))),
        [{}],
      );
  }

  function valuesOf(argument: GraphQLArgument | GraphQLInputField): unknown[] {
    const type = getNamedType(argument.type);
    const values = (() => {
      if (isEnumType(type)) return type.getValues().map(({ name }) => name);
      if (type.name === 'DateRangeInput')
        return [
          ...[{ preset: 'THIS_MONTH' }, { preset: 'LAST_90_DAYS' }],
          { between: { from: '2026-11-10', to: '2026-12-20' } },
        ];
      if (isInputObjectType(type))
        return Object.values(type.getFields()).flatMap((field) =>
          valuesOf(field).map((value) => ({ [field.name]: value })),
        );
      if (type.name === 'Boolean') return [true, false];
      if (type.name === 'Int') return [0, 1, 3, 100];
      if (type.name === 'ID') return ids();
      return argument.name === 'after' ? [] : ['e', 'the'];
    })();
    if (!isListType(getNullableType(argument.type))) return values;
    return type.name === 'ID' ? [values] : values.map((value) => [value]);
  }

  /** Hidden nodes of each type, posts that go elsewhere too, what these use, accounts that are seen, and a person. */
  function ids(): string[] {
    const { hiddenIds, mixedPosts, usedIds, seen, owner } = worlds;
    const some = [...hiddenIds.values(), ...usedIds.values()].flatMap((all) => [all[0]!, all.at(-1)!]);
    return [...some, ...mixedPosts.slice(0, 3), ...seen, owner.userId];
  }

  const answer = async (magpie: Magpie, token: string, { document, variables }: Omit<Question, 'isDeep'>) => {
    const { text } = await magpie.ask(token, document, variables, uncompressed);
    return text.replace(/"requestId":"[^"]*"/g, '');
  };

  const fields = queryFields.filter(({ name }) => !(name in intended));

  it('there is something to hide, of every type whose nodes follow accounts', () => {
    const { hiddenIds, mixedPosts } = worlds;
    expect([...hiddenIds.keys()].sort()).toEqual([
      ...['Account', 'AiGeneration', 'ApiToken', 'Conversation', 'Message', 'Post', 'PostTarget'],
    ]);
    expect(mixedPosts.length).toBeGreaterThan(5);
  });

  it.each(fields.map((field) => [field.name, field] as const))('%s', async (_, field) => {
    for (const question of questions(field)) {
      const expected = await answer(reduced, confined.token, question);
      expect(expected, question.document).not.toMatch(/INTERNAL|VALIDATION_FAILED|TOO_LARGE/);
      expect(secretsIn(expected, JSON.stringify(question.variables))).toEqual([]);
      for (const first of question.isDeep ? [worlds.owner, confined] : [worlds.owner]) {
        full.engine.cache.clear();
        await answer(full, first.token, question);
        for (let times = question.isDeep ? 2 : 1; times > 0; times--)
          expect({ question, text: await answer(full, confined.token, question) }).toEqual({
            question,
            text: expected,
          });
      }
    }
  });

  const connections = fields.filter(({ args }) => args.some(({ name }) => name === 'after'));
  it.each(connections.map(({ name }) => name))('%s, page after page', async (name) => {
    const document = `query ($after: String) { ${name}(first: 3, after: $after) {
      totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }`;
    let after: string | undefined;
    for (let page = 0; page < 100; page++) {
      const question = { document, variables: { after } };
      const text = await answer(full, confined.token, question);
      expect(text).toBe(await answer(reduced, confined.token, question));
      const { hasNextPage, endCursor } = JSON.parse(text).data[name].pageInfo;
      if (!hasNextPage) return;
      after = endCursor;
    }
  });

  /** Ids of hidden nodes that the answer tells to somebody who did not name them. */
  function secretsIn(text: string, asked: string): string[] {
    const secret = new Set([...worlds.hiddenIds.values()].flat());
    const told = [...text.matchAll(/[a-z]+_[0-9A-Z]{26}/g)].map(([id]) => id);
    return told.filter((id) => secret.has(id) && !asked.includes(id));
  }
});
