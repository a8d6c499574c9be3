import type { Interval, Intervals } from '@magpie/cache';
import type { CacheCategory } from '../generated/schema.ts';
import { type ColumnName, type Figures, figuresOf, partsOf, withoutLevels } from './columns.ts';
import { type Column, HistoryRing } from './history-ring.ts';

export type Step = 'SECOND' | 'MINUTE';

/** The name of the series of all categories together. */
export const allTogether = 'ALL';

const stepMs: Readonly<Record<Step, number>> = { SECOND: 1_000, MINUTE: 60_000 };
const lengths: Readonly<Record<Step, number>> = { SECOND: 600, MINUTE: 1_440 };
/** Minutes that wait to be saved while the database cannot be reached; the oldest are given up beyond it. */
const maxUnsaved = 60;

/** What a process did in one minute of the wall clock. */
export interface RecordedMinute {
  readonly startsAtMs: number;
  readonly figures: ReadonlyMap<string, Figures>;
}

export interface HistoryPart {
  readonly step: Step;
  readonly startsAtMs: number;
  readonly intervals: number;
  /** Reads one column: each is as long as the part, so that nobody pays for columns that were not asked for. */
  column(series: string, name: ColumnName): Column;
}

/** What the cache did: each second of the last ten minutes, and each minute of the last day. 4.3 MB for ten categories. */
export class History {
  readonly categories: readonly CacheCategory[];
  readonly #seconds: Intervals<CacheCategory>;
  readonly #minutes: Intervals<CacheCategory>;
  readonly #rings: Readonly<Record<Step, HistoryRing>>;
  #unsaved: RecordedMinute[] = [];
  readonly #startedAtMs: number;
  #minute: number;
  #latestMs: number;

  /** `seconds` and `minutes` begin now. */
  constructor(seconds: Intervals<CacheCategory>, minutes: Intervals<CacheCategory>, startedAtMs: number) {
    this.#seconds = seconds;
    this.#minutes = minutes;
    this.categories = seconds.categories;
    const series = [allTogether, ...this.categories];
    this.#rings = { SECOND: new HistoryRing(lengths.SECOND, series), MINUTE: new HistoryRing(lengths.MINUTE, series) };
    this.#minute = Math.floor(startedAtMs / stepMs.MINUTE);
    this.#startedAtMs = startedAtMs;
    this.#latestMs = startedAtMs;
  }

  get bytes(): number {
    return this.#rings.SECOND.bytes + this.#rings.MINUTE.bytes;
  }

  /**
   * Ends the present second, and the present minute when the clock shows another. Call it at the end of each second; what is counted
   * until a late call is spread over the seconds since the one before. When the clock was set back, what was recorded under later
   * times is removed.
   */
  recordSecond(nowMs: number): Interval<CacheCategory> {
    if (nowMs < this.#latestMs)
      for (const step of ['SECOND', 'MINUTE'] as const) this.#rings[step].removeAfter(lastOf(step, nowMs));
    const ended = this.#seconds.next();
    const last = lastOf('SECOND', nowMs);
    const lasted = Math.min(
      last - lastOf('SECOND', this.#latestMs),
      Math.round(ended.ms / stepMs.SECOND),
      lengths.SECOND,
    );
    this.#recordSeconds(figuresBySeries(ended), { last, count: Math.max(1, lasted) });
    this.#latestMs = nowMs;
    const minute = Math.floor(nowMs / stepMs.MINUTE);
    if (minute !== this.#minute) {
      this.#endMinute(figuresBySeries(this.#minutes.next()));
      this.#minute = minute;
    }
    return ended;
  }

  /**
   * Ends the present minute early, so that it can be saved before the process ends. It has no levels: at its end the process holds
   * nothing, and the one that follows has what it holds itself.
   */
  end(): void {
    const figures = [...figuresBySeries(this.#minutes.next())];
    this.#endMinute(new Map(figures.map(([series, one]) => [series, withoutLevels(one)])));
  }

  /** Minutes that were not saved yet, the oldest first. */
  get unsaved(): readonly RecordedMinute[] {
    return this.#unsaved;
  }

  saved(minute: RecordedMinute): void {
    this.#unsaved = this.#unsaved.filter((other) => other !== minute);
  }

  /**
   * Adds a minute of another process, or of an earlier one. Returns false, without effect, for one that is not over yet: a process
   * that stops saves it, or one whose clock is fast.
   */
  merge({ startsAtMs, figures }: RecordedMinute, nowMs: number): boolean {
    const minute = Math.floor(startsAtMs / stepMs.MINUTE);
    if (minute > lastOf('MINUTE', nowMs)) return false;
    this.#rings.MINUTE.record(minute, figures, false);
    return true;
  }

  /**
   * Fills the seconds before this process started with a minute that was saved until then: spread over all of its seconds, or over
   * those before the start. Seconds themselves are not saved.
   */
  fillSeconds({ startsAtMs, figures }: RecordedMinute): void {
    const first = startsAtMs / stepMs.SECOND;
    const end = Math.min(first + 60, Math.floor(this.#startedAtMs / stepMs.SECOND));
    if (end > first) this.#recordSeconds(figures, { last: end - 1, count: end - first, isSameProcess: false });
  }

  /** The intervals that ended within the last `rangeMs`. */
  read({ step, rangeMs, nowMs }: { step: Step; rangeMs: number; nowMs: number }): HistoryPart {
    const count = Math.min(lengths[step], Math.floor(rangeMs / stepMs[step]));
    const last = lastOf(step, nowMs);
    return {
      step,
      startsAtMs: (last - count + 1) * stepMs[step],
      intervals: count,
      column: (series, name) => this.#rings[step].read(series, name, { last, count }),
    };
  }

  /** Spreads figures over seconds. */
  #recordSeconds(
    figures: RecordedMinute['figures'],
    { last, count, isSameProcess = true }: { last: number; count: number; isSameProcess?: boolean },
  ): void {
    const parts = [...figures].map(([series, one]) => ({ series, of: count === 1 ? [one] : partsOf(one, count) }));
    for (let part = 0; part < count; part++) {
      const second = new Map(parts.map(({ series, of }) => [series, of[part]!]));
      this.#rings.SECOND.record(last - count + 1 + part, second, isSameProcess);
    }
  }

  #endMinute(figures: RecordedMinute['figures']): void {
    this.#rings.MINUTE.record(this.#minute, figures);
    this.#unsaved.push({ startsAtMs: this.#minute * stepMs.MINUTE, figures });
    if (this.#unsaved.length > maxUnsaved) this.#unsaved.shift();
  }
}

/** The last interval that is over. */
function lastOf(step: Step, nowMs: number): number {
  return Math.floor(nowMs / stepMs[step]) - 1;
}

function figuresBySeries({ total, categories }: Interval): ReadonlyMap<string, Figures> {
  const figures = new Map([[allTogether, figuresOf(total)]]);
  for (const { category, counts } of categories) figures.set(category, figuresOf(counts));
  return figures;
}
