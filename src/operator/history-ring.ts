import { type ColumnName, columnNames, type Figures, merged } from './columns.ts';

/** One figure of one series: a value for each interval, null where none is known. */
export type Column = (number | null)[];

/**
 * Figures of the last `length` intervals for each series, in one array of numbers: `length` × series × columns × 8 bytes, whatever
 * happens. Intervals are numbered by the wall clock.
 */
export class HistoryRing {
  readonly length: number;
  readonly #series: readonly string[];
  readonly #values: Float64Array;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(length: number, series: readonly string[]) {
    this.length = length;
    this.#series = series;
    this.#values = new Float64Array(length * series.length * columnNames.length).fill(Number.NaN);
  }

  get bytes(): number {
    return this.#values.byteLength;
  }

  /** Adds the figures of an interval. One that is recorded twice is merged; see `merged`. One that is too old is ignored. */
  record(interval: number, figuresBySeries: ReadonlyMap<string, Figures>, isSameProcess = true): void {
    if (interval > this.#latest) this.#advance(interval);
    if (interval > this.#latest - this.length) this.#join(interval, figuresBySeries, isSameProcess);
  }

  /** Removes the intervals after this one, for a clock that was set back. */
  removeAfter(interval: number): void {
    if (interval >= this.#latest) return;
    this.#clear(interval + 1, this.#latest);
    this.#latest = interval;
  }

  /** A column of `count` intervals up to `last`, at most `length` of them. */
  read(series: string, name: ColumnName, { last, count }: { last: number; count: number }): Column {
    const place = this.#series.indexOf(series);
    const column = columnNames.indexOf(name);
    const values: Column = [];
    for (let interval = last - count + 1; interval <= last; interval++) {
      const isKept = interval <= this.#latest && interval > this.#latest - this.length;
      const value = isKept ? this.#values[this.#index(interval, place) + column]! : Number.NaN;
      values.push(Number.isNaN(value) ? null : value);
    }
    return values;
  }

  #advance(interval: number): void {
    this.#clear(this.#latest + 1, interval);
    this.#latest = interval;
  }

  #clear(from: number, to: number): void {
    for (let interval = Math.max(from, to - this.length + 1); interval <= to; interval++) {
      const start = this.#index(interval, 0);
      this.#values.fill(Number.NaN, start, start + this.#series.length * columnNames.length);
    }
  }

  #join(interval: number, figuresBySeries: ReadonlyMap<string, Figures>, isSameProcess: boolean): void {
    for (const [series, figures] of figuresBySeries) {
      const place = this.#series.indexOf(series);
      if (place < 0) continue;
      columnNames.forEach((name, column) => {
        const later = figures[name];
        if (later === undefined) return;
        const index = this.#index(interval, place) + column;
        const earlier = this.#values[index]!;
        this.#values[index] = Number.isNaN(earlier) ? later : merged(name, { earlier, later, isSameProcess });
      });
    }
  }

  #index(interval: number, place: number): number {
    const slot = ((interval % this.length) + this.length) % this.length;
    return (slot * this.#series.length + place) * columnNames.length;
  }
}
