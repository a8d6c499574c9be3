import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disposeInTime } from './disposal.ts';
import { createFolder } from './folders.ts';

/** Whether this account may mount file systems; most may not. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'magpie-test-mount-'));
  try {
    mount(folder, 'size=1m');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** A folder that is a disk of its own, of so many MB. It goes with the test. */
export async function createDisk(megabytes: number) {
  const folder = await createFolder();
  mount(folder, `size=${megabytes}m`);
  disposeInTime(async () => void execFileSync('umount', ['--lazy', folder]));
  return { folder, resize: (other: number) => mount(folder, `remount,size=${other}m`) };
}

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
}
