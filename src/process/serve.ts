import type { Logger } from 'pino';
import { type App, createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { messageOf } from '../error-message.ts';
import { createListener, type Listener } from '../http/listener.ts';
import { createCors } from '../http/use-cors.ts';
import { throttled } from '../throttled-log.ts';
import { welcome } from '../welcome.ts';
import { connectToPrimary, isWorker } from '../workers/worker.ts';
import { onStopSignal, print } from './end.ts';

/** Time for closing everything, after the time for running requests. */
const closingMs = 10_000;

/** Runs the server, alone or as a worker. */
export async function serve(config: Config, log: Logger): Promise<void> {
  const drops = throttled(log);
  const listener = createListener({
    maxConnections: config.limits.maxConnections,
    cors: createCors(config.cors),
    onDrop: () =>
      drops.warn({ limit: config.limits.maxConnections }, 'a connection was closed: MAX_CONNECTIONS are open'),
  });
  const line = isWorker() ? connectToPrimary() : undefined;
  // A single process listens from the start and reports that it is not ready; a worker would take requests from those that are
  // ready.
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

async function listen(listener: Listener, { host, port }: Config): Promise<string> {
  try {
    return await listener.listen({ host, port });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`PORT ${port} of ${host} is in use: stop the program that listens there, or choose another`);
    if (code === 'EACCES')
      throw new Error(`PORT ${port} of ${host} may not be used by this account: choose one above 1023`);
    if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code))
      throw new Error(`HOST ${host} is not an address of this machine`);
    throw new Error(`HOST ${host}, PORT ${port}: ${messageOf(error)}`, { cause: error });
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
    print(`magpie: ${signal}: finishing the requests in flight; send the signal again to stop at once`);
    setTimeout(() => process.exit(1), drainMs + closingMs).unref();
    const app = await starting.catch(() => undefined);
    const [cutOff] = await Promise.all([listener.drain(drainMs), app?.quiesce()]);
    if (cutOff > 0) print(`magpie: ${cutOff} connections were cut off after ${drainMs / 1000} s`);
    await app?.close();
    print('magpie: stopped');
  });
}
