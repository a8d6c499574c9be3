import { GraphQLError } from 'graphql';
import type { WorkspaceRole } from '../generated/schema.ts';
import { unauthenticated } from './context.ts';
import type { FieldPlan } from './field-plan.ts';
import type { RequestState } from './request.ts';

const ranks: Record<WorkspaceRole, number> = { READER: 0, CONTRIBUTOR: 1, EDITOR: 2, ADMIN: 3, OWNER: 4 };

/** Whether a role may what asks for another. */
export function mayAs(role: WorkspaceRole, required: WorkspaceRole): boolean {
  return ranks[role] >= ranks[required];
}

/** Throws unless the viewer may use the field. Comes before everything else, answers from the cache included. */
export function checkAccess(plan: FieldPlan, { viewer }: RequestState): void {
  const { role = 'READER', audience = 'MEMBERS' } = plan.access ?? {};
  if (audience === 'ANYONE') return;
  if (!viewer) unauthenticated();
  if (audience === 'SYSTEM' && viewer.kind !== 'SYSTEM')
    forbidden(`${plan.coordinate} is for Magpie's own background work.`);
  if (!mayAs(viewer.role, role))
    forbidden(`${plan.coordinate} asks for the role ${role}, but yours is ${viewer.role}.`);
}

function forbidden(message: string): never {
  throw new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
