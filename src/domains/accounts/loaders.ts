import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import { type AccountRecord, accountsByIds } from './repository.ts';

export function createAccountLoaders({ queries, scope }: LoaderSource) {
  return {
    /** Null for an account that is not there, or not the viewer's to see. */
    account: new DataLoader<string, AccountRecord | null>(async (ids) =>
      inOrder(ids, await accountsByIds(queries, scope, ids), (account) => account.id),
    ),
  };
}
