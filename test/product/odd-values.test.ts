import {
  coerceInputValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql';
import pino from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie, TestTime, uncompressed } from './magpie.ts';
import { oddValues } from './odd-values.ts';
import { Random } from './random.ts';
import { productSchema as schema } from './schema.ts';
import { Stock } from './stock.ts';
import { inputs, systemInputs } from './writes.ts';

type Field = GraphQLField<unknown, unknown>;
type Given = Readonly<Record<string, unknown>>;

/** A field with arguments of which one is odd. */
interface Case {
  readonly field: Field;
  readonly given: Given;
}

const time = new TestTime();
const batchSize = 40;
const rootTypes = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!];
const withArguments = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).filter(({ args }) => args.length > 0);
const otherTypes = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType =>
    isObjectType(type) && !type.name.startsWith('__') && !rootTypes.includes(type) && withArguments(type).length > 0,
);

/** What subscriptions give and queries do not. */
const eventTypes = Object.values(schema.getSubscriptionType()!.getFields())
  .map(({ type }) => getNamedType(type))
  .filter(
    (type): type is GraphQLObjectType => otherTypes.some((other) => other === type) && type.name.endsWith('Update'),
  );

describe('a value that is odd', () => {
  const logged: Record<string, unknown>[] = [];
  let magpie: Magpie;
  let owner: Session;
  let stock: Stock;

  // One product for all: what the writes leave behind is as good a ground as any.
  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    const log = pino({ level: 'warn' }, { write: (line: string) => logged.push(JSON.parse(line)) });
    const limits = {
      ...{ maxBodyBytes: 64e6, maxTokens: 1e6, maxAliases: 1e4, maxRootFields: 1e4, maxRepeats: 1e4, maxCost: 1e9 },
      maxMutationsPerMinute: 1e6,
    };
    magpie = await startMagpie(database, { limits, log, time });
    owner = await signInAs(database, 'OWNER');
    stock = new Stock(database.queries, owner.workspaceId, new Random(1));
    await stock.refresh();
  });

  /** Asks for all of them at once; if anything goes wrong inside, names those with which it does. */
  async function broken(cases: readonly Case[], ask: (cases: readonly Case[]) => Promise<Reply>): Promise<string[]> {
    if (cases.length === 0) return [];
    logged.length = 0;
    const { status, text, isExecuted } = await ask(cases);
    const isRight = status < 500 && !text.includes('INTERNAL') && logged.length === 0;
    if (isRight && isExecuted) return [];
    if (cases.length === 1) return isRight ? [] : [shownCase(cases[0]!, text)];
    if (isRight && !isTaken(cases[0]!)) return [];
    const middle = Math.ceil(cases.length / 2);
    return [...(await broken(cases.slice(0, middle), ask)), ...(await broken(cases.slice(middle), ask))];
  }

  async function sweep(cases: readonly Case[], ask: (cases: readonly Case[]) => Promise<Reply>): Promise<string[]> {
    const found: string[] = [];
    // Those that no type holds are refused together; among others they would keep these from being executed.
    for (const group of [cases.filter(isTaken), cases.filter((one) => !isTaken(one))])
      for (let at = 0; at < group.length; at += batchSize)
        found.push(...(await broken(group.slice(at, at + batchSize), ask)));
    return found;
  }

  const asking = (around: (fields: string) => string, kind: 'query' | 'mutation') => ({
    async byVariables(cases: readonly Case[]) {
      const all = cases.flatMap(({ field, given }, index) =>
        field.args.filter(({ name }) => name in given).map((arg) => ({ arg, index, value: given[arg.name] })),
      );
      const declared = all.map(({ arg, index }) => `$${arg.name}${index}: ${arg.type}`).join(', ');
      const fields = cases.map((one, index) => askedFor(one, index, ({ name }) => `$${name}${index}`));
      const variables = Object.fromEntries(all.map(({ arg, index, value }) => [`${arg.name}${index}`, value]));
      const document = `${kind} (${declared}) ${around(fields.join('\n'))}`;
      return reply(await magpie.ask(owner.token, document, variables, uncompressed));
    },
    async byLiterals(cases: readonly Case[]) {
      const fields = cases.map((one, index) =>
        askedFor(one, index, ({ name, type }) => literal(one.given[name], type)),
      );
      return reply(await magpie.ask(owner.token, `${kind} ${around(fields.join('\n'))}`, {}, uncompressed));
    },
  });

  /** Literals that are taken come to the resolver in the form of variables, so that these are enough. */
  const sweepBoth = async (cases: readonly Case[], { byVariables, byLiterals }: ReturnType<typeof asking>) => {
    expect(await sweep(cases, byVariables)).toEqual([]);
    const refused = cases.filter((one) => !isTaken(one));
    expect(await sweep(refused, byLiterals)).toEqual([]);
  };

  describe('is refused by a query, or does no harm:', () => {
    it.each(withArguments(schema.getQueryType()!).map((field) => [field.name, field] as const))('%s', (_, field) =>
      sweepBoth(
        casesOf(field),
        asking((fields) => `{ ${fields} }`, 'query'),
      ),
    );
  });

  describe('is refused by a field of a node, or does no harm:', () => {
    const around: Record<string, (fields: string) => string> = {
      AnalyticsReport: (fields) => `{ analytics { ${fields} } }`,
      CalendarDay: (fields) => `{ calendar(range: { preset: TODAY }) { days { ${fields} } } }`,
      CacheHistory: (fields) => `{ cacheHistory(range: LAST_10_MINUTES) { ${fields} } }`,
      CacheStats: (fields) => `{ cacheStats { ${fields} } }`,
      CacheCategoryStats: (fields) => `{ cacheStats { categories { ${fields} } } }`,
      Campaign: (fields) => `{ campaign(id: "${stock.one('campaigns')}") { ${fields} } }`,
      Conversation: (fields) => `{ conversation(id: "${stock.one('conversations')}") { ${fields} } }`,
    };

    const asked = otherTypes.filter((type) => !eventTypes.includes(type));
    it.each(asked.map((type) => [type.name, type] as const))('%s', async (name, type) => {
      expect(around).toHaveProperty(name);
      for (const field of withArguments(type)) await sweepBoth(casesOf(field), asking(around[name]!, 'query'));
    });
  });

  describe('is refused by a mutation, or does no harm:', () => {
    const { byVariables, byLiterals } = asking((fields) => `{ ${fields} }`, 'mutation');

    /** An input that is right: only then does a field that is not decide. Of what it names, there is more. */
    async function baseOf(field: Field): Promise<Given> {
      const make = inputs[field.name] ?? systemInputs[field.name];
      let input: Given = {};
      for (let seed = 1; make && seed <= 20; seed++) {
        const { idempotencyKey: _, file: __, ...rest } = make(new Random(seed), stock, time.date());
        input = rest;
        const { text } = await byVariables([{ field, given: { input } }]);
        if (text.includes('"userErrors":[]')) break;
      }
      await stock.refresh();
      return input;
    }

    it.each(withArguments(schema.getMutationType()!).map((field) => [field.name, field] as const))(
      '%s',
      async (_, field) => {
        await sweepBoth(casesOf(field, await baseOf(field)), { byVariables, byLiterals });
      },
    );
  });

  describe('is refused by a directive, or does no harm:', () => {
    const places: Record<string, (directive: string) => string> = {
      include: (directive) => `{ viewer { __typename ${directive} } ... ${directive} { viewer { __typename } } }`,
      skip: (directive) => `{ viewer { __typename ${directive} } ... ${directive} { viewer { __typename } } }`,
      defer: (directive) => `{ workspace { id ... ${directive} { name } } }`,
      stream: (directive) => `{ posts { nodes ${directive} { id } } }`,
    };
    const usual: Given = { if: true, label: 'later', initialCount: 1 };
    const clientDirectives = Object.keys(places).map((name) => schema.getDirective(name)!);
    const cases = clientDirectives.flatMap(({ name, args }) => args.map((arg) => [name, arg] as const));

    async function answerTo(document: string, variables: Given) {
      const response = await fetch(magpie.url, {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
          accept: 'multipart/mixed, application/json',
        },
        body: JSON.stringify({ query: document, variables }),
      });
      return { status: response.status, text: await response.text() };
    }

    it.each(cases.map(([name, arg]) => [`@${name}(${arg.name}:)`, name, arg] as const))('%s', async (_, name, arg) => {
      const inForms = (value: unknown) => {
        const byVariable = places[name]!(`@${name}(${arg.name}: $odd)`);
        return [
          places[name]!(`@${name}(${arg.name}: ${literal(value, arg.type)})`),
          `query ($odd: ${arg.type}) ${byVariable}`,
          `query ($odd: ${getNullableType(arg.type)}) ${byVariable}`,
        ] as const;
      };
      const [right] = inForms(usual[arg.name]);
      expect((await answerTo(right, {})).text).toContain('"data":{');

      const found: string[] = [];
      for (const odd of oddValues(arg.type))
        for (const document of inForms(odd)) {
          logged.length = 0;
          const { status, text } = await answerTo(document, document.startsWith('query') ? { odd } : {});
          if (status >= 500 || text.includes('INTERNAL') || logged.length > 0)
            found.push(`${document} ${JSON.stringify(odd)}: ${text.slice(0, 300)}`);
        }
      expect(found).toEqual([]);
    });
  });

  it('is refused by a subscription, or does no harm', async () => {
    const found: string[] = [];
    const subscribe = async (field: Field, given: Given, around: (asked: string) => string) => {
      const { args } = field;
      const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
      const passed = args.map(({ name }) => `${name}: $${name}`).join(', ');
      logged.length = 0;
      const response = await fetch(magpie.url, {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
          accept: 'text/event-stream',
        },
        body: JSON.stringify({
          query: `subscription (${declared}) { ${around(`${field.name}(${passed}) ${selection(field)}`)} }`,
          variables: given,
        }),
      });
      magpie.server.subscriptions.breakOffAll();
      const text = await untilBrokenOff(response);
      if (response.status >= 500 || text.includes('INTERNAL') || logged.length > 0)
        found.push(`${field.name}(${JSON.stringify(given)}): ${text.slice(0, 300)}`);
    };
    for (const root of Object.values(schema.getSubscriptionType()!.getFields())) {
      const type = getNamedType(root.type);
      for (const { field, given } of casesOf(root)) await subscribe(field, given, (asked) => asked);
      if (eventTypes.some((other) => other === type))
        for (const inner of withArguments(type as GraphQLObjectType))
          for (const { field, given } of casesOf(inner))
            await subscribe(field, given, (asked) => `${root.name} { ${asked} }`);
    }
    expect(found).toEqual([]);
  });
});

/** What came of a stream until its connection ended, in good order or not. */
async function untilBrokenOff({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body!) chunks.push(chunk);
  } catch {
    // The stream was broken off, as it was told to be.
  }
  return Buffer.concat(chunks).toString();
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly isExecuted: boolean;
}

function reply({ status, text, json }: { status: number; text: string; json: { data?: unknown } }): Reply {
  return { status, text, isExecuted: 'data' in json };
}

/** Each argument odd once, and each field of an input within an input that is right otherwise. */
function casesOf(field: Field, base: Given = {}): Case[] {
  const needed = Object.fromEntries(field.args.map((arg) => [arg.name, usual(arg, base)]).filter(([, value]) => value));
  return field.args.flatMap((arg) => {
    const type = getNullableType(arg.type);
    const whole = oddValues(arg.type);
    const within =
      isInputObjectType(type) && !type.isOneOf
        ? Object.values(type.getFields()).flatMap(({ name, type }) =>
            oddValues(type).map((odd) => ({ ...base, [name]: odd })),
          )
        : [];
    return [...whole, ...within].map((odd) => ({ field, given: { ...needed, [arg.name]: odd } }));
  });
}

/** What a required argument gets while another one is odd. */
function usual({ name, type }: GraphQLArgument, base: Given): unknown {
  if (!String(type).endsWith('!')) return undefined;
  if (name === 'input') return base;
  if (getNamedType(type).name === 'DateRangeInput') return { preset: 'LAST_7_DAYS' };
  return isListType(getNullableType(type)) ? [] : 'x';
}

function isTaken({ field, given }: Case): boolean {
  let isRight = true;
  for (const { name, type } of field.args)
    if (name in given)
      try {
        coerceInputValue(given[name], type, () => {
          isRight = false;
        });
      } catch {
        isRight = false;
      }
  return isRight;
}

function askedFor({ field, given }: Case, index: number, value: (arg: GraphQLArgument) => string): string {
  const passed = field.args.filter(({ name }) => name in given).map((arg) => `${arg.name}: ${value(arg)}`);
  return `a${index}: ${field.name}(${passed.join(', ')}) ${selection(field)}`;
}

/** What hangs on nothing. */
function selection({ type }: Field): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return '{ __typename }';
  const fields = Object.values(named.getFields());
  const leaves = fields.filter((field) => field.args.length === 0 && isLeafType(getNamedType(field.type)));
  const nodes = fields.some(({ name }) => name === 'nodes') ? 'nodes { __typename }' : '';
  const errors = fields.some(({ name }) => name === 'userErrors') ? 'userErrors { code message }' : '';
  return `{ __typename ${leaves.map(({ name }) => name).join(' ')} ${nodes} ${errors} }`;
}

/** A value as a document would write it. */
function literal(value: unknown, type: GraphQLInputType | undefined): string {
  const named = type && getNullableType(type);
  if (Array.isArray(value))
    return `[${value.map((item) => literal(item, isListType(named) ? named.ofType : named)).join(', ')}]`;
  if (isListType(named)) return literal(value, named.ofType);
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(named) ? named.getFields() : {};
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${key}: ${literal(one, fields[key]?.type)}`)
      .join(', ')} }`;
  }
  if (typeof value === 'string' && isEnumType(named) && /^[A-Za-z_]\w*$/.test(value)) return value;
  return JSON.stringify(value) ?? 'null';
}

function shownCase({ field, given }: Case, text: string): string {
  return `${field.name}(${JSON.stringify(given).slice(0, 300)}): ${text.slice(0, 300)}`;
}
