import { inLane, type Queries } from '../database/database.ts';
import { type Background, createBackground, type Log } from '../domains/background.ts';
import type { History, RecordedMinute } from './history.ts';
import { deleteMinutes, readMinutes, saveMinute } from './history-repository.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
/** What seconds are kept of, and the minute that begins before. */
const secondsMs = 11 * minuteMs;
/** How long a process may take to save a minute that the others are to see. */
const lateMs = 10 * minuteMs;

export interface HistoryKeeperOptions {
  readonly queries: Queries;
  readonly history: History;
  /** Unlike that of any other process, earlier ones included. */
  readonly processId: string;
  readonly log: Log;
  readonly now?: () => number;
  readonly pollMs?: number;
}

/**
 * Keeps the minutes of a history in the database, and adds those of other processes, each once: at the first round those of the
 * last day, of which the last ones fill the seconds before the start, too. Deletes what is older. `stop` saves the minute that is
 * not over; others add it when it is.
 */
export function createHistoryKeeper(options: HistoryKeeperOptions): Background {
  const { history, processId, log, now = Date.now, pollMs = 15_000 } = options;
  const queries = inLane(options.queries, 'history');
  const merged = new Map<string, number>();
  let readAfterMs = now() - dayMs;
  let isFilled = false;

  async function save(): Promise<void> {
    for (const minute of history.unsaved) {
      await saveMinute(queries, { processId, ...minute });
      history.saved(minute);
    }
  }

  /** Fills the seconds before the start, once. */
  async function fillSeconds(): Promise<void> {
    const minutes: RecordedMinute[] = [];
    for await (const minute of readMinutes(queries, { afterMs: now() - secondsMs, except: processId }))
      minutes.push(minute);
    for (const minute of minutes) history.fillSeconds(minute);
    isFilled = true;
  }

  async function tick(): Promise<void> {
    await save();
    if (!isFilled) await fillSeconds();
    const nowMs = now();
    for await (const minute of readMinutes(queries, { afterMs: readAfterMs, except: processId })) {
      const id = `${minute.processId} ${minute.startsAtMs}`;
      if (!merged.has(id) && history.merge(minute, nowMs)) merged.set(id, minute.startsAtMs);
    }
    readAfterMs = nowMs - lateMs;
    for (const [id, startsAtMs] of merged) if (startsAtMs < readAfterMs) merged.delete(id);
    await deleteMinutes(queries, { beforeMs: nowMs - dayMs });
  }

  const background = createBackground(tick, { name: 'history of the cache', pollMs, log });
  return {
    ...background,
    async stop() {
      await background.stop();
      history.end();
      await save().catch((error) => log.error({ err: error }, 'history of the cache: the last minute was not saved'));
    },
  };
}
