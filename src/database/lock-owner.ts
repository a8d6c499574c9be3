import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { hasCode, ifAbsent } from './file-errors.ts';

/** Who holds a lock. It is written in a file's name, and no two are ever equal. */
export interface Owner {
  pid: number;
  host: string;
  /** When the process began, in clock ticks since boot, so that another with its pid is told apart; empty if unknown. */
  started: string;
  /** Which boot of the host; empty if unknown. */
  boot: string;
  /** The folder that it locks, as the file system knows it: a copy of the folder is another. */
  folder: string;
  /** For people. */
  since: string;
  id: string;
}

/** This process as the owner of a folder. */
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

/** What can be said of an owner; one on another host cannot be asked. A copied folder has a copied lock, whose owner counts as dead. */
export type OwnerState = 'alive' | 'exiting' | 'dead' | 'elsewhere';

export async function stateOf(owner: Owner, folder: string): Promise<OwnerState> {
  if (isCopy(owner.folder, await identityOf(folder))) return 'dead';
  if (owner.host !== hostname()) return 'elsewhere';
  if (owner.boot !== (await bootId())) return 'dead';
  const process = await processStat(`/proc/${owner.pid}`);
  if (process === undefined) return mayBeSignalled(owner.pid) ? 'alive' : 'dead'; // no /proc, or one that hides others
  if (process.started !== owner.started) return 'dead';
  if (!isGone(process)) return 'alive';
  // A zombie's other threads may still be in their last system call, a write to the data perhaps.
  const threads = await readdir(`/proc/${owner.pid}/task`).catch(ifAbsent<string[]>([]));
  const stats = await Promise.all(threads.map((thread) => processStat(`/proc/${owner.pid}/task/${thread}`)));
  return stats.every((thread) => thread === undefined || isGone(thread)) ? 'dead' : 'exiting';
}

interface ProcessStat {
  state: string;
  started: string;
}

/** Reads `stat` of proc(5): the fields after the command, which is in parentheses and may hold some itself. */
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

/** Its inode and when it was made. */
async function identityOf(folder: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(folder);
  return `${ino}.${Math.floor(birthtimeMs)}`;
}

/** Both parts of the identity must differ: some file systems number a folder anew, others do not know when it was made. */
function isCopy(noted: string, found: string): boolean {
  const [notedParts, foundParts] = [noted.split('.'), found.split('.')];
  return noted !== '' && notedParts.every((part, at) => part !== foundParts[at]);
}
