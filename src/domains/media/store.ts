import { randomBytes } from 'node:crypto';
import { mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredFile {
  /** The bytes asked for. It must be read to its end or destroyed, for it holds the file open. */
  readonly stream: Readable;
  /** Size of the whole file in bytes. */
  readonly size: number;
}

/** Where the bytes of media are. A key is written once and then only read or removed. */
export interface MediaStore {
  /** Resolves when the bytes are safe; before that nobody can open the key. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Null when there is no such file. A range beyond the file reads nothing. */
  open(key: string, range?: ByteRange): Promise<StoredFile | null>;
  /** Does nothing when there is no such file. */
  remove(key: string): Promise<void>;
}

const keyShape = /^[\w-]{22,128}$/;

/** 192 random bits, in hex so that folders which ignore case keep keys apart. */
export function newStorageKey(): string {
  return randomBytes(24).toString('hex');
}

/** Keeps each file in a folder, under its key. */
export function createDiskMediaStore(folder: string): MediaStore {
  const pathOf = (key: string) => {
    if (!keyShape.test(key)) throw new TypeError(`expected a storage key, but got ${JSON.stringify(key.slice(0, 80))}`);
    return join(folder, key);
  };
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
    remove: (key) => rm(pathOf(key), { force: true }),
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
