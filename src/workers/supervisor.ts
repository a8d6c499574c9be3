import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { type Member, Relay, type ToPrimary } from './relay.ts';

/** Longer than a worker's event loop should ever be busy; a mutation waits for at most this. */
const ackWithinMs = 2_000;
/** A worker that ends young is not replaced at once, so that a crash at the start does not become a storm. */
const firstPauseMs = 1_000;
/** A database that is away for a while is found again soon. */
const longestPauseMs = 10_000;
/** A worker that has served for so long was no failure. */
const grownUpMs = 30_000;

export interface Supervisor {
  /** Resolves when the first worker answers requests. Rejects when it ends before. */
  readonly serving: Promise<void>;
  /** Tells the workers until when they may cache, in milliseconds of `performance.now()`; 0 resolves when none does any more. */
  allowCaching(untilMs: number): Promise<void>;
  /** Ends all workers as a signal would, and resolves when they are gone. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

type Role = 'first' | 'other';

/**
 * The primary: starts the workers, relays between them, and replaces those that end, for as long as it lives. The first one
 * migrates, seeds and runs the background work, so the others wait until it serves; its replacement takes over. Only when the very
 * first one ends before it served, the start has failed.
 */
export function supervise({ count, group, log }: { count: number; group: number; log: Logger }): Supervisor {
  const relay = new Relay({ ackWithinMs });
  let isStopping = false;
  let hasStarted = false;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const serving = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  /** `failures` is the number of workers in its place that ended young, one after the other. */
  const start = (role: Role, failures = 0) => {
    const worker = cluster.fork({ MAGPIE_WORKER: role, MAGPIE_GROUP: String(group) });
    const child = worker.process;
    const member: Member = {
      send: (message) => void (worker.isConnected() && worker.send(message)),
      kill: () => {
        log.error({ pid: child.pid }, 'a worker did not do in time what the cache demands, and is ended');
        child.kill('SIGKILL');
      },
    };
    let servesSinceMs = Number.POSITIVE_INFINITY;
    worker.on('message', (message: ToPrimary) => {
      relay.receive(member, message);
      if (message.kind !== 'serving') return;
      servesSinceMs = performance.now();
      log.info({ pid: child.pid, role }, 'a worker serves');
      if (role !== 'first') return;
      relay.tellBackground(true);
      hasStarted = true;
      settle.resolve();
    });
    const replace = (details: object) => {
      relay.leave(member);
      if (role === 'first') relay.tellBackground(false);
      if (isStopping) return;
      if (!hasStarted) return settle.reject(new Error('the first worker ended before it served'));
      const isYoung = !(performance.now() - servesSinceMs > grownUpMs);
      const inMs = isYoung ? Math.min(firstPauseMs * 2 ** failures, longestPauseMs) : 0;
      log.error({ pid: child.pid, role, ...details, inMs }, 'a worker ended and is replaced');
      setTimeout(() => !isStopping && start(role, isYoung ? failures + 1 : 0), inMs);
    };
    worker.on('exit', (code, signal) => replace({ code, signal }));
    worker.on('error', (error) => {
      if (child.pid === undefined) replace({ err: error }); // it could not be started at all
    });
  };

  start('first');
  serving.then(
    () => {
      for (let others = count - 1; others > 0; others--) start('other');
    },
    () => {}, // whoever waits for `serving` hears of it
  );

  return {
    serving,
    allowCaching: (untilMs) => relay.allowCaching(untilMs),
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
