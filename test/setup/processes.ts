import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { bundled } from './bundle.ts';

export interface Process {
  /** What it prints, line by line. */
  readonly lines: AsyncIterator<string>;
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Of Node, for a short life: PGlite is compiled once and fast, not a second time and well. */
export const nodeFlags = ['--liftoff-only'];

/** Runs a TypeScript file in a process of its own, which may collect garbage and does not outlive the test. */
export async function startProcess(script: URL, ...args: string[]): Promise<Process> {
  const child = spawn(process.execPath, ['--expose-gc', ...nodeFlags, await bundled(script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    ended: once(child, 'exit').then(([code, signal]) => code ?? signal),
  };
}

export async function nextLine({ lines }: Process): Promise<string> {
  const line = await lines.next();
  if (line.done) throw new Error('expected a line of output, but got its end');
  return line.value;
}
