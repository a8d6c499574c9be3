import { type Logger, pino } from 'pino';
import { type App, createApp, watchDatabase } from './app.ts';
import { backUp } from './backup/backup.ts';
import { restore } from './backup/restore.ts';
import { type Config, readConfig } from './config.ts';
import { wordsOf } from './error-words.ts';
import { createListener, type Listener } from './http/listener.ts';
import { createCors } from './http/use-cors.ts';
import { throttled } from './throttled-log.ts';
import { welcome } from './welcome.ts';
import { supervise } from './workers/supervisor.ts';
import { connectToPrimary, isWorker } from './workers/worker.ts';

/** Time for closing everything, after the time for running requests. */
const closingMs = 10_000;
/** Signals within this time count as one. */
const sameSignalMs = 500;

/** Prints text for people to standard output; the log goes to standard error. */
function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints what failed and exits with 1. A configuration error has one line per problem. */
function fail(attempt: 'start' | 'stop in good order' | 'back up' | 'restore', error: unknown): never {
  for (const line of wordsOf(error).split('\n')) process.stderr.write(`magpie cannot ${attempt}: ${line}\n`);
  process.exit(1);
}

/** Writes lines in small batches with little delay. A batch is at most as long as an atomic write to a pipe, which workers share. */
const logBuffer = { minLength: 3_072, maxWrite: 4_096, periodicFlush: 200 };

async function main(): Promise<void> {
  const config = readConfig();
  if (process.argv.length > 2) return await runCommand(process.argv.slice(2), config);
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false, ...logBuffer }));
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a bug: an error that nobody caught');
    process.exit(1);
  });
  if (config.workers > 1 && !isWorker()) return await leadWorkers(config, log);

  const drops = throttled(log);
  const listener = createListener({
    maxConnections: config.limits.maxConnections,
    cors: createCors(config.cors),
    onDrop: () =>
      drops.warn({ limit: config.limits.maxConnections }, 'a connection was closed: MAX_CONNECTIONS are open'),
  });
  const line = isWorker() ? connectToPrimary() : undefined;
  // A single process listens from the start and reports that it is not ready; a worker would take requests from those that are ready.
  const early = line ? undefined : await listen(listener, config);
  const starting = createApp(config, {
    log,
    line,
    nodeRules: process.versions.tz!,
    progress: (message) => print(`magpie: ${message}`),
  });
  stopOnSignals({ config, listener, starting });
  const app = await starting;
  listener.serve({ ...app.server, notes: app.notes }, app.isReady);
  const url = early ?? (await listen(listener, config));
  if (config.workerRole === 'first') print(welcome({ url, config, demoTokens: app.demoTokens }));
  line?.announce();
}

/** Commands other than the server, by the first argument. */
const commands = {
  async backup(file: string, { dataDir }: Config) {
    return `wrote ${await backUp(file, dataDir).catch((error) => fail('back up', error))}`;
  },
  async restore(file: string, { dataDir }: Config) {
    const { createdAt, mediaFiles } = await restore(file, dataDir).catch((error) => fail('restore', error));
    return `restored the database of ${createdAt} and ${mediaFiles} media files to ${dataDir}`;
  },
};

/** Runs a command on the embedded database and its media. */
async function runCommand([name, file, ...more]: readonly string[], config: Config): Promise<void> {
  if ((name !== 'backup' && name !== 'restore') || file === undefined || more.length > 0)
    throw new Error('expected no arguments, `backup FILE` or `restore FILE`');
  if (config.databaseUrl !== undefined)
    throw new Error(
      `DATABASE_URL: expected the embedded database for ${name}; use pg_dump and pg_restore for a server`,
    );
  print(`magpie: ${await commands[name](file, config)}`);
}

/** Runs the primary of several workers. It serves no requests; it holds the lock on the database for all of them. */
async function leadWorkers(config: Config, log: Logger): Promise<void> {
  const soleUse = (await watchDatabase(config, log))!; // with the embedded database there are no workers
  const supervisor = supervise({ count: config.workers, group: soleUse.group, log });
  soleUse.follow(supervisor.allowCaching);
  onStopSignal(async (signal) => {
    await supervisor.stop(signal);
    await soleUse.close();
  });
  await supervisor.serving;
  print(`magpie: ${config.workers} workers`);
}

async function listen(listener: Listener, { host, port }: Config): Promise<string> {
  try {
    return await listener.listen({ host, port });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`PORT ${port} of ${host} is taken: stop what listens there, or choose another`);
    if (code === 'EACCES')
      throw new Error(`PORT ${port} of ${host} may not be used by this account: choose one above 1023`);
    if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code))
      throw new Error(`HOST ${host} is not an address of this machine`);
    throw new Error(`HOST ${host}, PORT ${port}: ${wordsOf(error)}`, { cause: error });
  }
}

function stopOnSignals({
  config: { limits },
  listener,
  starting,
}: {
  config: Config;
  listener: Listener;
  starting: Promise<App>;
}): void {
  onStopSignal(async (signal) => {
    const { drainMs } = limits;
    print(`magpie: ${signal}, finishing what is in flight; once more to stop at once`);
    setTimeout(() => process.exit(1), drainMs + closingMs).unref();
    const app = await starting.catch(() => undefined);
    const [cutOff] = await Promise.all([listener.drain(drainMs), app?.quiesce()]);
    if (cutOff > 0) print(`magpie: ${cutOff} connections were cut off after ${drainMs / 1000} s`);
    await app?.close();
    print('magpie: stopped');
  });
}

/**
 * Stops in good order at the first signal, and at once at a later one. Ctrl-C sends two signals within moments, from the terminal and
 * from npm or the primary, which count as one.
 */
function onStopSignal(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let firstAtMs: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (firstAtMs === undefined)
        stop(signal).then(
          () => process.exit(0),
          (error) => fail('stop in good order', error),
        );
      else if (performance.now() - firstAtMs > sameSignalMs) process.exit(1);
      firstAtMs ??= performance.now();
    });
}

main().catch((error) => fail('start', error));
