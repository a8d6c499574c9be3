import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  type AroundLoad,
  type FieldCache,
  type PlannedSchema,
  type Ports,
  planSchema,
  refuseDirectivesOf,
} from '@magpie/graphql-cache/parts';
import { type GraphQLSchema, isInterfaceType } from 'graphql';
import { type AccessPlan, accessOf } from './access.ts';
import { cachePorts } from './cache-ports.ts';
import { type ClusterLog, localLog } from './cluster-log.ts';
import { ReportedWrite } from './reported-write.ts';
import type { RequestContext } from './request.ts';
import { scalars } from './scalars.ts';

type ResolverMaps = NonNullable<Parameters<typeof makeExecutableSchema>[0]['resolvers']>;

const schemaFolder = new URL('../../schema/', import.meta.url);

/** Reads the schema files, one string for each. */
export function readTypeDefs(): string[] {
  return readdirSync(schemaFolder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readFileSync(new URL(file, schemaFolder), 'utf8'));
}

export const { version: programVersion } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as {
  version: string;
};

/**
 * Identifies the rules by which tags are named: by the schema's directives, and by code (`changes.add`, `reach.ts`,
 * `principals.ts`), for which the program's version stands: raise it in `package.json` when you change that code. 16 characters, as
 * each row of the log has it.
 */
export function tagsVersionOf(typeDefs: readonly string[], version = programVersion): string {
  return createHash('sha256')
    .update([version, ...typeDefs].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** Builds the product's schema and applies its directives. Without a cache, `@cache` has no effect. */
export function buildPlannedSchema({
  typeDefs,
  resolvers,
  cache,
  clusterLog = localLog(() => {}),
  aroundLoad,
}: {
  typeDefs: readonly string[];
  resolvers: readonly object[];
  cache: FieldCache | undefined;
  /** Without it, mutations invalidate nothing. */
  clusterLog?: ClusterLog;
  aroundLoad?: AroundLoad;
}): PlannedSchema {
  const schema = makeExecutableSchema({
    typeDefs: typeDefs.join('\n'), // one document: merging several takes as long as all the rest
    resolvers: [scalars, ...resolvers] as ResolverMaps,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
    updateResolversInPlace: true, // the schema is nobody else's: a copy for each step takes twice as long
  });
  for (const type of Object.values(schema.getTypeMap()))
    if (isInterfaceType(type)) refuseDirectivesOf(type, ['access']);
  const beginWrite: Ports<RequestContext>['beginWrite'] = (context, mutation) =>
    new ReportedWrite(context, mutation, clusterLog);
  return planSchema(schema, { cache, ports: { ...cachePorts, beginWrite, aroundLoad } });
}

/** Returns the `@access` of the root fields that state it, by coordinate. */
export function accessPlans(schema: GraphQLSchema): ReadonlyMap<string, AccessPlan> {
  const plans = new Map<string, AccessPlan>();
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const field of Object.values(type?.getFields() ?? {})) {
      const access = accessOf({ schema, type: type!, field });
      if (access) plans.set(`${type!.name}.${field.name}`, access);
    }
  return plans;
}
