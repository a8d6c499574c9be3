import cluster from 'node:cluster';
import { RelayLine, type ToWorker } from './relay.ts';

/** Whether this process is one of several; then there is a primary to agree with. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** The line to the primary. A worker that loses it ends by itself, which is Node's default: it would hear of nothing. */
export function connectToPrimary(): RelayLine {
  const { worker } = cluster;
  if (!worker) throw new Error('expected a worker process, but got one without a primary');
  return new RelayLine({
    send: (message) => worker.send(message),
    onMessage: (listener) => worker.on('message', (message: ToWorker) => listener(message)),
  });
}
