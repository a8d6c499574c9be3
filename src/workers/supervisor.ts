import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { type Member, Relay, type ToPrimary } from './relay.ts';

/** Longer than a worker's event loop should ever be busy; a mutation waits for at most this. */
const ackWithinMs = 2_000;
/** A worker that dies young is not replaced at once, so that a crash at the start does not become a storm. */
const restartAfterMs = 1_000;

export interface Supervisor {
  /** Resolves when the first worker answers requests. Rejects when it ends before. */
  readonly serving: Promise<void>;
  /** Tells the workers until when they may cache, in milliseconds of `performance.now()`; 0 resolves when none does any more. */
  allowCaching(untilMs: number): Promise<void>;
  /** Ends all workers as a signal would, and resolves when they are gone. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

/**
 * The primary: starts the workers, relays between them, and replaces those that end. The first one migrates, seeds and runs the
 * background work, so the others wait until it serves; its replacement takes over.
 */
export function supervise({ count, group, log }: { count: number; group: number; log: Logger }): Supervisor {
  const relay = new Relay({ ackWithinMs });
  let isStopping = false;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const serving = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const start = (isFirst: boolean) => {
    const worker = cluster.fork({ MAGPIE_WORKER: isFirst ? 'first' : 'other', MAGPIE_GROUP: String(group) });
    const member: Member = {
      send: (message) => void (worker.isConnected() && worker.send(message)),
      kill: () => {
        log.error({ pid: worker.process.pid }, 'a worker did not do in time what the cache demands, and is ended');
        worker.process.kill('SIGKILL');
      },
    };
    let hasServed = false;
    worker.on('message', (message: ToPrimary) => {
      relay.receive(member, message);
      if (message.kind !== 'serving') return;
      hasServed = true;
      if (isFirst) settle.resolve();
    });
    worker.on('exit', (code, signal) => {
      relay.leave(member);
      if (isStopping) return;
      if (isFirst && !hasServed) return settle.reject(new Error('the first worker ended before it served'));
      log.error({ pid: worker.process.pid, code, signal }, 'a worker ended and is replaced');
      setTimeout(() => !isStopping && start(isFirst), hasServed ? 0 : restartAfterMs);
    });
  };

  start(true);
  serving.then(
    () => {
      for (let others = count - 1; others > 0; others--) start(false);
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
