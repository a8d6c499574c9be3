/** Upper bounds of the buckets, in seconds; one more bucket counts longer durations. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * A Prometheus histogram of durations by one label (text format 0.0.4). An observation is two additions. prom-client's own
 * histogram builds and looks up a string for the labels each time, which takes longer than to validate a remembered response.
 */
export class DurationHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #label: string;
  readonly #series = new Map<string, DurationSeries>();

  constructor({ name, help, label }: { name: string; help: string; label: string }) {
    this.#name = name;
    this.#help = help;
    this.#label = label;
  }

  /** `value` must need no escaping. */
  series(value: string): DurationSeries {
    let series = this.#series.get(value);
    if (!series) {
      series = new DurationSeries();
      this.#series.set(value, series);
    }
    return series;
  }

  text(): string {
    const series = [...this.#series].map(([value, { counts, sum }]) => {
      let count = 0;
      const within = Array.from(counts, (own) => {
        count += own;
        return count;
      });
      return { value, within: within.slice(0, -1), count, sum };
    });
    return histogramText({ name: this.#name, help: this.#help, label: this.#label, bounds }, series);
  }
}

interface HistogramFamily {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly bounds: readonly number[];
}

interface HistogramSeries {
  /** Of the label; it must need no escaping. */
  readonly value: string;
  /** How many observations are at most as large as each of the bounds. */
  readonly within: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** A histogram in Prometheus' text format 0.0.4. */
export function histogramText(
  { name, help, label, bounds }: HistogramFamily,
  series: readonly HistogramSeries[],
): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const { value, within, count, sum } of series) {
    const labels = `${label}="${value}"`;
    for (const [at, bound] of bounds.entries()) lines.push(`${name}_bucket{le="${bound}",${labels}} ${within[at]}`);
    lines.push(`${name}_bucket{le="+Inf",${labels}} ${count}`);
    lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
  }
  return `${lines.join('\n')}\n`;
}

export class DurationSeries {
  readonly counts = new Float64Array(bounds.length + 1);
  sum = 0;

  observe(seconds: number): void {
    let at = 0;
    while (at < bounds.length && seconds > bounds[at]!) at++;
    this.counts[at]!++;
    this.sum += seconds;
  }
}
