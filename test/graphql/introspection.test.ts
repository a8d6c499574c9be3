import { buildSchema, type GraphQLSchema, introspectionFromSchema, lexicographicSortSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { resolvers } from '../../src/domains/resolvers.ts';
import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';

const written = buildSchema(readTypeDefs().join('\n'));
const { schema: served } = buildPlannedSchema({
  ...{ typeDefs: readTypeDefs(), resolvers, cache: undefined },
});
const told = (schema: GraphQLSchema) =>
  introspectionFromSchema(lexicographicSortSchema(schema), { schemaDescription: true, specifiedByUrl: true }).__schema;

/** All that introspection tells, by the name of what it is about. */
function parts({ types, directives, ...schema }: ReturnType<typeof told>) {
  return Object.fromEntries<object>([
    ['the schema', schema],
    ...types.map((type) => [type.name, type] as const),
    ...directives.map((directive) => [`@${directive.name}`, directive] as const),
  ]);
}

describe('introspection tells of', () => {
  const expected = parts(told(written));
  const actual = parts(told(served));

  it('the same types and directives as the files of the schema, and what the schema is', () => {
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    expect(actual['the schema']).toHaveProperty('description', expect.stringMatching(/^Magpie is /));
    for (const name of ['DateTime', 'Date', 'Upload'])
      expect(actual[name]).toHaveProperty('specifiedByURL', expect.stringMatching(/^https:/));
  });

  it.each(Object.keys(expected))('%s what the files say', (name) => {
    expect(actual[name]).toEqual(expected[name]);
  });
});
