import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { supervise } from '../workers/supervisor.ts';
import { onStopSignal, print } from './end.ts';

/** Runs the primary of several workers. It serves no requests. */
export async function leadWorkers(config: Config, log: Logger): Promise<void> {
  const supervisor = supervise({ count: config.workers, log });
  onStopSignal((signal) => supervisor.stop(signal));
  await supervisor.serving;
  print(`magpie: ${config.workers} workers`);
}
