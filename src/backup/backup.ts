import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openDatabase } from '../database/database.ts';
import { pgliteMajor } from '../database/pglite.ts';
import { createDiskMediaStore } from '../domains/media/disk-store.ts';
import { readBackup, writeBackup } from './archive.ts';
import { connectForBackup } from './backup-socket.ts';

/**
 * Writes a backup of a data folder to a file and resolves with its path. If a server runs on the folder, it writes the backup;
 * otherwise this process does, with the folder locked. The file is read again before it gets its final name, so that no incomplete
 * backup has that name.
 */
export async function backUp(file: string, dataDir: string): Promise<string> {
  const path = resolve(file);
  const draft = `${path}.draft`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await write(createWriteStream(draft, { mode: 0o600 }), dataDir);
    await syncFile(draft);
    await readBackup(draft, async (_name, entry) => {
      for await (const _chunk of entry); // reading it checks it
    });
    await rename(draft, path);
    return path;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function write(out: Writable, dataDir: string): Promise<void> {
  const socket = await connectForBackup(dataDir);
  if (socket) await pipeline(socket, out);
  else await writeAlone(out, dataDir);
}

/** Opens the database without migrations, so that the backup contains what the last version wrote. */
async function writeAlone(out: Writable, dataDir: string): Promise<void> {
  const database = await openDatabase({ dataDir, isMigrating: false, isCreating: false });
  const media = createDiskMediaStore(join(dataDir, 'media'));
  try {
    await writeBackup({ dump: database.dump!, media, postgresMajor: pgliteMajor }, out);
  } finally {
    await database.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}
