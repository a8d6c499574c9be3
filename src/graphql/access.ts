import { type DeclaredField, readDirective } from '@magpie/graphql-cache/parts';
import { GraphQLError, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { mayAs } from '../domains/viewer/authority.ts';
import type { AccessAudience, Confinement, WorkspaceRole } from '../generated/schema.ts';
import { unauthenticated } from './context.ts';
import type { RequestState } from './request.ts';

/** The `@access` of a field. */
export interface AccessPlan {
  readonly role: WorkspaceRole;
  readonly audience: AccessAudience;
  readonly confinement: Confinement;
}

/**
 * Reads the `@access` of a field. Throws a `TypeError` where it would have no effect: a cached result is checked at the root field
 * only.
 */
export function accessOf(declared: DeclaredField): AccessPlan | undefined {
  const { schema, type, field } = declared;
  const access = readDirective(declared, 'access') as AccessPlan | undefined;
  if (access && !isRootType(schema, type))
    throw new TypeError(
      `${type.name}.${field.name}: expected @access on a root field, but got it on a field of ${type.name}`,
    );
  return access;
}

export function isRootType(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return type === schema.getQueryType() || type === schema.getMutationType() || type === schema.getSubscriptionType();
}

/** Throws unless the viewer may use the field. Runs before everything else, also before a cache lookup. */
export function checkAccess(
  { coordinate, access }: { coordinate: string; access: AccessPlan | undefined },
  { viewer }: Pick<RequestState, 'viewer'>,
): void {
  const { role = 'READER', audience = 'MEMBERS', confinement = 'SHARED' } = access ?? {};
  if (audience === 'ANYONE') return;
  if (!viewer) unauthenticated();
  if (audience === 'SYSTEM' && viewer.kind !== 'SYSTEM')
    forbidden(`${coordinate} is reserved for Magpie's background work.`);
  if (!mayAs(viewer.role, role)) forbidden(`${coordinate} requires the role ${role}, but yours is ${viewer.role}.`);
  if (confinement === 'REFUSED' && viewer.accountIds !== null)
    forbidden(`${coordinate} requires access to all accounts, but you are confined to some.`);
}

export function forbidden(message: string): never {
  throw new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
