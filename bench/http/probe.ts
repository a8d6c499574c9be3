import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { collectGarbage } from '../../test/setup/garbage.ts';

/** What the benchmark asks a contender's process; each question is answered once. */
export type Question =
  | { readonly ask: 'memory' }
  /** Each statement waits so long before it is sent, as at a busy database. */
  | { readonly ask: 'slow down'; readonly delayMs: number }
  /** How many statements with this id among their parameters were sent, since it was last asked about another one. */
  | { readonly ask: 'loads of'; readonly id: string }
  | { readonly ask: 'begin profile' }
  | { readonly ask: 'end profile'; readonly file: string };

export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/**
 * Loaded into every contender, Magpie too, before its own first line (`node --import`): it counts what is sent to PostgreSQL and
 * tells the memory held after a collection. A request that no statement answers never meets it.
 */
let delayMs = 0;
let watched = { id: '', loads: 0 };
let profiler: Session | undefined;

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
  if (watched.id !== '' && JSON.stringify(given[1])?.includes(watched.id)) watched.loads++;
  const send = () => Reflect.apply(query, this, given);
  return delayMs === 0 ? send() : sleep(delayMs).then(send);
} as typeof query;

process.on('message', async (question: Question) => process.send?.(await answerTo(question)));
process.channel?.unref();

async function answerTo(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'memory': {
      collectGarbage();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rssBytes: rss, heapBytes: heapUsed + external } satisfies Memory;
    }
    case 'slow down':
      delayMs = question.delayMs;
      return null;
    case 'loads of': {
      const { loads } = watched;
      if (question.id !== watched.id) watched = { id: question.id, loads: 0 };
      return loads;
    }
    case 'begin profile':
      profiler = new Session();
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.start');
      return null;
    case 'end profile': {
      const { profile } = await profiler!.post('Profiler.stop');
      profiler!.disconnect();
      writeFileSync(question.file, JSON.stringify(profile));
      return null;
    }
  }
}
