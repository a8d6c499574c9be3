import { onTestFinished } from 'vitest';

const atEndOfFile: (() => Promise<void>)[] = [];

/** Disposes of something at the end of the test in which this is called; called in `beforeAll`, at the end of the file. */
export function disposeInTime(dispose: () => Promise<void>): void {
  try {
    onTestFinished(dispose);
  } catch {
    atEndOfFile.push(dispose); // no test is running: this is `beforeAll`
  }
}

/** Disposes of what the file has made outside of its tests, the latest first. */
export async function disposeAtEndOfFile(): Promise<void> {
  while (atEndOfFile.length > 0) await atEndOfFile.pop()!();
}
