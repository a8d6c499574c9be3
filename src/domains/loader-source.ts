import type DataLoader from 'dataloader';
import type { Queries } from '../database/database.ts';
import type { Scope } from './scope.ts';

/** The batch function of a loader. It returns the values, or errors, in the order of their keys. */
export type Batch<Key, Value> = (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;

export type CreateLoader = <Key, Value, CacheKey = Key>(
  batch: Batch<Key, Value>,
  keyOf?: (key: Key) => CacheKey,
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
