import { minifyIntrospectionQuery } from '@urql/introspection';
import { introspectionFromSchema, isAbstractType, isObjectType, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { resolvers } from '../../src/domains/resolvers.ts';
import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';

const { schema } = buildPlannedSchema({
  ...{ typeDefs: readTypeDefs(), resolvers, cache: undefined },
});
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const asFile = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** After a change of the schema, `npx vitest run test/clients/generated-files.test.ts -u` writes these files anew. */
describe('a file for clients', () => {
  it('schema.graphql is the schema as introspection tells it, for what clients are built with', async () => {
    await expect(`${printSchema(schema)}\n`).toMatchFileSnapshot('../../clients/schema.graphql');
  });

  it('possible-types.json names the types of each interface and union, for Apollo Client', async () => {
    const possible = types
      .filter(isAbstractType)
      .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)] as const);
    const sorted = possible.map(([name, names]) => [name, names.sort()]).sort();
    await expect(asFile(Object.fromEntries(sorted))).toMatchFileSnapshot('../../clients/possible-types.json');
  });

  it('graphcache-schema.json tells Graphcache the types of interfaces and which fields can be null', async () => {
    const minified = minifyIntrospectionQuery(introspectionFromSchema(schema));
    await expect(asFile(minified)).toMatchFileSnapshot('../../clients/graphcache-schema.json');
  });

  it('types-without-id.json names the types that have no key, for Graphcache', async () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const keyless = types
      .filter(isObjectType)
      .filter((type) => !roots.includes(type) && !('id' in type.getFields()))
      .map(({ name }) => name);
    await expect(asFile(keyless.sort())).toMatchFileSnapshot('../../clients/types-without-id.json');
  });
});
