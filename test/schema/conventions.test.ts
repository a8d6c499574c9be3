import { mayOverlap, planField, type TagTemplate } from '@magpie/graphql-cache/parts';
import {
  buildSchema,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { cachePorts } from '../../src/graphql/cache-ports.ts';
import { constraintsOf } from '../../src/graphql/constraints.ts';
import { listSizeOf } from '../../src/graphql/list-sizes.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';

const schema = buildSchema(readTypeDefs().join('\n'));
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !(isScalarType(type) && isSpecifiedScalarType(type)),
);
const objects = types.filter(isObjectType);
const query = schema.getQueryType()!;
const mutation = schema.getMutationType()!;
const plansOf = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).map((field) => planField({ schema, type, field }, cachePorts));
const mutations = plansOf(mutation);
const cached = objects.flatMap(plansOf).filter((plan) => plan.cache);
/** All that a request can hand over, with what `@constraint` says of it. */
const inputs = (() => {
  const all = [...constraintsOf(schema)]
    .filter(([{ astNode }]) => astNode)
    .map(
      ([
        definition,
        {
          items: { at },
        },
      ]) => ({
        coordinate: at,
        definition,
        constraint: (getDirectiveValues(schema.getDirective('constraint')!, definition.astNode!) ?? {}) as {
          maxItems?: number;
          maxLength?: number;
          min?: number;
          max?: number;
        },
      }),
    )
    .filter(({ coordinate }) => !coordinate.startsWith('@'));
  return {
    lists: all.filter(({ definition }) => isListType(getNullableType(definition.type))),
    counts: all.filter(({ coordinate }) => /\((first|limit):\)$/.test(coordinate)),
    texts: all.filter(({ definition }) => getNamedType(definition.type).name === 'String'),
  };
})();
const outputs = types
  .flatMap((type) => (isObjectType(type) || isInterfaceType(type) ? [type] : []))
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({ coordinate: `${type.name}.${field.name}`, field })),
  );
const typeAt = (type: GraphQLOutputType, path: string) =>
  path.split('.').reduce<GraphQLOutputType>((within, name) => {
    const field = (getNamedType(within) as GraphQLObjectType).getFields()[name]!;
    return getNullableType(field.type);
  }, type);
const payloadOf = (field: { type: Parameters<typeof getNamedType>[0] }) =>
  getNamedType(field.type) as GraphQLObjectType;

describe('the schema', () => {
  it('describes every type, field, argument, enum value and directive', () => {
    const undescribed: string[] = [];
    const ask = (name: string, { description }: { description?: string | null }) => {
      if (!description?.trim()) undescribed.push(name);
    };
    for (const type of types) {
      if (type !== query && type !== mutation && type !== schema.getSubscriptionType()) ask(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) ask(`${type.name}.${value.name}`, value);
      if (isObjectType(type) || isInterfaceType(type))
        for (const field of Object.values(type.getFields())) {
          ask(`${type.name}.${field.name}`, field);
          for (const arg of field.args) ask(`${type.name}.${field.name}(${arg.name}:)`, arg);
        }
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) ask(`${type.name}.${field.name}`, field);
    }
    for (const directive of schema.getDirectives()) {
      ask(`@${directive.name}`, directive);
      for (const arg of directive.args) ask(`@${directive.name}(${arg.name}:)`, arg);
    }
    expect(undescribed).toEqual([]);
  });

  it('states the maximum of every list that it takes, for programs and for people', () => {
    const { lists } = inputs;
    expect(lists.length).toBeGreaterThan(20);
    for (const { coordinate, definition, constraint } of lists) {
      const { maxItems } = constraint;
      expect([coordinate, maxItems]).toEqual([coordinate, expect.any(Number)]);
      expect([coordinate, definition.description]).toEqual([
        coordinate,
        expect.stringMatching(`(at most |1–)${maxItems!.toLocaleString('en')}\\b`),
      ]);
      const type = getNamedType(definition.type);
      if (isEnumType(type)) expect([coordinate, maxItems! >= type.getValues().length]).toEqual([coordinate, true]);
    }
  });

  it('states how many items can be asked for at most, and that there are no more', () => {
    const { counts } = inputs;
    expect(counts.length).toBeGreaterThan(10);
    for (const { coordinate, definition, constraint } of counts) {
      const [type, field] = coordinate.split(/[.(]/);
      const { assumedSize } = listSizeOf(schema, (schema.getType(type!) as GraphQLObjectType).getFields()[field!]!);
      expect([coordinate, constraint]).toEqual([coordinate, { min: 0, max: assumedSize }]);
      expect([coordinate, definition.description]).toEqual([coordinate, `Number of items, at most ${assumedSize}.`]);
    }
  });

  it('states the maximum of every text that a query takes', () => {
    const { texts } = inputs;
    const ofQueries = texts.filter(({ coordinate }) => /^(Query|Subscription)\.|Filter\.|\(after:\)$/.test(coordinate));
    expect(ofQueries.length).toBeGreaterThan(10);
    const silent = ofQueries.filter(({ constraint }) => constraint.maxLength === undefined);
    expect(silent.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('states the maximum of every text that is folded before its characters are counted', () => {
    const folded = inputs.texts.filter(({ coordinate }) =>
      /\.(email|handle|contactHandle|hashtags|fileName)$/.test(coordinate),
    );
    expect(folded.length).toBe(6);
    const long = folded.filter(({ constraint: { maxLength = Number.POSITIVE_INFINITY } }) => maxLength > 255 * 16);
    expect(long.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('states how long every list is at most that it gives', () => {
    const silent = outputs.filter(
      ({ field }) =>
        isListType(getNullableType(field.type)) &&
        !field.astNode!.directives!.some(({ name }) => name.value === 'listSize'),
    );
    expect(silent.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('sizes a list by every argument that says how many', () => {
    const asked = outputs.flatMap(({ coordinate, field }) => {
      const counts = field.args.filter(({ name }) => name === 'first' || name === 'limit' || name === 'ids');
      return counts.map(({ name }) => ({
        coordinate,
        name,
        slicing: listSizeOf(schema, field).slicing.map((arg) => arg.name),
      }));
    });
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter(({ name, slicing }) => !slicing.includes(name))).toEqual([]);
  });

  it('sizes no fields but lists', () => {
    const sized = outputs.flatMap(({ coordinate, field }) =>
      listSizeOf(schema, field).sizedFields.map(
        (path) => [`${coordinate}: ${path}`, typeAt(field.type, path)] as const,
      ),
    );
    expect(sized.length).toBeGreaterThan(15);
    for (const [path, type] of sized) expect([path, isListType(type)]).toEqual([path, true]);
    const idle = outputs.filter(
      ({ field }) =>
        listSizeOf(schema, field).slicing.length > 0 &&
        !isListType(getNullableType(field.type)) &&
        listSizeOf(schema, field).sizedFields.length === 0,
    );
    expect(idle).toEqual([]);
  });

  it('uses every type that it defines', () => {
    const printed = readTypeDefs()
      .join('\n')
      .replaceAll(/"""[\s\S]*?"""|"(?:[^"\\]|\\.)*"/g, '');
    const unused = types
      .filter((type) => ![query, mutation, schema.getSubscriptionType()].includes(type as GraphQLObjectType))
      .filter(({ name }) => [...printed.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length < 2)
      .filter((type) => !isObjectType(type) || type.getInterfaces().length === 0);
    expect(unused.map(String)).toEqual([]);
  });

  it('has nullable root fields, so that one failing part does not blank a page', () => {
    const required = Object.values(query.getFields()).filter((field) => isNonNullType(field.type));
    expect(required.map((field) => field.name)).toEqual(['nodes']);
  });

  it('completes every connection: edges with cursor and node, nodes, pageInfo, totalCount', () => {
    const connections = objects.filter((type) => type.name.endsWith('Connection'));
    expect(connections.length).toBeGreaterThan(7);
    for (const connection of connections) {
      const { edges, nodes, pageInfo, totalCount } = connection.getFields();
      const node = String(getNamedType(nodes!.type));
      expect(`${connection.name}: ${edges!.type} ${nodes!.type} ${pageInfo!.type} ${totalCount!.type}`).toBe(
        `${connection.name}: [${node}Edge!]! [${node}!]! PageInfo! Int!`,
      );
      const edge = (getNamedType(edges!.type) as GraphQLObjectType).getFields();
      expect(`${edge.cursor!.type} ${edge.node!.type}`).toBe(`String! ${node}!`);
    }
  });

  it('gives each connection field `first`, 20 by default, and `after`', () => {
    for (const type of objects)
      for (const field of Object.values(type.getFields()))
        if (getNamedType(field.type).name.endsWith('Connection')) {
          const [first, after] = ['first', 'after'].map((name) => field.args.find((arg) => arg.name === name));
          expect([`${type.name}.${field.name}`, first?.defaultValue, String(after?.type)]).toEqual([
            `${type.name}.${field.name}`,
            20,
            'String',
          ]);
        }
  });

  it('gives each mutation one input at most, and a payload of its own with userErrors', () => {
    const payloads = Object.values(mutation.getFields()).map((field) => {
      expect([
        field.name,
        field.args.length <= 1 && field.args.every((arg) => arg.name === 'input' && isNonNullType(arg.type)),
      ]).toEqual([field.name, true]);
      expect(String(field.type)).toBe(`${field.name[0]!.toUpperCase()}${field.name.slice(1)}Payload!`);
      const payload = payloadOf(field);
      expect([payload.name, String(payload.getFields().userErrors?.type)]).toEqual([payload.name, '[UserError!]!']);
      return payload.name;
    });
    expect(new Set(payloads).size).toBe(payloads.length);
  });

  it('makes nodes in payloads nullable, as nothing comes of a refused mutation', () => {
    for (const field of Object.values(mutation.getFields()))
      for (const part of Object.values(payloadOf(field).getFields())) {
        const isNode = isObjectType(getNamedType(part.type)) && !isListType(getNullableType(part.type));
        if (isNode)
          expect([`${field.name}.${part.name}`, isNonNullType(part.type)]).toEqual([
            `${field.name}.${part.name}`,
            false,
          ]);
      }
  });

  it('says of every mutation who may, and what it invalidates or that it invalidates nothing', () => {
    const silent = Object.values(mutation.getFields()).filter(({ astNode }) => {
      const names = astNode!.directives!.map(({ name }) => name.value);
      const invalidates = names.filter((name) => name === 'invalidates' || name === 'invalidatesNothing');
      return !names.includes('access') || invalidates.length !== 1;
    });
    expect(silent.map((field) => field.name)).toEqual([]);
  });

  it('says what it is for a member who is confined to some accounts, wherever it says who may', () => {
    const guarded = [query, mutation].flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name: field, astNode }) => {
        const access = astNode!.directives!.find(({ name }) => name.value === 'access');
        return access ? [{ field, names: access.arguments!.map(({ name }) => name.value) }] : [];
      }),
    );
    const silent = guarded.filter(({ names }) => !names.includes('confinement'));
    const expected = 'each with @access(…, confinement: SHARED | WITHIN | REFUSED), and a line in docs/access.md';
    expect(
      silent.map(({ field }) => field),
      expected,
    ).toEqual([]);
  });

  it('gives every node an id alone as its identity', () => {
    const nodes = schema.getPossibleTypes(schema.getType('Node') as never) as readonly GraphQLObjectType[];
    expect(nodes.length).toBeGreaterThan(13);
    for (const node of nodes) expect([node.name, String(node.getFields().id?.type)]).toEqual([node.name, 'ID!']);
  });
});

describe('a cached field', () => {
  it('is never a mutation or a subscription, nor the statistics themselves', () => {
    expect(cached.length).toBeGreaterThanOrEqual(30);
    for (const { coordinate } of cached)
      expect(coordinate).not.toMatch(/^(Mutation|Subscription|CacheStats|CacheCategoryStats)\./);
  });

  it('covers every category', () => {
    const categories = (schema.getType('CacheCategory') as never as { getValues(): { name: string }[] }).getValues();
    expect(new Set(cached.map((plan) => plan.cache!.category))).toEqual(new Set(categories.map(({ name }) => name)));
  });

  it('has a tag, unless it is PUBLIC and changes with releases only', () => {
    const untagged = cached.filter((plan) => plan.cache!.scope !== 'PUBLIC' && plan.cache!.tags.length === 0);
    expect(untagged.map((plan) => plan.coordinate)).toEqual([]);
  });

  it('has tags that name a type', () => {
    for (const { coordinate, cache } of cached)
      for (const tag of cache!.tags)
        expect([coordinate, schema.getType(tag.text.split(':')[0]!)?.name]).toEqual([
          coordinate,
          tag.text.split(':')[0],
        ]);
  });

  const everyTag = [
    ...cached.filter((plan) => plan.cache!.scope !== 'PUBLIC').map((plan) => ({ plan, tags: plan.cache!.tags })),
    ...objects
      .flatMap(plansOf)
      .filter((plan) => plan.dependsOn)
      .map((plan) => ({ plan, tags: plan.dependsOn! })),
  ].flatMap(({ plan, tags }) => tags.map((tag) => ({ coordinate: plan.coordinate, tag })));
  const invalidated: readonly TagTemplate[] = mutations.flatMap((plan) => plan.invalidates ?? []);

  it.each(everyTag.map(({ coordinate, tag }) => [tag.text, coordinate, tag] as const))(
    'has no tag that no mutation invalidates: %s of %s',
    (_text, coordinate, tag) => {
      expect([coordinate, invalidated.some((other) => mayOverlap(other, tag))]).toEqual([coordinate, true]);
    },
  );
});
