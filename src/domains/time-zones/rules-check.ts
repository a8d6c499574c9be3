import type { Queries } from '../../database/database.ts';
import { compareRules, readOffsetsOfDatabase, readOffsetsOfNode } from './comparison.ts';
import { rulesVersion } from './rules.ts';

export interface RulesCheckOptions {
  readonly queries: Queries;
  /** The version of Node.js's rules, `process.versions.tz`. */
  readonly nodeRules: string;
  readonly log: { warn(details: object, message: string): void };
  readonly now?: () => Date;
}

/** The comparison takes half a second of CPU, which the first requests should have. */
const startsAfterMs = 60_000;

/**
 * Logs once, a minute after the start, whose time zone rules differ from Magpie's. Magpie computes days by its own rules, so its results do
 * not depend on the others; but other programs may use those of the database, and a newer Node.js means that Magpie's are old.
 */
export function createRulesCheck({ queries, nodeRules, log, now = () => new Date() }: RulesCheckOptions) {
  const stopping = new AbortController();
  let waiting: NodeJS.Timeout | undefined;
  let done = Promise.resolve();

  async function check(): Promise<void> {
    const when = { now: now(), signal: stopping.signal };
    const node = await compareRules({ owner: `Node.js (${nodeRules})`, read: readOffsetsOfNode }, when);
    if (node) log.warn({}, `${node}: ${nodeRules > rulesVersion ? 'update Magpie' : 'update Node.js'}`);
    const database = await compareRules({ owner: 'the database', read: readOffsetsOfDatabase(queries) }, when);
    if (database)
      log.warn({}, `${database}: other programs that read it by local time get other days; update PostgreSQL`);
  }

  return {
    start(): void {
      waiting = setTimeout(() => {
        done = check().catch((error: unknown) => log.warn({ err: error }, 'the time zone rules could not be compared'));
      }, startsAfterMs);
    },
    /** Ends the comparison. */
    async stop(): Promise<void> {
      clearTimeout(waiting);
      stopping.abort();
      await done;
    },
  };
}
