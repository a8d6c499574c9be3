import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import { type AccountRecord, accountsByIds } from './repository.ts';

export function createAccountLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    /** Null for an account that is not there, or not the viewer's to see. */
    account: loader<string, AccountRecord | null>('account', async (ids) =>
      inOrder(ids, await accountsByIds(queries, scope, ids), (account) => account.id),
    ),
  };
}
