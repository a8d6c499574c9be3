import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openDatabase } from '../database/database.ts';
import { ifAbsent, makeFolder } from '../database/file-errors.ts';
import { pgliteMajor } from '../database/pglite.ts';
import { assertStorageKey } from '../domains/media/store.ts';
import { databaseFile, mediaFolder, readBackup } from './archive.ts';

export interface Restored {
  /** When the backup began. */
  readonly createdAt: string;
  readonly mediaFiles: number;
}

/**
 * Fills a data folder from a backup. Rejects when the folder has a database or media already. Everything is unpacked into a draft
 * folder first, so that an incomplete backup changes nothing.
 */
export async function restore(file: string, dataDir: string): Promise<Restored> {
  await assertFree(dataDir);
  await makeFolder(dataDir);
  const draft = await mkdtemp(join(dataDir, 'restore-'));
  try {
    const restored = await unpack(resolve(file), draft);
    await rename(join(draft, 'media'), join(dataDir, 'media'));
    const dumpFile = join(draft, databaseFile);
    const database = await openDatabase({ dataDir, dumpFile, isMigrating: false });
    await database.close();
    return restored;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function assertFree(dataDir: string): Promise<void> {
  for (const folder of ['database', 'media']) {
    const names = await readdir(join(dataDir, folder)).catch(ifAbsent<string[]>([]));
    if (names.length > 0)
      throw new Error(
        `expected DATA_DIR ${dataDir} without a ${folder} folder, but got one: move it away, or choose another DATA_DIR`,
      );
  }
}

async function unpack(file: string, folder: string): Promise<Restored> {
  await mkdir(join(folder, 'media'), { mode: 0o700 });
  let mediaFiles = 0;
  let hasDatabase = false;
  const { createdAt, postgresMajor } = await readBackup(file, async (name, entry) => {
    if (name === databaseFile) hasDatabase = true;
    else {
      assertStorageKey(name.startsWith(mediaFolder) ? name.slice(mediaFolder.length) : name); // so that no path leaves the folder
      mediaFiles += 1;
    }
    await pipeline(entry, createWriteStream(join(folder, name), { mode: 0o600, flags: 'wx' }));
  });
  if (!hasDatabase) throw new Error(`expected ${file} to hold a database, but got none`);
  if (postgresMajor !== pgliteMajor)
    throw new Error(
      `expected a backup of PostgreSQL ${pgliteMajor}, but got one of PostgreSQL ${postgresMajor}: ` +
        'restore it with the version of Magpie that wrote it',
    );
  return { createdAt, mediaFiles };
}
