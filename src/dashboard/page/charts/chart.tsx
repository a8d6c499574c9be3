import { useId, useState } from 'preact/hooks';
import { moment, type Quantity, textOf } from '../figures/format.ts';
import { type Line, Plot, type PlotProps } from './plot.tsx';

/** A line, with the words for its values. */
export interface Reading extends Line {
  format(value: number): Quantity;
  /** What the legend says while nothing is pointed at; the last value when absent. */
  readonly now?: Quantity;
  /** Values for the legend, where those of the line are sums with others. */
  readonly shown?: Line['values'];
}

export interface ChartProps extends Omit<PlotProps, 'lines' | 'words' | 'onPoint' | 'height'> {
  readonly title: string;
  /** What the figures mean, in a few words. */
  readonly hint: string;
  readonly lines: readonly Reading[];
  /** The chart in a sentence, for those who do not see it. */
  readonly summary: string;
  /** `wide` takes more columns of its grid, `last` those that are left. */
  readonly span?: 'wide' | 'last';
}

/** A card with a chart, its legend, which tells the values under the pointer, and the same as a table. */
export function Chart({ title, hint, summary, span, ...plot }: ChartProps) {
  const [pointed, point] = useState<number | null>(null);
  const [isTable, showTable] = useState(false);
  const id = useId();
  const { x, lines, isTime } = plot;
  const { formatX = (seconds: number) => moment(seconds * 1000, x.at(-1)! * 1000) } = plot;
  const at = !isTable && pointed !== null && x[pointed] !== undefined ? pointed : null;
  return (
    <section class={`card ${span ?? ''}`} aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        <p class="hint">{at === null ? hint : formatX(x[at]!)}</p>
        <button type="button" class="quiet" aria-pressed={isTable} onClick={() => showTable(!isTable)}>
          Table<span class="unseen"> of {title}</span>
        </button>
      </header>
      <ul class="legend">
        {lines.map((line) => (
          <li key={line.label}>
            <i
              class={`swatch ${line.form}`}
              data-colour={line.colour.slice(2)}
              data-dashed={line.dash ? '' : undefined}
            />
            {line.label} <b>{textOf(legendValue(line, at))}</b>
          </li>
        ))}
      </ul>
      {isTable ? (
        <ValueTable x={x} lines={lines} firstHead={isTime ? 'Until' : 'Entries'} formatX={formatX} />
      ) : (
        <Plot {...plot} height={180} words={`${title}. ${summary}`} onPoint={point} />
      )}
      <p class="unseen" role="status">
        {at !== null &&
          `${formatX(x[at]!)}: ${lines.map((line) => `${line.label} ${textOf(legendValue(line, at))}`).join(', ')}`}
      </p>
    </section>
  );
}

function legendValue({ now, values, shown = values, format }: Reading, at: number | null): Quantity {
  if (at === null && now) return now;
  const value = at === null ? shown.findLast((one) => one != null) : shown[at];
  return value == null ? { figure: '–', unit: '' } : format(value);
}

/** The latest values, the latest first. */
const maxRows = 60;

interface ValueTableProps {
  readonly x: readonly number[];
  readonly lines: readonly Reading[];
  readonly firstHead: string;
  formatX(x: number): string;
}

function ValueTable({ x, lines, firstHead, formatX }: ValueTableProps) {
  const rows = x
    .map((value, index) => ({ value, index }))
    .filter(({ index }) => lines.some(({ values }) => values[index] != null))
    .slice(-maxRows)
    .reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class="scroll value-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{firstHead}</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, index }) => (
            <tr key={value}>
              <th scope="row">{formatX(value)}</th>
              {lines.map(({ label, values, shown = values, format }) => (
                <td key={label} class="number">
                  {shown[index] == null ? '–' : textOf(format(shown[index]))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
