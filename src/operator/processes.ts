import type { Snapshot } from '@magpie/cache';
import { type CategoryTotals, type EntryCache, readReport, reportOf } from '@magpie/cache/entries';
import type { Queries } from '../database/database.ts';
import { failureOf } from '../database/errors.ts';
import type { CacheCategory } from '../generated/schema.ts';
import type { ColumnName } from './columns.ts';
import { allTogether, type History } from './history.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { findProcesses, findReports, type ProcessRow } from './process-repository.ts';

/** What a process says of itself. */
const states = ['SERVING', 'UNCACHED', 'CUT_OFF'] as const;
export type ProcessState = (typeof states)[number];

const figureNames = [
  ...(['lookups', 'hits', 'misses', 'bypasses', 'loads', 'failures', 'evictions', 'savedMs'] as const),
  ...(['entries', 'maxEntries', 'bytes', 'maxBytes', 'lookupsPerSecond'] as const),
] as const;

type Figures = Readonly<Record<(typeof figureNames)[number], number>>;

/** A process with what its cache has counted since its start, and holds. */
export interface ShownProcess extends ProcessIdentity, Figures {
  readonly isThis: boolean;
  readonly state: ProcessState | 'SILENT';
  readonly reportedAt: string;
  readonly silentMs: number;
}

/** What another process has counted. */
export interface OtherProcess {
  readonly startedAt: string;
  readonly categories: readonly CategoryTotals[];
}

/** A process that reports every five seconds and has not for so long is not counted any more. */
const silentAfterMs = 15_000;
/** Characters of JSON. The product's fields take less than 100,000. */
const maxReportLength = 200_000;
const rateSeconds = 10;

interface ProcessesOptions {
  readonly identity: ProcessIdentity;
  readonly cache: Pick<EntryCache<CacheCategory>, 'snapshot' | 'totals'>;
  readonly history: History;
  readonly stateOf: () => ProcessState;
  readonly wallNow: () => Date;
}

/** The processes of the database: this one as it is now, the others as they last reported. */
export class Processes {
  readonly identity: ProcessIdentity;
  readonly #options: ProcessesOptions;

  constructor(options: ProcessesOptions) {
    this.identity = options.identity;
    this.#options = options;
  }

  /** What this process reports. */
  report() {
    const { identity, cache, history, stateOf } = this.#options;
    const { total } = cache.snapshot(history.categories);
    const report = reportOf(cache.totals(history.categories), maxReportLength);
    return { ...identity, state: stateOf(), figures: this.#figuresOf(total), report };
  }

  /** All processes, by host and pid. While the database cannot be reached, this one alone. */
  async list(queries: Queries): Promise<ShownProcess[]> {
    const rows = await findProcesses(queries, { except: this.identity.id }).catch((error: unknown) => {
      if (failureOf(error) === 'unavailable') return [];
      throw error;
    });
    return [this.#own(), ...rows.map(shown)].sort(
      (one, other) => one.host.localeCompare(other.host) || one.pid - other.pid,
    );
  }

  /** What the others have counted, but for those that are silent, and those of versions whose report is another. */
  async others(queries: Queries): Promise<OtherProcess[]> {
    const rows = await findReports(queries, { except: this.identity.id, silentForMs: silentAfterMs });
    return rows.flatMap(({ startedAt, report }) => {
      const categories = readReport(report);
      return categories ? [{ startedAt, categories }] : [];
    });
  }

  #own(): ShownProcess {
    const { identity, cache, history, stateOf, wallNow } = this.#options;
    const { total } = cache.snapshot(history.categories);
    const reportedAt = wallNow().toISOString();
    return { ...identity, ...this.#figuresOf(total), isThis: true, state: stateOf(), reportedAt, silentMs: 0 };
  }

  #figuresOf(total: Snapshot['total']): Figures {
    return figuresFrom({ ...total, lookupsPerSecond: this.#lookupsPerSecond() });
  }

  #lookupsPerSecond(): number {
    const { history, wallNow } = this.#options;
    const part = history.read({ step: 'SECOND', rangeMs: rateSeconds * 1_000, nowMs: wallNow().getTime() });
    const columns = lookupColumns.map((name) => part.column(allTogether, name));
    const lookups = columns.flat().reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const seconds = columns[0]!.filter((value) => value !== null).length;
    return seconds === 0 ? 0 : lookups / seconds;
  }
}

const lookupColumns = [
  ...(['hits', 'bypasses', 'coldMisses', 'expiredMisses', 'evictedMisses', 'invalidatedMisses'] as const),
] as const satisfies readonly ColumnName[];

/** A row of another version may have other figures. */
function figuresFrom(found: Readonly<Record<string, unknown>>): Figures {
  const figures = figureNames.map((name) => {
    const figure = found[name];
    return [name, typeof figure === 'number' ? figure : 0];
  });
  return Object.fromEntries(figures);
}

function shown({ figures, state, ...row }: ProcessRow): ShownProcess {
  const told = states.find((known) => known === state) ?? 'UNCACHED';
  const isSilent = row.silentMs > silentAfterMs;
  const silentMs = Math.max(0, row.silentMs); // unless the clock was set back
  return { ...row, silentMs, ...figuresFrom(figures), isThis: false, state: isSilent ? 'SILENT' : told };
}
