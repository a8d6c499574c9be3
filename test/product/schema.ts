import { buildPlannedSchema, readTypeDefs } from '../../src/graphql/schema.ts';

/** The product's schema, to read it: nothing of it can be executed. */
export const { schema: productSchema } = buildPlannedSchema({
  ...{ typeDefs: readTypeDefs(), resolvers: [], cache: undefined },
});
