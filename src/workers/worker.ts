import cluster, { type Worker } from 'node:cluster';
import { on } from 'node:events';
import type { PrimaryLine, Scrape, ToPrimary, ToWorker } from './messages.ts';

/** The primary waits for workers for a second. */
const scrapeMs = 2_000;

/** Whether this process is a worker of a primary. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Connects this worker to its primary. A worker that loses the channel exits (Node's default). */
export function connectToPrimary(): PrimaryLine {
  const { worker } = cluster;
  if (!worker) throw new Error('expected a worker process, but got one without a primary');
  const send = (message: ToPrimary) => void worker.send(message);
  let scrape: Promise<Scrape> | undefined;
  return {
    announce: () => send({ kind: 'serving' }),
    onBackground: (listener) =>
      void worker.on('message', (message: ToWorker) => {
        if (message.kind === 'background') listener(message.isRunning);
      }),
    onMetricsWanted: (tell) =>
      void worker.on('message', ({ kind }: ToWorker) => {
        if (kind !== 'tell metrics') return;
        tell().then(
          (text) => send({ kind: 'metrics', text }),
          () => send({ kind: 'metrics' }),
        );
      }),
    scrape() {
      scrape ??= scrapeOf(worker).finally(() => {
        scrape = undefined;
      });
      return scrape;
    },
  };
}

async function scrapeOf(worker: Worker): Promise<Scrape> {
  const messages = on(worker, 'message', { signal: AbortSignal.timeout(scrapeMs) });
  worker.send({ kind: 'scrape' } satisfies ToPrimary);
  for await (const [message] of messages as AsyncIterable<[ToWorker]>)
    if (message.kind === 'scraped') return message.scrape;
  throw new Error('expected messages until a scrape arrives, but got their end');
}
