import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Queries } from './database/database.ts';
import type { Log } from './domains/background.ts';
import { createDiskMediaStore, type DiskMediaStore } from './domains/media/disk-store.ts';
import { type MediaStore, MediaStoreError } from './domains/media/store.ts';
import { claimMediaStore } from './domains/media/store-identity.ts';

/** The folder of media files in a data folder. */
function mediaFolderOf(dataDir: string): string {
  return join(dataDir, 'media');
}

export interface OpenedMedia {
  readonly store: MediaStore;
  /** The same store if it is on disk; otherwise undefined. */
  readonly onDisk: DiskMediaStore | undefined;
}

/** Opens the configured store. Rejects if it cannot be used, or is not the store that the database's rows refer to. */
export async function openMedia({ mediaBucket, dataDir }: Config, queries: Queries): Promise<OpenedMedia> {
  if (mediaBucket === undefined) {
    const onDisk = createDiskMediaStore(mediaFolderOf(dataDir));
    await claimMediaStore(queries, onDisk, `the folder ${mediaFolderOf(dataDir)}`);
    return { store: onDisk, onDisk };
  }
  // Imported only when used, as its client library is large.
  const { createObjectMediaStore } = await import('./domains/media/object-store.ts');
  const store = createObjectMediaStore(mediaBucket);
  await store.check();
  await claimMediaStore(queries, store, `the bucket ${mediaBucket.bucket} (MEDIA_S3_BUCKET)`);
  return { store, onDisk: undefined };
}

/**
 * The store with failures that are logged for the operator. Clients get an error that says that the store is unavailable, except
 * for a removal, which resolves: for them the file is gone, as no row refers to it any more.
 */
export function withFailureLog(store: MediaStore, log: Log): MediaStore {
  const unavailable = (error: unknown, details: { key: string }, message: string) => {
    log.error({ ...details, err: error }, message);
    throw new MediaStoreError(message, { cause: error });
  };
  return {
    put: (key, bytes) =>
      store.put(key, bytes).catch((error) => unavailable(error, { key }, 'a media file could not be stored')),
    open: (key, range) =>
      store.open(key, range).catch((error) => unavailable(error, { key }, 'a media file could not be opened')),
    remove: (key) =>
      store.remove(key).catch((error: unknown) => {
        log.error({ key, err: error }, 'an unreferenced media file could not be removed');
      }),
  };
}
