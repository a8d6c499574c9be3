import { percent, textOf } from '../figures/format.ts';
import { Track } from './rail.tsx';
import type { Column } from './table.tsx';

/** A column of figures, aligned at their end. */
export function numberColumn<Row>(head: string, cell: Column<Row>['cell']): Column<Row> {
  return { head, isNumber: true, cell };
}

/** The hit ratio of a row, as a figure and as a bar. */
export const hitRatioColumn: Column<{ readonly hitRatio?: number | null }> = {
  head: 'Hit ratio',
  cell: ({ hitRatio }) => (
    <div class="ratio">
      <span>{textOf(percent(hitRatio))}</span>
      <Track share={hitRatio ?? 0} />
    </div>
  ),
};
