import type { ColumnsFragment, HistoryQuery, HistoryQueryVariables } from '../../../generated/dashboard.ts';
import type { Request } from '../connection/connection.ts';
import { figuresBy, type Place, type Step, timesBy } from '../figures/figures.ts';
import type { Range } from '../figures/ranges.ts';
import historyDocument from '../operations/history.graphql';

/** What the server has kept of one place, the earliest first. */
export async function readHistory(request: Request, place: Place, range: Range): Promise<readonly Step[]> {
  const isTotal = place === 'ALL';
  const variables: HistoryQueryVariables = { range: range.history, isTotal, only: isTotal ? [] : [place] };
  const { cacheHistory } = await request<HistoryQuery>(historyDocument, variables);
  const columns = cacheHistory?.total ?? cacheHistory?.categories?.[0]?.columns;
  if (!cacheHistory || !columns) return [];
  const { startsAt, stepSeconds, intervals } = cacheHistory;
  const startMs = Date.parse(startsAt);
  const steps: Step[] = [];
  for (let index = 0; index < intervals; index++) {
    if (columns.hits[index] === null) continue; // nothing is known of it
    const atMs = startMs + (index + 1) * stepSeconds * 1_000;
    steps.push({ atMs, seconds: stepSeconds, figures: figuresAt(columns, index) });
  }
  return steps;
}

function figuresAt(columns: ColumnsFragment, index: number) {
  return {
    ...figuresBy((name) => columns[name][index] ?? 0),
    ...timesBy((name) => columns[name][index] ?? null),
  };
}
