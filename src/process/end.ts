import { messageOf } from '../error-message.ts';

/** Signals within this time count as one. */
const sameSignalMs = 500;

/** Prints text for people to standard output; the log goes to standard error. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints what failed and exits with 1. A configuration error has one line per problem. */
export function fail(attempt: 'start' | 'shut down cleanly' | 'back up' | 'restore', error: unknown): never {
  for (const line of messageOf(error).split('\n')) process.stderr.write(`magpie cannot ${attempt}: ${line}\n`);
  process.exit(1);
}

/**
 * Shuts down cleanly at the first signal, and at once at a later one. Ctrl-C sends two signals within moments, from the terminal
 * and from npm or the primary, which count as one.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let firstAtMs: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (firstAtMs === undefined)
        stop(signal).then(
          () => process.exit(0),
          (error) => fail('shut down cleanly', error),
        );
      else if (performance.now() - firstAtMs > sameSignalMs) process.exit(1);
      firstAtMs ??= performance.now();
    });
}
