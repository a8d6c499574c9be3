import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Memory, Question } from './probe.ts';

/** What is started to be measured. */
export interface ContenderPlan {
  readonly name: string;
  /** As the tables call it. */
  readonly label: string;
  /** From the repository's root. */
  readonly script: string;
  readonly argument?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A server in a process of its own, on a core of its own. */
export interface Contender extends ContenderPlan {
  readonly port: number;
  /** CPU time so far, of all its threads, in milliseconds; NaN where the system does not tell. */
  cpuMs(): number;
  memory(): Promise<Memory>;
  slowDown(delayMs: number): Promise<void>;
  /** How often the database was asked with this id among the parameters, since another id was asked about. */
  loadsOf(id: string): Promise<number>;
  beginProfile(): Promise<void>;
  endProfile(file: string): Promise<void>;
  stop(): Promise<void>;
}

const root = new URL('../../', import.meta.url).pathname;
const serverCore = 0;
const generatorCore = 1;

/** None outlives this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Whether each side can have a core of its own. */
export const canPin = process.platform === 'linux' && hasTaskset();
const ticksPerSecond =
  process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : Number.NaN;

/** Keeps this process, and the database that it will start, off the servers' core. */
export function pinGenerator(): void {
  if (canPin) execFileSync('taskset', ['-a', '-cp', String(generatorCore), String(process.pid)]);
}

/**
 * Has this session preferred where its generator shares a core with PostgreSQL; the contenders, which belong to it too, have theirs
 * to themselves. Says whether it could, which takes the rights of root. Linux gives each of PostgreSQL's sessions as much as this
 * whole one (sched(7), autogroup): an answer that has come is then not read for milliseconds, which would be counted as the server's.
 */
export function preferGenerator(): boolean {
  try {
    if (!canPin || readFileSync('/proc/sys/kernel/sched_autogroup_enabled', 'latin1').trim() !== '1') return false;
    const before = readFileSync(autogroup, 'latin1').split(' ').at(-1)!;
    writeFileSync(autogroup, '-20');
    process.on('exit', () => writeFileSync(autogroup, before));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    return true;
  } catch {
    return false; // no autogroups, or no rights
  }
}

const autogroup = '/proc/self/autogroup';

/** What it logs goes to a file of the folder. */
export async function startContender(plan: ContenderPlan, folder: string): Promise<Contender> {
  const node = [
    process.execPath,
    '--expose-gc', // for the memory question
    '--conditions=magpie-source',
    '--import',
    'tsx',
    '--import',
    './bench/http/probe.ts',
    plan.script,
  ];
  if (plan.argument !== undefined) node.push(plan.argument);
  const [command, ...args] = canPin ? ['taskset', '-c', String(serverCore), ...node] : node;
  const logFile = join(folder, `${plan.name}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(command!, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', ...plan.environment },
    stdio: ['ignore', 'pipe', log, 'ipc'],
  });
  closeSync(log);
  running.add(child);
  const port = await portOf(child, { ...plan, logFile });
  const ask = async <T>(question: Question) => {
    child.send(question);
    const [answer] = await once(child, 'message');
    return answer as T;
  };
  return {
    ...plan,
    port,
    cpuMs: () => cpuMsOf(child.pid!),
    memory: () => ask<Memory>({ ask: 'memory' }),
    slowDown: (delayMs) => ask({ ask: 'slow down', delayMs }),
    loadsOf: (id) => ask({ ask: 'loads of', id }),
    beginProfile: () => ask({ ask: 'begin profile' }),
    endProfile: (file) => ask({ ask: 'end profile', file }),
    async stop() {
      running.delete(child);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Each says on a line of its own where it listens. */
function portOf(child: ChildProcess, { name, logFile }: ContenderPlan & { logFile: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      const lastWords = readFileSync(logFile, 'utf8').slice(-5_000);
      reject(new Error(`${name} ended with ${code ?? signal} instead of listening:\n${lastWords}`));
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
  });
}

/** Fields 14 and 15 of /proc/<pid>/stat, of which the second may hold spaces (proc(5)). */
function cpuMsOf(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const text = readFileSync(file, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-c', `${serverCore},${generatorCore}`, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
