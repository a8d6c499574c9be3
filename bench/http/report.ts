import { writeFileSync } from 'node:fs';
import type { Contender } from './contender.ts';
import { ratio, type Spread, spread, type Turn } from './rounds.ts';

/** What is printed and, as Markdown, kept; and whether all targets were met. */
export class Report {
  readonly #lines: string[] = [];
  readonly #startedAt = performance.now();
  hasMissed = false;

  /** Shown, not kept. */
  progress = (message: string): void => {
    const seconds = ((performance.now() - this.#startedAt) / 1_000).toFixed(0).padStart(4);
    console.error(`${seconds} s  ${message}`);
  };

  say(...lines: readonly string[]): void {
    for (const line of lines) console.log(line);
    this.#lines.push(...lines);
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]!.length)));
    const line = (cells: readonly string[]) =>
      `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
    const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
    this.say('', line(head), rule, ...rows.map(line));
  }

  verdict(target: string, isMet: boolean, found: string): void {
    this.hasMissed ||= !isMet;
    this.say(`- ${isMet ? 'met' : '**MISSED**'} · ${target}: ${found}`);
  }

  save(file: string): void {
    writeFileSync(file, `${this.#lines.join('\n')}\n`);
  }
}

/** One row a contender; ratios are taken round by round. */
export function tableOf(
  report: Report,
  contenders: readonly Contender[],
  { turns, named = 'all', against }: { turns: ReadonlyMap<string, readonly Turn[]>; named?: string; against?: string },
): void {
  const limit = against === undefined ? undefined : turns.get(against);
  report.table(
    [
      'contender',
      'requests/s',
      '(min–max)',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      ...(limit ? [`× ${against}`, '(min–max)'] : []),
    ],
    contenders.map(({ name, label }) => {
      const own = turns.get(name)!;
      const rates = spread(own.map(({ rate }) => rate));
      const latencies = own.map(({ latencies }) => latencies.get(named));
      const ms = (key: 'p50Ms' | 'p99Ms') =>
        spread(latencies.map((latency) => latency?.[key] ?? Number.NaN)).median.toFixed(2);
      const compared = limit && ratio(own, limit);
      return [
        ...[label, whole(rates.median), `${whole(rates.min)}–${whole(rates.max)}`, ms('p50Ms'), ms('p99Ms')],
        whole(spread(own.map(({ cpuUs }) => cpuUs)).median),
        ...(compared ? [compared.median.toFixed(2), range(compared)] : []),
      ];
    }),
  );
}

export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
}

function range({ min, max }: Spread): string {
  return `${min.toFixed(2)}–${max.toFixed(2)}`;
}

export function shown(value: Spread): string {
  return `${value.median.toFixed(2)} (${range(value)})`;
}
