import { afterAll, onTestFinished } from 'vitest';

const atEndOfFile = new Set<() => Promise<void>>();

afterAll(async () => {
  await Promise.all([...atEndOfFile].map((dispose) => dispose()));
});

/** Disposes of something at the end of the test in which this is called; called in `beforeAll`, at the end of the file. */
export function disposeInTime(dispose: () => Promise<void>): void {
  try {
    onTestFinished(dispose);
  } catch {
    atEndOfFile.add(dispose); // no test is running: this is `beforeAll`
  }
}
