import cluster from 'node:cluster';
import type { PrimaryLine, ToPrimary, ToWorker } from './messages.ts';

/** Whether this process is a worker of a primary. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Connects this worker to its primary. A worker that loses the channel exits (Node's default). */
export function connectToPrimary(): PrimaryLine {
  const { worker } = cluster;
  if (!worker) throw new Error('expected a worker process, but got one without a primary');
  return {
    announce: () => void worker.send({ kind: 'serving' } satisfies ToPrimary),
    onBackground: (listener) => void worker.on('message', ({ isRunning }: ToWorker) => listener(isRunning)),
  };
}
