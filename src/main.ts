import { pino } from 'pino';
import { readConfig } from './config.ts';
import { fail } from './process/end.ts';
import { isWorker } from './workers/worker.ts';

/**
 * Writes lines in small batches with little delay. A batch is at most as long as an atomic write to a pipe, which workers share.
 */
const logBuffer = { minLength: 3_072, maxWrite: 4_096, periodicFlush: 200 };

/**
 * Runs what the command line and the configuration ask for. Each loads its own modules only: an error of the configuration is told
 * at once, and the primary of several workers holds no GraphQL in memory.
 */
async function main(): Promise<void> {
  const config = readConfig();
  if (process.argv.length > 2) {
    const { runCommand } = await import('./process/commands.ts');
    return await runCommand(process.argv.slice(2), config);
  }
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false, ...logBuffer }));
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a bug: an uncaught error');
    process.exit(1);
  });
  if (config.workers > 1 && !isWorker()) {
    const { leadWorkers } = await import('./process/lead-workers.ts');
    return await leadWorkers(config, log);
  }
  const { serve } = await import('./process/serve.ts');
  await serve(config, log);
}

main().catch((error) => fail('start', error));
