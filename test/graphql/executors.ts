import { setImmediate as turn } from 'node:timers/promises';
import { normalizedExecutor } from '@graphql-tools/executor';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { EntryCache } from '@magpie/cache/entries';
import { Documents, executeJoined, type JoinedResult, NodeTags } from '@magpie/graphql-cache/parts';
import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  execute,
  GraphQLError,
  GraphQLScalarType,
  parse,
  validate,
  valueFromASTUntyped,
} from 'graphql';
import { policies } from '../../src/cache-policies.ts';
import { cachePorts } from '../../src/graphql/cache-ports.ts';
import { createContext } from '../../src/graphql/context.ts';
import type { RequestContext } from '../../src/graphql/request.ts';

/** Fields of every shape, at the root and in items. What they answer is what `root` of the context has by their names. */
const fields = /* GraphQL */ `
  id: ID text: String int: Int float: Float flag: Boolean any: Any colour: Colour length: Int
  texts: [String] ints: [Int] grid: [[Int]] anys: [Any] colours: [Colour!]
  mustText: String! mustInt: Int! mustAny: Any! mustTexts: [String!] allTexts: [String!]! mustGrid: [[Int!]!]!
  item: Item mustItem: Item! items: [Item] mustItems: [Item!] allItems: [Item!]!
  named: Named either: Either mustEither: Either! nameds: [Named!] eithers: [Either]
  plain(number: Int! = 1): String
  spoil(number: Int, words: [String!], filter: Filter): String
  echo(number: Int = 7, must: Int! = 8, words: [String!], colour: Colour, filter: Filter = { text: "f" }, odd: Odd): String
`;

export const schema = makeExecutableSchema({
  typeDefs: /* GraphQL */ `
    scalar Any scalar Odd
    enum Colour { RED GREEN BLUE }
    input Filter { text: String = "deep" numbers: [Int!] colour: Colour = GREEN filter: Filter }
    interface Named { name: String }
    union Either = Item | Stone
    type Query { bare: String mustBare: String! ${fields} }
    type Item implements Named { name: String ${fields} }
    type Stone implements Named { name: String weight: Int mustWeight: Int! }
    type Other { name: String }
  `,
  resolvers: {
    Any: new GraphQLScalarType({ name: 'Any', serialize }),
    Odd: new GraphQLScalarType({
      name: 'Odd',
      parseValue: fail,
      parseLiteral: (node) => odd[valueFromASTUntyped(node) as string]!(),
    }),
    Colour: { RED: 1, GREEN: 'g', BLUE: false },
    Named: {
      __resolveType(value: { is: unknown } | string, context: unknown, info: unknown) {
        if (typeof value === 'string') return value;
        return typeof value.is === 'function' ? value.is({}, context, info) : value.is;
      },
    },
    Item: {
      echo: (_: unknown, args: object) => JSON.stringify(args),
      spoil(_: unknown, args: Record<string, unknown>) {
        const given = JSON.stringify(args);
        for (const one of [args, args.filter, args.words].filter(Boolean))
          try {
            Object.assign(one as object, { number: 99, text: 'spoilt', 0: 'spoilt' });
          } catch {} // it may not
        return given;
      },
    },
  },
});
for (const field of Object.values(schema.getQueryType()!.getFields()))
  if (!field.name.endsWith('are'))
    field.resolve = (_, args, context, info) => defaultFieldResolver(context.root, args, context, info);

const odd: Record<string, () => unknown> = {
  bytes: () => new Uint8Array([1, 2]),
  knot() {
    const knot = { toJSON: () => 'knot', self: {} };
    return Object.assign(knot, { self: knot });
  },
};

/** What a custom scalar makes of a value, if that does not say so itself. */
function serialize(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('breaksWith' in value) throw value.breaksWith;
  return 'serializesTo' in value ? value.serializesTo : value;
}

/** A promise that is settled before those of higher ranks. */
export type Later = (rank: number, settle: () => unknown) => Promise<unknown>;
export type Data = (later: Later) => object;
export interface Ask {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether the executors differ among themselves, so that only Yoga's counts. */
  readonly isYogas?: boolean;
}

/** Gates that are opened one at a time, each when nothing moves any more. */
function createGates() {
  const shut: { rank: number; open(): void }[] = [];
  const later: Later = (rank, settle) => {
    const promise = new Promise<void>((open) => shut.push({ rank, open })).then(settle);
    promise.catch(() => {}); // nobody may be interested any more
    return promise;
  };
  const until = async <T>(answer: Promise<T>): Promise<T> => {
    let isThere = false;
    const note = () => {
      isThere = true;
    };
    answer.then(note, note);
    for (;;) {
      await turn();
      if (isThere) return answer;
      const [next] = shut.sort((a, b) => a.rank - b.rank).splice(0, 1);
      if (!next) throw new Error('expected an answer, but nothing is left to wait for');
      next.open();
    }
  };
  return { later, until };
}

const cache = new EntryCache({ policies });
const documents = new Documents({ schema, plans: new Map() });
const joining = {
  ...{ schema, plans: new Map(), ports: cachePorts, cache, documents },
  nodeTags: new NodeTags(new Map(), cachePorts.nodes),
  isIntact: () => true,
};

/** What cannot be joined. */
export const leftToYoga = 'left to Yoga';

const executors = {
  async joined(args: ExecutionArgs) {
    const result = (await executeJoined(args, (args.contextValue as RequestContext).state, joining)) as
      | JoinedResult
      | undefined;
    return result ? (result.stringify?.(result) ?? JSON.stringify(result)) : leftToYoga;
  },
  yoga: async (args: ExecutionArgs) => JSON.stringify(await normalizedExecutor(args)),
  graphql: async (args: ExecutionArgs) => JSON.stringify(await execute(args)),
};
export type Executor = keyof typeof executors;

export function answer(by: Executor, document: DocumentNode, data: Data, { variables }: Ask = {}): Promise<string> {
  const { later, until } = createGates();
  const sources = { stampOf: () => cache.stamp, cacheNow: () => cache.now(), wallNow: () => new Date(0) };
  const context = createContext(
    { ...sources, queries: {} as never, ports: {} as never, limits: {} as never },
    { viewer: null, requestId: 'test', isDebugging: false },
  );
  const contextValue = Object.assign(context, { root: data(later) });
  return until(executors[by]({ schema, document, contextValue, variableValues: variables }));
}

export function parsed(text: string): DocumentNode {
  const document = parse(text);
  const problems = validate(schema, document);
  if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('\n'));
  return document;
}

export function fail(error: unknown): never {
  throw error;
}

export const nil = () => null;
export const bad = () => fail(new Error('wrong'));
export const withExtensions = () => new GraphQLError('no', { extensions: { code: 'NO', at: [1] } });
export const texts = [
  '"',
  '\\',
  '\0\b\t\n\f\r\x1f\x7f\x9f',
  '\u2028\u2029',
  '😀 ü✓',
  '\ud83d x',
  'x \ude00',
  '',
  '</b>',
];
export const atOnce = (_: number, settle: () => unknown) => {
  try {
    return settle() as Promise<unknown>;
  } catch (error) {
    return error as Promise<unknown>;
  }
};
