import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface Column<Row> {
  readonly head: string;
  readonly isNumber?: boolean;
  cell(row: Row): ComponentChildren;
}

interface TableCardProps<Row> {
  readonly title: string;
  readonly hint: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
  /** What is said when there are no rows. */
  readonly empty: string;
  readonly span?: 'wide';
  /** A button beside the title. */
  readonly action?: ComponentChildren;
}

/** A card with a table. What is wider than the card scrolls in it. */
export function TableCard<Row>({ title, hint, columns, rows, keyOf, empty, span, action }: TableCardProps<Row>) {
  const id = useId();
  const [first, ...rest] = columns;
  return (
    <section class={`card ${span ?? ''}`} aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        <p class="hint">{hint}</p>
        {action}
      </header>
      {rows.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map(({ head, isNumber }) => (
                  <th key={head} scope="col" class={isNumber ? 'number' : undefined}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={keyOf(row)}>
                  <th scope="row">{first!.cell(row)}</th>
                  {rest.map(({ head, isNumber, cell }) => (
                    <td key={head} class={isNumber ? 'number' : undefined}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
