import { onTestFinished } from 'vitest';

const atEndOfFile: (() => Promise<void>)[] = [];

/** Disposes of something at the end of the test in which this is called; called in `beforeAll`, at the end of the file. */
export function disposeInTime(dispose: () => Promise<void>): void {
  try {
    onTestFinished(dispose);
  } catch {
    disposeWithFile(dispose); // no test is running: this is `beforeAll`
  }
}

/** Disposes of something at the end of the file, also if a test has made it. */
export function disposeWithFile(dispose: () => Promise<void>): void {
  atEndOfFile.push(dispose);
}

/** Disposes of what is left, the latest first. */
export async function disposeAtEndOfFile(): Promise<void> {
  while (atEndOfFile.length > 0) await atEndOfFile.pop()!();
}
