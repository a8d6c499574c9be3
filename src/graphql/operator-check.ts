import type { Context } from '../domains/context.ts';
import { rateLimited } from '../domains/errors.ts';
import { forbidden } from './access.ts';

export interface OperatorOptions {
  /** The id of the workspace whose administrators may change what all workspaces share (`OPERATOR_WORKSPACE`). */
  readonly operatorWorkspace?: string;
  readonly isDemo: boolean;
}

/** Throws unless a request may change what all workspaces share. Call it before anything is written. */
export type OperatorCheck = (context: Pick<Context, 'viewer' | 'queries'>) => Promise<void>;

/**
 * Creates the check of a mutation whose effect goes beyond its workspace. Each workspace makes its own administrators, so their
 * role alone is no permission for the others: the operator of the server names one workspace. Without it, the check passes in a
 * demo, and while the database has one workspace.
 */
export function createOperatorCheck({ operatorWorkspace, isDemo }: OperatorOptions): OperatorCheck {
  return async ({ viewer, queries }) => {
    const remedy = 'expected a member of the workspace that the variable OPERATOR_WORKSPACE of the server names, but';
    if (operatorWorkspace !== undefined) {
      if (viewer.workspaceId !== operatorWorkspace)
        forbidden(`This changes the cache of all workspaces: ${remedy} yours is another.`);
    } else if (!isDemo) {
      const workspaces = await queries.selectFrom('workspaces').select('id').limit(2).execute();
      if (workspaces.length > 1)
        forbidden(
          `This changes the cache of all workspaces: ${remedy} it is not set, and there are several workspaces.`,
        );
    }
  };
}

/** Throws `RATE_LIMITED` when there were too many changes of what all workspaces share. */
export async function takeChange({ limits }: Pick<Context, 'limits'>): Promise<void> {
  const taken = await limits.operatorChanges.take('all');
  if ('retryAfterMs' in taken)
    throw rateLimited('Too many changes of cache policies within a minute', taken.retryAfterMs);
}
