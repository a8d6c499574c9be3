import { randomBytes } from 'node:crypto';
import { mkdir, open as openFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assertStorageKey, isStorageKey, type MediaStore } from './store.ts';

export interface DiskMediaStore extends MediaStore {
  /** The keys of all files, unordered. */
  keys(): Promise<string[]>;
  /** Delays removals, for a backup. Returns a function that ends the delay; the last one to be called removes the files. */
  holdRemovals(): () => Promise<void>;
}

/** Keeps each file in a folder, under its key. */
export function createDiskMediaStore(folder: string): DiskMediaStore {
  const pathOf = (key: string) => {
    assertStorageKey(key);
    return join(folder, key);
  };
  const removeNow = (key: string) => rm(pathOf(key), { force: true });
  let holders = 0;
  const held = new Set<string>();
  return {
    async put(key, bytes) {
      const path = pathOf(key);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = `${path}.${randomBytes(8).toString('hex')}.draft`;
      try {
        await writeDurably(draft, bytes);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async open(key, range) {
      const file = await openFile(pathOf(key)).catch(nullIfMissing);
      if (!file) return null;
      try {
        const { size } = await file.stat();
        return { stream: file.createReadStream(range && { ...range }), size };
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    async remove(key) {
      if (holders === 0) await removeNow(key);
      else held.add(key);
    },
    async keys() {
      const names = (await readdir(folder).catch(nullIfMissing)) ?? [];
      return names.filter(isStorageKey);
    },
    holdRemovals() {
      holders += 1;
      return async () => {
        holders -= 1;
        if (holders > 0) return;
        for (const key of held) await removeNow(key);
        held.clear();
      };
    },
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await openFile(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
