import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { type AccountRecord, accountsByIds } from './repository.ts';

export function createAccountLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    /** Null for an account that does not exist or that the viewer may not see. */
    account: loader<string, AccountRecord | null>(async (ids) =>
      inOrder(ids, await accountsByIds(queries, scope, ids), (account) => account.id),
    ),
  };
}
