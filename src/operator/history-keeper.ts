import { inLane, type Queries } from '../database/database.ts';
import { type Background, createBackground, type Log } from '../domains/background.ts';
import type { History } from './history.ts';
import { deleteMinutes, readMinutes, saveMinute } from './history-repository.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
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
 * last day. Deletes what is older. `stop` saves the minute that is not over.
 */
export function createHistoryKeeper(options: HistoryKeeperOptions): Background {
  const { history, processId, log, now = Date.now, pollMs = 15_000 } = options;
  const queries = inLane(options.queries, 'history');
  const merged = new Map<string, number>();
  let readSinceMs = now() - dayMs;

  async function save(): Promise<void> {
    for (const minute of history.unsaved) {
      await saveMinute(queries, { processId, ...minute });
      history.saved(minute);
    }
  }

  async function tick(): Promise<void> {
    await save();
    const nowMs = now();
    for (const minute of await readMinutes(queries, { sinceMs: readSinceMs, except: processId })) {
      const id = `${minute.processId} ${minute.startsAtMs}`;
      if (merged.has(id)) continue;
      merged.set(id, minute.startsAtMs);
      history.merge(minute, nowMs);
    }
    readSinceMs = nowMs - lateMs;
    for (const [id, startsAtMs] of merged) if (startsAtMs < readSinceMs) merged.delete(id);
    await deleteMinutes(queries, { beforeMs: nowMs - dayMs });
  }

  const background = createBackground(tick, { name: 'history of the cache', pollMs, log });
  return {
    ...background,
    async stop() {
      await background.stop();
      history.endMinute();
      await save().catch((error) => log.error({ err: error }, 'history of the cache: the last minute was not saved'));
    },
  };
}
