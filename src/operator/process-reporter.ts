import { inLane, type Queries } from '../database/database.ts';
import { type Background, createBackground, type Log } from '../domains/background.ts';
import { deleteProcess, deleteSilent, saveProcess } from './process-repository.ts';
import type { Processes } from './processes.ts';

/** A process that has been silent for so long is taken for gone. */
const goneAfterMs = 60_000;

interface ReporterOptions {
  readonly queries: Queries;
  readonly processes: Pick<Processes, 'identity' | 'report'>;
  readonly log: Log;
  readonly pollMs?: number;
}

/**
 * Writes into the database what this process has counted, for the others, and removes those that are gone. `stop` removes this one.
 */
export function createProcessReporter({ processes, log, pollMs = 5_000, ...options }: ReporterOptions): Background {
  const queries = inLane(options.queries, 'processes');
  const name = 'report to the other processes';
  async function tick(): Promise<void> {
    await saveProcess(queries, processes.report());
    await deleteSilent(queries, { silentForMs: goneAfterMs });
  }
  const background = createBackground(tick, { name, pollMs, log });
  return {
    ...background,
    async stop() {
      await background.stop();
      await deleteProcess(queries, processes.identity).catch((error) =>
        log.error({ err: error }, `${name}: this one is listed for a minute more`),
      );
    },
  };
}
