import { GraphQLError } from 'graphql';
import { mayAs } from '../domains/viewer/authority.ts';
import { unauthenticated } from './context.ts';
import type { FieldPlan } from './field-plan.ts';
import type { RequestState } from './request.ts';

/** Throws unless the viewer may use the field. Runs before everything else, also before a cache lookup. */
export function checkAccess(plan: FieldPlan, { viewer }: RequestState): void {
  const { role = 'READER', audience = 'MEMBERS', confinement = 'SHARED' } = plan.access ?? {};
  if (audience === 'ANYONE') return;
  if (!viewer) unauthenticated();
  if (audience === 'SYSTEM' && viewer.kind !== 'SYSTEM')
    forbidden(`${plan.coordinate} is for Magpie's own background work.`);
  if (!mayAs(viewer.role, role))
    forbidden(`${plan.coordinate} requires the role ${role}, but yours is ${viewer.role}.`);
  if (confinement === 'REFUSED' && viewer.accountIds !== null)
    forbidden(`${plan.coordinate} requires access to all accounts, but you are confined to some.`);
}

function forbidden(message: string): never {
  throw new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
