import type { Queries } from '../../database/database.ts';
import { isStorageKey } from './store.ts';

/** What the address of a file is answered with, beside its bytes. */
export interface ServedFile {
  readonly mimeType: string;
  readonly fileName: string;
  readonly byteSize: number;
  /** Hex, fit for an ETag: the bytes of a key never change. */
  readonly sha256: string;
}

/** The file behind `/media/<storageKey>`, whoever asks: the key is the credential. Null once the asset is deleted. */
export async function findServed(queries: Queries, storageKey: string): Promise<ServedFile | null> {
  if (!isStorageKey(storageKey)) return null;
  const row = await queries
    .selectFrom('mediaAssets')
    .select(['mimeType', 'fileName', 'byteSize', 'sha256'])
    .where('storageKey', '=', storageKey)
    .executeTakeFirst();
  return row ?? null;
}
