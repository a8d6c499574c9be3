import type DataLoader from 'dataloader';
import type { Queries } from '../database/database.ts';
import type { Scope } from './scope.ts';

/** Creates a loader. `keyOf` makes comparable keys of objects; a statement loads at most `maxBatchSize`, by default 1,000. */
export type CreateLoader = <Key, Value, CacheKey = Key>(
  batch: DataLoader.BatchLoadFn<Key, Value>,
  keyOf?: (key: Key) => CacheKey,
  maxBatchSize?: number,
) => DataLoader<Key, Value, CacheKey>;

/** What a domain creates its loaders from: the database, and the scope that restricts every query. */
export interface LoaderSource {
  readonly queries: Queries;
  readonly scope: Scope;
  /** For rows that only mutations of the scope's workspace change, or that never change. */
  readonly loader: CreateLoader;
  /** For rows that mutations of other workspaces change too. */
  readonly wideLoader: CreateLoader;
}
