import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import type { ToPrimary, ToWorker } from './messages.ts';
import { Scrapes } from './scrapes.ts';

/**
 * A worker that ends soon after its start is replaced after a pause, so that a crash at the start does not repeat without pause.
 */
const firstPauseMs = 1_000;
/** Limit of the pause, so that workers are back soon after an outage of the database. */
const longestPauseMs = 10_000;
/** A worker that served for this long counts as well started: its replacement starts without a pause. */
const grownUpMs = 30_000;

export interface Supervisor {
  /** Resolves when the first worker accepts requests. Rejects when it ends before. */
  readonly serving: Promise<void>;
  /** Sends a signal to all workers. Resolves when they have ended. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

type Role = 'first' | 'other';

/**
 * Runs the primary: starts the workers, and replaces those that end. The first worker migrates, seeds and runs the background work,
 * so the others are started when it serves; its replacement takes over its work. The start has failed only when the original first
 * worker ends before it serves. Each worker has a number, from 1, which its replacement takes over.
 */
export function supervise({ count, log }: { count: number; log: Logger }): Supervisor {
  let isBackgroundRunning = false;
  let isStopping = false;
  let hasStarted = false;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const started = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const serving = new Map<number, Worker>(); // workers that accept requests, by number
  const send = (worker: Worker | undefined, message: ToWorker) => {
    if (worker?.isConnected()) worker.send(message);
  };
  const tell = (worker: Worker | undefined) => send(worker, { kind: 'background', isRunning: isBackgroundRunning });
  const setBackground = (isRunning: boolean) => {
    isBackgroundRunning = isRunning;
    for (const worker of Object.values(cluster.workers ?? {})) tell(worker);
  };
  const scrapes = new Scrapes({ workers: count, ask: (number) => send(serving.get(number), { kind: 'tell metrics' }) });

  /** `failures` counts the consecutive predecessors that ended soon after their start. */
  const start = (number: number, failures = 0) => {
    const role: Role = number === 1 ? 'first' : 'other';
    const worker = cluster.fork({ MAGPIE_WORKER: role });
    const child = worker.process;
    let servesSinceMs = Number.POSITIVE_INFINITY;
    const announced = () => {
      servesSinceMs = performance.now();
      serving.set(number, worker);
      log.info({ pid: child.pid, role }, 'a worker is ready');
      if (role !== 'first') return tell(worker);
      setBackground(true);
      hasStarted = true;
      settle.resolve();
    };
    worker.on('message', (message: ToPrimary) => {
      if (message.kind === 'serving') announced();
      else if (message.kind === 'metrics') scrapes.take(number, message.text);
      else void scrapes.run([...serving.keys()]).then((scrape) => send(worker, { kind: 'scraped', scrape }));
    });
    const replace = (details: object) => {
      serving.delete(number);
      scrapes.take(number, undefined);
      if (role === 'first') setBackground(false);
      if (isStopping) return;
      if (!hasStarted) return settle.reject(new Error('the first worker ended before it was ready'));
      const isYoung = !(performance.now() - servesSinceMs > grownUpMs);
      const inMs = isYoung ? Math.min(firstPauseMs * 2 ** failures, longestPauseMs) : 0;
      log.error({ pid: child.pid, role, ...details, inMs }, 'a worker ended and is replaced');
      setTimeout(() => !isStopping && start(number, isYoung ? failures + 1 : 0), inMs);
    };
    worker.on('exit', (code, signal) => replace({ code, signal }));
    worker.on('error', (error) => {
      if (child.pid === undefined) replace({ err: error }); // the process could not be started
    });
  };

  start(1);
  started.then(
    () => {
      for (let number = 2; number <= count; number++) start(number);
    },
    () => {}, // reported by `serving`
  );

  return {
    serving: started,
    async stop(signal) {
      isStopping = true;
      const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
      await Promise.all(workers.map((worker) => end(worker, signal)));
    },
  };
}

async function end(worker: Worker, signal: NodeJS.Signals): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  worker.process.kill(signal);
  await ended;
}
