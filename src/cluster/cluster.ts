import { inLane, type Queries, withoutTimeLimit } from '../database/database.ts';
import { appendToLog, findOutcome, type Invalidation, type LogPosition } from '../database/invalidation-log.ts';
import type { TransactionOutcome } from '../database/transaction.ts';
import { installTriggers, repairTriggers } from '../past-writes/install.ts';
import { fenceAll } from './fence-all.ts';
import { checkListening } from './listening-check.ts';
import type { LogView } from './log-view.ts';
import { Member } from './member.ts';
import type { Memory } from './member-options.ts';
import { prune } from './pruning.ts';
import { defaultTiming, type Timing } from './timing.ts';

export interface ClusterOptions {
  /** The database, on a direct connection. */
  readonly url: string;
  /** The same database, through the pool. */
  readonly queries: Queries;
  /** Identifies the rules by which this version names tags: rows of another version stand for everything of their workspace. */
  readonly tagsVersion: string;
  /** The tags that a row invalidates, as values depend on them; for `view`. */
  readonly tagsOf?: ((row: Invalidation) => readonly string[]) | undefined;
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly timing?: Timing;
}

/** This process among those of its database. */
export interface Cluster {
  /** Resolves when this process may answer from memory, or after some seconds without, in which case it goes on trying. */
  join(memory: Memory): Promise<void>;
  write(transaction: Queries, invalidation: Invalidation): Promise<LogPosition>;
  findOutcome(position: LogPosition): Promise<TransactionOutcome>;
  publish(
    logged: readonly { readonly invalidation: Invalidation; readonly position: LogPosition | undefined }[],
  ): Promise<void>;
  /** What is known of the log, for values that other processes have loaded; undefined without `tagsOf`. */
  readonly view: LogView | undefined;
  /** Leaves the others. Call it after the last mutation, and before the pool is closed. */
  close(): Promise<void>;
}

const pruneEveryMs = 300_000;
const lane = 'cluster';

/** Rejects if the connection of `url` does not hear what the pool notifies. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { url, queries, tagsVersion, tagsOf, log, timing = defaultTiming } = options;
  const own = inLane(queries, lane);
  await checkListening(url, own);
  await installTriggers({ queries: withoutTimeLimit(own), tagsVersion, log });
  const member = new Member({ url, fenceAll: () => fenceAll(own), tagsVersion, tagsOf, log, timing });
  const pruneNow = () => {
    prune(withoutTimeLimit(own)).catch((error: Error) => log.warn(`the log could not be pruned: ${error.message}`));
  };
  const checkTriggers = () => {
    repairTriggers({ queries: withoutTimeLimit(own), log }).catch((error: Error) =>
      log.warn(`the triggers that log writes of other programs could not be checked: ${error.message}`),
    );
  };
  const pruning = setInterval(() => {
    pruneNow();
    checkTriggers();
  }, pruneEveryMs);
  pruning.unref();
  return {
    async join(memory) {
      await member.join(memory);
      pruneNow();
    },
    write: (transaction, invalidation) => appendToLog(transaction, invalidation, tagsVersion),
    findOutcome: (position) => findOutcome(own, position),
    publish: (logged) =>
      member.publish(logged.map(({ invalidation, position }) => ({ ...(position ?? unplaced), ...invalidation }))),
    view: member.view,
    async close() {
      clearInterval(pruning);
      await member.close();
    },
  };
}

const unplaced = { id: null, xid: null, epoch: null };
