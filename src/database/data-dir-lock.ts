import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, ifAbsent } from './file-errors.ts';
import { isThisProcess, nameOf, type Owner, type OwnerState, ownerOf, stateOf, thisProcess } from './lock-owner.ts';

export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Locks a folder against other processes, and against a second lock in this one. Replaces a dead owner. Rejects with an error that
 * names the owner if it is alive, or on another host, where it cannot be checked.
 *
 * The lock is the folder `lock` with one file, whose name describes the owner. A new owner renames that file, which succeeds for
 * exactly one of the processes that found the same owner dead. A new lock is created under another name, with its file, and
 * renamed, so that it is never incomplete.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const folder = join(dataDir, 'lock');
  const own = nameOf(await thisProcess(dataDir));
  for (let attempt = 1; attempt <= 500; attempt += 1) {
    const [holder] = await readdir(folder).catch(ifAbsent<string[]>([]));
    const state = holder === undefined ? 'dead' : await stateOf(ownerOf(holder), dataDir);
    if (state === 'alive' || state === 'elsewhere') throw heldError(dataDir, ownerOf(holder!), state);
    if (state === 'exiting') await delay(10);
    else if (holder === undefined ? await create(folder, own) : await replace(folder, holder, own)) {
      return { release: () => release(folder, own) };
    }
  }
  throw new Error(`expected the lock of DATA_DIR ${dataDir} to be released, but got an owner that is still exiting`);
}

async function create(folder: string, own: string): Promise<boolean> {
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(draft);
  await writeFile(join(draft, own), '');
  try {
    await rename(draft, folder); // replaces nothing or an empty folder; fails if the folder contains an owner
    return true;
  } catch (error) {
    await rm(draft, { recursive: true });
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}

async function replace(folder: string, holder: string, own: string): Promise<boolean> {
  return rename(join(folder, holder), join(folder, own)).then(() => true, ifAbsent(false));
}

async function release(folder: string, own: string): Promise<void> {
  await rm(join(folder, own), { force: true });
  await rmdir(folder).catch((error) => {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY')) throw error; // ignored: the next owner has the lock already
  });
}

function heldError(dataDir: string, owner: Owner, state: OwnerState): Error {
  const ownerName = isThisProcess(owner) ? 'this process' : `process ${owner.pid} of host ${owner.host}`;
  const remedy =
    state === 'elsewhere'
      ? `if it no longer runs there, remove the folder ${join(dataDir, 'lock')}`
      : 'stop it first, or choose another DATA_DIR';
  return new Error(
    `expected DATA_DIR ${dataDir} to be unlocked, but got it locked by ${ownerName} since ${owner.since}: ${remedy}`,
  );
}
