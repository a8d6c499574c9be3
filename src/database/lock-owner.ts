import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { hasCode, ifAbsent } from './file-errors.ts';

/** The owner of a lock, written as a file name. No two owners are equal. */
export interface Owner {
  pid: number;
  host: string;
  /** Start time of the process in clock ticks since boot, to distinguish processes with the same pid; empty if unknown. */
  started: string;
  /** Id of the host's boot; empty if unknown. */
  boot: string;
  /** Identity of the locked folder in the file system, to recognise a copied folder. */
  folder: string;
  /** For error messages. */
  since: string;
  id: string;
}

/** This process as the owner of the lock of a folder. */
export async function thisProcess(folder: string): Promise<Owner> {
  return {
    pid,
    host: hostname(),
    started: (await processStat(`/proc/${pid}`))?.started ?? '',
    boot: await bootId(),
    folder: await identityOf(folder),
    since: new Date().toISOString(),
    id: randomUUID(),
  };
}

/** Where this process runs, and its number there. */
export function placeOfProcess(): Pick<Owner, 'host' | 'pid'> {
  return { host: hostname(), pid };
}

export function isThisProcess(owner: Owner): boolean {
  return owner.pid === pid && owner.host === hostname();
}

export function nameOf(owner: Owner): string {
  return new URLSearchParams({ ...owner, pid: String(owner.pid) }).toString();
}

export function ownerOf(name: string): Owner {
  const fields = new URLSearchParams(name);
  const field = (key: keyof Owner) => fields.get(key) ?? '';
  return {
    pid: Number(field('pid')),
    host: field('host'),
    started: field('started'),
    boot: field('boot'),
    folder: field('folder'),
    since: field('since'),
    id: field('id'),
  };
}

/**
 * The state of an owner. One on another host cannot be checked. A copied folder contains a copied lock, whose owner counts as dead.
 */
export type OwnerState = 'alive' | 'exiting' | 'dead' | 'elsewhere';

export async function stateOf(owner: Owner, folder: string): Promise<OwnerState> {
  if (isCopy(owner.folder, await identityOf(folder))) return 'dead';
  if (owner.host !== hostname()) return 'elsewhere';
  if (owner.boot !== (await bootId())) return 'dead';
  const process = await processStat(`/proc/${owner.pid}`);
  if (process === undefined) return mayBeSignalled(owner.pid) ? 'alive' : 'dead'; // no /proc, or it hides other processes
  if (process.started !== owner.started) return 'dead';
  if (!isGone(process)) return 'alive';
  // Other threads of a zombie may still be in a system call, such as a write to the data files.
  const threads = await readdir(`/proc/${owner.pid}/task`).catch(ifAbsent<string[]>([]));
  const stats = await Promise.all(threads.map((thread) => processStat(`/proc/${owner.pid}/task/${thread}`)));
  return stats.every((thread) => thread === undefined || isGone(thread)) ? 'dead' : 'exiting';
}

interface ProcessStat {
  state: string;
  started: string;
}

/** Reads `stat` of proc(5): the fields after the command, which is in parentheses and may contain parentheses itself. */
async function processStat(folder: string): Promise<ProcessStat | undefined> {
  const text = await readFile(`${folder}/stat`, 'utf8').catch((error) => {
    if (!hasCode(error, 'ENOENT', 'ESRCH')) throw error;
  });
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, started: fields[19]! };
}

function isGone({ state }: ProcessStat): boolean {
  return state === 'Z' || state === 'X';
}

function mayBeSignalled(other: number): boolean {
  try {
    return kill(other, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(ifAbsent(''))).trim();
}

/** The identity of a folder: its inode and creation time. */
async function identityOf(folder: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(folder);
  return `${ino}.${Math.floor(birthtimeMs)}`;
}

/** Whether both parts of the identity differ: some file systems change inode numbers, others do not know creation times. */
function isCopy(noted: string, found: string): boolean {
  const [notedParts, foundParts] = [noted.split('.'), found.split('.')];
  return noted !== '' && notedParts.every((part, at) => part !== foundParts[at]);
}
