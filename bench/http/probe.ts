import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';

/** What the benchmark asks a contender's process; each question is answered once. */
export type Question =
  | { readonly ask: 'memory' }
  /** Each statement waits so long before it is sent, as at a busy database. */
  | { readonly ask: 'slow down'; readonly delayMs: number }
  /** How often each statement was sent since this was last asked. */
  | { readonly ask: 'statements' };

export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/**
 * Loaded into every contender, Magpie too, before its own first line (`node --import`): it counts what is sent to PostgreSQL and
 * tells the memory held after a collection. A request that no statement answers never meets it.
 */
let delayMs = 0;
let statements = new Map<string, number>();

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
  const text = String(given[0]);
  statements.set(text, (statements.get(text) ?? 0) + 1);
  const send = () => Reflect.apply(query, this, given);
  return delayMs === 0 ? send() : sleep(delayMs).then(send);
} as typeof query;

process.on('message', (question: Question) => process.send?.(answerTo(question)));
process.channel?.unref();

function answerTo(question: Question): unknown {
  switch (question.ask) {
    case 'memory': {
      setFlagsFromString('--expose-gc');
      (runInNewContext('gc') as () => void)();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rssBytes: rss, heapBytes: heapUsed + external } satisfies Memory;
    }
    case 'slow down':
      delayMs = question.delayMs;
      return null;
    case 'statements': {
      const sent = [...statements];
      statements = new Map();
      return sent;
    }
  }
}
