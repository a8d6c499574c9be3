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
    const lines = [`# HELP ${this.#name} ${this.#help}`, `# TYPE ${this.#name} histogram`];
    for (const [value, { counts, sum }] of this.#series) {
      const labels = `${this.#label}="${value}"`;
      let count = 0;
      for (const [at, bound] of [...bounds, '+Inf'].entries()) {
        count += counts[at]!;
        lines.push(`${this.#name}_bucket{le="${bound}",${labels}} ${count}`);
      }
      lines.push(`${this.#name}_sum{${labels}} ${sum}`, `${this.#name}_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
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
