import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DataDirLock, lockDataDir } from '../../src/database/data-dir-lock.ts';
import { bundled } from '../setup/bundle.ts';
import { createFolder } from '../setup/folders.ts';
import { nextLine, type Process, startProcess } from '../setup/processes.ts';

describe('the lock of a DATA_DIR', () => {
  it('refuses a second opening in the same process, and is free after its release', async () => {
    const folder = await createFolder();
    const lock = await lockDataDir(folder);
    await expect(lockDataDir(folder)).rejects.toThrow(/locked by this process since .*: stop it first, or choose/);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await lockDataDir(folder);
  });

  it('refuses a second process, naming the first and what to do', async () => {
    const folder = await createFolder();
    const { pid } = await startHolder(folder);
    await expect(lockDataDir(folder)).rejects.toThrow(
      new RegExp(
        `expected DATA_DIR ${folder} to be unlocked, but got it locked by process ${pid} of host .* stop it first`,
      ),
    );
  });

  it('is taken over from a process that was killed', async () => {
    const folder = await createFolder();
    const { process } = await startHolder(folder);
    process.child.kill('SIGKILL');
    await process.ended;
    await lockDataDir(folder);
  });

  it.runIf(process.platform === 'linux')('is taken over from a zombie', async () => {
    const folder = await createFolder();
    const pid = await holdAsZombie(folder);
    expect(process.kill(pid, 0)).toBe(true); // its pid is still taken
    await lockDataDir(folder);
  });

  it.runIf(process.platform === 'linux')('is taken over when its pid belongs to another process by now', async () => {
    const folder = await createFolder();
    await lockDataDir(folder);
    await alterOwner(folder, (owner) => owner.set('started', '1'));
    await lockDataDir(folder);
  });

  it.runIf(process.platform === 'linux')('is taken over after the host was started anew', async () => {
    const folder = await createFolder();
    await lockDataDir(folder);
    await alterOwner(folder, (owner) => owner.set('boot', 'an earlier one'));
    await lockDataDir(folder);
  });

  it('refuses an owner on another host, which may be alive', async () => {
    const folder = await createFolder();
    await lockDataDir(folder);
    await alterOwner(folder, (owner) => owner.set('host', 'elsewhere.example'));
    await expect(lockDataDir(folder)).rejects.toThrow(/of host elsewhere\.example .* remove the folder .*lock/);
  });

  it('does not come along when the folder is copied', async () => {
    const folder = await createFolder();
    await lockDataDir(folder);
    const copy = join(await createFolder(), 'copy');
    await laterThan(folder);
    await cp(folder, copy, { recursive: true });
    await expect(lockDataDir(folder)).rejects.toThrow('locked by this process');
    await lockDataDir(copy);
  });

  it('comes along when the folder is moved', async () => {
    const folder = join(await createFolder(), 'before');
    await mkdir(folder);
    await lockDataDir(folder);
    const moved = `${folder}-and-after`;
    await rename(folder, moved);
    await expect(lockDataDir(moved)).rejects.toThrow('locked by this process');
  });

  it('goes to exactly one of the processes that find its owner dead', async () => {
    const folder = await createFolder();
    const { process: first } = await startHolder(folder);
    first.child.kill('SIGKILL');
    await first.ended;
    const contenders = await Promise.all([1, 2, 3, 4].map(() => startProcess(holdLock, folder)));
    for (const contender of contenders) await nextLine(contender);
    for (const contender of contenders) contender.child.stdin.write('go\n');
    const answers = await Promise.all(contenders.map(nextLine));
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    expect(answers.filter((answer) => answer.includes('locked by process'))).toHaveLength(3);
  });

  it('goes to exactly one of many that ask at once, dead owner or none, a hundred times', async () => {
    const folder = await createFolder();
    for (let round = 0; round < 100; round += 1) {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(folder)));
      const locks = asked.filter((one): one is PromiseFulfilledResult<DataDirLock> => one.status === 'fulfilled');
      expect(locks).toHaveLength(1);
      expect(await readdir(folder)).toEqual(['lock']);
      if (round % 2 === 0) await locks[0]!.value.release();
      else await alterOwner(folder, (owner) => owner.set('boot', 'an earlier one'));
    }
  });
});

/** Returns once a new folder is younger than this one: file systems tell the time in steps of several milliseconds. */
async function laterThan(folder: string): Promise<void> {
  const { birthtimeMs } = await stat(folder);
  let newest: number;
  do newest = (await stat(await createFolder())).birthtimeMs;
  while (Math.floor(newest) === Math.floor(birthtimeMs));
}

const holdLock = new URL('./processes/hold-lock.ts', import.meta.url);

async function startHolder(folder: string): Promise<{ process: Process; pid: number }> {
  const process = await startProcess(holdLock, folder);
  const pid = Number(await nextLine(process));
  process.child.stdin.write('go\n');
  expect(await nextLine(process)).toBe('held');
  return { process, pid };
}

/** A process that was killed, and whose parent never asks how it ended. */
async function holdAsZombie(folder: string): Promise<number> {
  const command = '"$0" "$1" "$2" <<< go & exec sleep 600';
  const parent = spawn('bash', ['-c', command, process.execPath, await bundled(holdLock), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    parent.kill('SIGKILL');
  });
  let output = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!output.includes('held')) await once(parent.stdout, 'data');
  const pid = Number.parseInt(output, 10);
  process.kill(pid, 'SIGKILL');
  while (!/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8')));
  return pid;
}

/** Pretends that the lock was taken by someone else: its file's name is its owner. */
async function alterOwner(folder: string, change: (owner: URLSearchParams) => void): Promise<void> {
  const [name] = await readdir(join(folder, 'lock'));
  const owner = new URLSearchParams(name);
  change(owner);
  await rename(join(folder, 'lock', name!), join(folder, 'lock', owner.toString()));
}
