import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Queries } from './database/database.ts';
import type { Log } from './domains/background.ts';
import { createDiskMediaStore, type DiskMediaStore } from './domains/media/disk-store.ts';
import { type MediaStore, MediaStoreError } from './domains/media/store.ts';
import { claimMediaStore } from './domains/media/store-identity.ts';

/** The folder of media files, in a data folder. */
export function mediaFolderOf(dataDir: string): string {
  return join(dataDir, 'media');
}

export interface OpenedMedia {
  readonly store: MediaStore;
  /** The same, if it is on disk. */
  readonly onDisk: DiskMediaStore | undefined;
}

/** Opens the store that the configuration names. Throws if it cannot be used, or is not the one that the database's rows point into. */
export async function openMedia({ mediaBucket, dataDir }: Config, queries: Queries): Promise<OpenedMedia> {
  if (mediaBucket === undefined) {
    const onDisk = createDiskMediaStore(mediaFolderOf(dataDir));
    await claimMediaStore(queries, onDisk, `the folder ${mediaFolderOf(dataDir)}`);
    return { store: onDisk, onDisk };
  }
  // Loaded only where it is used: its client is large.
  const { createObjectMediaStore } = await import('./domains/media/object-store.ts');
  const store = createObjectMediaStore(mediaBucket);
  await store.check();
  await claimMediaStore(queries, store, `the bucket ${mediaBucket.bucket} (MEDIA_S3_BUCKET)`);
  return { store, onDisk: undefined };
}

/**
 * Failures of the store are for the operator, who reads why in the log. Clients are told that it is unavailable; of a removal they are told
 * nothing, as to them the file is gone: no row names it any more.
 */
export function withToldFailures(store: MediaStore, log: Log): MediaStore {
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
        log.error({ key, err: error }, 'a media file that nothing refers to could not be removed');
      }),
  };
}
