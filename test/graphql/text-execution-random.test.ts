import {
  type DocumentNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLNullableType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  print,
  TypeNameMetaFieldDef,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { answer, atOnce, type Data, type Executor, fail, type Later, parsed, schema, texts } from './executors.ts';

/** A number below `n`, always the same for these words. */
function hash(words: string, n: number): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) state = Math.imul(state ^ words.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return ((state ^ (state >>> 13)) >>> 0) % n;
}

/** Over the whole schema, with `$a` and `$b` as conditions. */
function randomDocument(seed: string): DocumentNode {
  let rolled = 0;
  const roll = (n: number) => hash(`${seed} ${rolled++}`, n);
  const pick = <T>(from: readonly T[]): T => from[roll(from.length)]!;
  const condition = () =>
    roll(6) === 0 ? ` @${pick(['skip', 'include'])}(if: ${pick(['$a', '$b', 'true', 'false'])})` : '';
  const fragments: string[] = [];
  const selection = (type: GraphQLCompositeType, depth: number): string => {
    const field = () => {
      const fields = isUnionType(type) ? [TypeNameMetaFieldDef] : Object.values(type.getFields());
      const { name, type: of } = pick(fields.filter((one) => !one.name.endsWith('are'))); // those have no root
      const [named, alias] = [getNamedType(of), pick(['', '', '', 'x', 'constructor'])];
      if (isCompositeType(named) && depth > 3) return '__typename';
      const given = name === 'echo' && alias ? '(words: "a", filter: { numbers: [1, 2] })' : '';
      const within = isCompositeType(named) ? selection(named, depth + 1) : '';
      return `${alias && `${alias}_${name}: `}${name}${given}${condition()}${within}`;
    };
    const fragment = () => {
      const within = isAbstractType(type) ? pick(schema.getPossibleTypes(type)) : type;
      if (roll(2)) return `... on ${within}${condition()}${selection(within, depth + 1)}`;
      const index = fragments.push('') - 1;
      fragments[index] = `fragment F${index} on ${within}${selection(within, depth + 1)}`;
      return `...F${index}${condition()}`;
    };
    const part = () => (depth < 4 && roll(isAbstractType(type) ? 2 : 8) === 0 ? fragment() : field());
    return ` { ${Array.from({ length: 1 + roll(5) }, part).join(' ')} }`;
  };
  const text = [selection(schema.getQueryType()!, 0), ...fragments].join('\n');
  const variables = ['$a', '$b'].filter((name) => text.includes(name)).map((name) => `${name}: Boolean!`);
  return parsed(`query ${variables.length > 0 ? `(${variables})` : ''}${text}`);
}

const kinds: Record<string, string> = { Int: 'number', Float: 'number', Boolean: 'boolean' };

/** Undefined `later` is a world in which everything is there at once. */
type World = { readonly seed: string; readonly later: Later | undefined };

/** Whatever may be found in the place of a value of a type: mostly such values, and all kinds of faults. */
function found(type: GraphQLOutputType, path: string, world: World): unknown {
  const roll = (n: number, what: string) => hash(`${world.seed} ${path} ${what}`, n);
  const inner: GraphQLNullableType & GraphQLOutputType = isNonNullType(type) ? type.ofType : type;
  const settle = () => {
    const fault = roll(inner === type ? 16 : 40, 'fault');
    if (fault < 2) return fault === 0 ? null : undefined;
    if (fault === 2) fail(new Error(path));
    if (fault === 3) return new GraphQLError(path, { extensions: { path } });
    if (fault === 4 && !isCompositeType(inner)) return {};
    return made(inner, path, world);
  };
  const [isItem, manner] = [path.endsWith(']'), roll(3, 'manner')];
  // If one such item failed at once, Yoga's executor would leave the others to fail unheard, which ends the process.
  const isLate = manner === 0 || (isItem && inner !== type);
  if (world.later && isLate) return world.later(roll(2 ** 31, 'rank'), settle);
  return manner === 1 && !isItem ? settle : atOnce(0, settle);
}

function made(type: GraphQLNullableType & GraphQLOutputType, path: string, world: World): unknown {
  const roll = (n: number, what: string) => hash(`${world.seed} ${path} ${what}`, n);
  if (isListType(type)) {
    const item = (_: unknown, index: number) => found(type.ofType, `${path}[${index}]`, world);
    const items = Array.from({ length: roll(4, 'length') }, item);
    return roll(4, 'kind') === 0 ? new Set(items) : items;
  }
  if (isLeafType(type)) {
    const kind = kinds[type.name] ?? 'string';
    const any = [...texts, 0, -0, 7, 2 ** 31, 1e21, true, false, 'g', 1, { a: [1, null] }, new Date(0)];
    const fitting = any.filter((one) => typeof one === kind);
    const from = roll(8, 'fits') ? fitting : any;
    return from[roll(from.length, 'value')];
  }
  const possible = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
  const is = possible[roll(possible.length, 'is')]!;
  const members: Record<string, () => unknown> = {
    __typename: () => is.name,
    is: () => (world.later && roll(2, 'told') ? world.later(roll(2 ** 31, 'rank of is'), () => is.name) : is.name),
  };
  for (const field of Object.values(is.getFields()))
    members[field.name] = () => found(field.type, `${path}.${field.name}`, world);
  return new Proxy(members, { get: (_, name: string) => members[name]?.() });
}

describe('a generated document over generated values, executed to text', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('answers as both executors do, 40 times, seed %i', async (seed) => {
    for (let round = 0; round < 40; round++) {
      const document = randomDocument(`${seed}.${round}`);
      for (const on of [true, false]) {
        const world = (later: Later) => ({
          seed: `${seed}.${round}.${on}`,
          later: round % 4 === 0 ? undefined : later,
        });
        const data: Data = (later) => made(schema.getQueryType()!, '', world(later)) as object;
        const by = (executor: Executor) => answer(executor, document, data, { variables: { a: on, b: !on } });
        const [joined, yoga, graphql] = [await by('joined'), await by('yoga'), JSON.parse(await by('graphql'))];
        const text = print(document);
        expect([text, joined]).toEqual([text, yoga]); // errors in their order too, since gates open one at a time
        expect(JSON.parse(joined).data).toEqual(graphql.data); // it leaves out errors beneath what is null already
        expect(JSON.parse(joined).errors ?? []).toEqual(expect.arrayContaining(graphql.errors ?? []));
      }
    }
  });
});
