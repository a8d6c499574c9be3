import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Process {
  /** What it prints, line by line. */
  readonly lines: AsyncIterator<string>;
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Runs a TypeScript file in a process of its own, which does not outlive the test. */
export function startProcess(script: URL, ...args: string[]): Process {
  // It will not live long enough for PGlite to be compiled twice, the second time well.
  const flags = ['--liftoff-only', '--import', 'tsx'];
  const child = spawn(process.execPath, [...flags, fileURLToPath(script), ...args], {
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
