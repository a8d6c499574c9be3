import type { Queries } from '../../database/database.ts';
import { compareRules, readOffsetsOfDatabase, readOffsetsOfNode } from './comparison.ts';
import { rulesVersion } from './rules.ts';

export interface RulesCheckOptions {
  readonly queries: Queries;
  /** The version of the rules that Node.js has, `process.versions.tz`. */
  readonly nodeRules: string;
  readonly log: { warn(details: object, message: string): void };
  readonly now?: () => Date;
}

/**
 * Says once, soon after the start, whose rules of time zones differ from Magpie's. It computes days by its own rules, so that its
 * answers do not depend on it; but other programs may use those of the database, and a newer Node.js means that Magpie's are old.
 */
export function createRulesCheck({ queries, nodeRules, log, now = () => new Date() }: RulesCheckOptions) {
  const stopping = new AbortController();
  let done = Promise.resolve();

  async function check(): Promise<void> {
    const when = { now: now(), signal: stopping.signal };
    const node = await compareRules({ owner: `Node.js (${nodeRules})`, read: readOffsetsOfNode }, when);
    if (node) log.warn({}, `${node}: ${nodeRules > rulesVersion ? 'update Magpie' : 'update Node.js'}`);
    const database = await compareRules({ owner: 'the database', read: readOffsetsOfDatabase(queries) }, when);
    if (database) log.warn({}, `${database}: what else reads it by local time gets other days; update PostgreSQL`);
  }

  return {
    start(): void {
      done = check().catch((error: unknown) =>
        log.warn({ err: error }, 'the rules of time zones could not be compared'),
      );
    },
    /** Resolves when nothing is compared any more. */
    async stop(): Promise<void> {
      stopping.abort();
      await done;
    },
  };
}
