import type { AlertSettings } from './alert-settings.ts';
import type { Queries } from './database/database.ts';
import type { Background } from './domains/background.ts';
import type { GraphqlEngine } from './graphql/engine-interface.ts';
import { createSlack, createTelegram, createWebhook } from './operator/alert-channels.ts';
import { AlertDelivery } from './operator/alert-delivery.ts';
import { createHistoryKeeper } from './operator/history-keeper.ts';
import { createProcessReporter } from './operator/process-reporter.ts';
import type { LogLevels } from './throttled-log.ts';

/** Within this time a process follows a change of a policy that it did not hear of. */
const policiesEveryMs = 30_000;

interface WorkParts {
  readonly engine: Pick<GraphqlEngine, 'history' | 'processes' | 'recordSecond' | 'refreshPolicies' | 'saveExperiment'>;
  readonly queries: Queries;
  /** Whether no other process has this database. */
  readonly isAlone: boolean;
  readonly log: LogLevels;
  /** Default: that of this process. */
  readonly time?: WallTime;
}

/** The wall clock, and a timer. */
export interface WallTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` after a delay; the returned function prevents it. */
  after(delayMs: number, run: () => void): () => void;
}

/**
 * Starts the work of the operator's view: records each second, follows the policies in the database, reads the history there, and
 * lists this process among the others. The returned background work goes on with the last two. Resolves when all was done, or
 * failed.
 */
export async function startOperatorWork(parts: WorkParts): Promise<Background[]> {
  const { engine, queries, isAlone, log, time = wallTime } = parts;
  const reporter = isAlone ? undefined : createProcessReporter({ queries, processes: engine.processes, log });
  const keeper = createHistoryKeeper({
    queries,
    history: engine.history,
    processId: engine.processes.identity.id,
    log,
  });
  const refreshPolicies = () =>
    engine.refreshPolicies().catch((error) => log.error({ err: error }, 'cache: the policies could not be read'));
  const readHistory = () =>
    keeper.tick().catch((error) => log.error({ err: error }, 'history of the cache: it could not be read'));
  const report = () =>
    reporter?.tick().catch((error) => log.error({ err: error }, 'this process could not be listed among the others'));
  await Promise.all([refreshPolicies(), readHistory(), report()]);
  const stopPolicies = again(time, () => policiesEveryMs, refreshPolicies);
  const untilSecond = () => 1_001 - (time.now() % 1_000); // a timer may fire a little early
  const stopSeconds = again(time, untilSecond, () => {
    engine.recordSecond();
    engine
      .saveExperiment()
      .catch((error) => log.error({ err: error }, 'cache: rounds of an experiment could not be saved'));
  });
  const history = {
    ...keeper,
    async stop() {
      stopPolicies();
      stopSeconds();
      await keeper.stop();
    },
  };
  return reporter ? [history, reporter] : [history];
}

/** Creates a delivery for each configured receiver of alerts. */
export function createDeliveries({ webhook, slack, telegram }: AlertSettings, log: LogLevels): AlertDelivery[] {
  const channels = [
    ...(webhook ? [createWebhook(webhook)] : []),
    ...(slack ? [createSlack(slack)] : []),
    ...(telegram ? [createTelegram(telegram)] : []),
  ];
  return channels.map((channel) => new AlertDelivery({ channel, log }));
}

const wallTime: WallTime = {
  now: Date.now,
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    return () => clearTimeout(timeout);
  },
};

/** Calls again and again, each time after the delay that is then told. Returns a function that ends it. */
function again({ after }: WallTime, delayMs: () => number, run: () => void): () => void {
  let cancel: () => void;
  const schedule = () => {
    cancel = after(delayMs(), () => {
      schedule();
      run();
    });
  };
  schedule();
  return () => cancel();
}
