import { useId } from 'preact/hooks';
import { count, textOf } from '../figures/format.ts';

/** What is counted, the figure, and what it consists of. */
export type CounterRow = readonly [name: string, figure: string, more?: string];

interface CounterCardProps {
  readonly title: string;
  readonly hint: string;
  readonly rows: readonly CounterRow[];
}

/** A card with one figure a line. */
export function CounterCard({ title, hint, rows }: CounterCardProps) {
  const id = useId();
  return (
    <section class="card" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        <p class="hint">{hint}</p>
      </header>
      <dl class="counters">
        {rows.map(([name, figure, more]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{figure}</dd>
            <dd class="more">{more}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function number(value: number): string {
  return textOf(count(value));
}
