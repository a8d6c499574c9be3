import type { Database } from './database/database.ts';
import type { LogLevels } from './throttled-log.ts';

/** A database that takes longer to reply counts as not ready. */
const readyWithinMs = 1_000;

/** Creates a check that the database replies, through the pool that requests use. Concurrent calls share one query. */
export function createProbe({ queries }: Database, log: LogLevels): () => Promise<boolean> {
  let running: Promise<boolean> | undefined;
  return async () => {
    running ??= queries
      .selectFrom('workspaces')
      .select('id')
      .limit(1)
      .execute()
      .then(
        () => true,
        (error: unknown) => {
          log.warn({ err: error }, 'the database does not respond');
          return false;
        },
      )
      .finally(() => {
        running = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        log.warn({ withinMs: readyWithinMs }, 'the database does not respond in time');
        resolve(false);
      }, readyWithinMs);
    });
    return await Promise.race([running, tooLate]).finally(() => clearTimeout(timer));
  };
}
