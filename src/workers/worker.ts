import cluster from 'node:cluster';
import { RelayLine, type ToWorker } from './relay.ts';

/** Whether this process is a worker of a primary. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Connects this worker to its primary. A worker that loses the channel exits (Node's default), as it would miss invalidations. */
export function connectToPrimary(): RelayLine {
  const { worker } = cluster;
  if (!worker) throw new Error('expected a worker process, but got one without a primary');
  return new RelayLine({
    send: (message) => worker.send(message),
    onMessage: (listener) => worker.on('message', (message: ToWorker) => listener(message)),
  });
}
