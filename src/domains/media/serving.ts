import type { Queries } from '../../database/database.ts';
import { isStorageKey } from './store.ts';

/** The metadata that a file is served with. */
export interface ServedFile {
  readonly mimeType: string;
  readonly fileName: string;
  readonly byteSize: number;
  /** In hex. Used as the ETag, as the bytes of a key never change. */
  readonly sha256: string;
}

/** The file at `/media/<storageKey>`, for any request: the key is the credential. Null once the asset is deleted. */
export async function findServed(queries: Queries, storageKey: string): Promise<ServedFile | null> {
  if (!isStorageKey(storageKey)) return null;
  const row = await queries
    .selectFrom('mediaAssets')
    .select(['mimeType', 'fileName', 'byteSize', 'sha256'])
    .where('storageKey', '=', storageKey)
    .executeTakeFirst();
  return row ?? null;
}
