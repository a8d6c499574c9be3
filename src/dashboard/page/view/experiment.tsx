import { useState } from 'preact/hooks';
import type { EndExperimentMutation } from '../../../generated/dashboard.ts';
import type { Request } from '../connection/connection.ts';
import { count, duration, moment, percent, placeName, points, textOf } from '../figures/format.ts';
import endExperimentDocument from '../operations/end-experiment.graphql';
import type { Experiment } from '../state/dashboard.ts';
import { Dialog } from './dialog.tsx';
import { TableCard } from './table.tsx';
import { refuseErrors } from './user-errors.ts';

interface ExperimentCardProps {
  readonly experiment: Experiment;
  readonly request: Request;
  onEnd(): void;
}

type Arm = Experiment['arms'][number];

/** The experiment that runs: each lifetime with what is known of it, and whether its difference from the first is real. */
export function ExperimentCard({ experiment, request, onEnd }: ExperimentCardProps) {
  const [isEnding, setEnding] = useState(false);
  const { category, startedAt, arms } = experiment;
  const isRoundOver = arms.some(({ loads }) => loads > 0);
  return (
    <>
      <TableCard
        title={`Experiment on the lifetime of ${placeName(category)}`}
        hint={`Since ${moment(Date.parse(startedAt))}; a round counts when its entries have expired. Differences are means over the rounds, in percentage points, and so not those of the sums.`}
        rows={arms}
        keyOf={({ ttlSeconds }) => `${ttlSeconds}`}
        empty=""
        span="wide"
        action={
          <button type="button" class="quiet" onClick={() => setEnding(true)}>
            End …
          </button>
        }
        columns={[
          { head: 'Lifetime', cell: lifetime },
          { head: 'Lookups', isNumber: true, cell: ({ hits, loads }) => textOf(count(hits + loads)) },
          { head: 'Hit ratio', isNumber: true, cell: ({ hitRatio }) => textOf(percent(hitRatio)) },
          {
            head: 'Loads saved',
            isNumber: true,
            cell: ({ savedLoads }) => (savedLoads === null ? '–' : textOf(count(savedLoads))),
          },
          {
            head: 'Hit ratio, mean difference',
            cell: ({ hitRatioTest }) => verdict(hitRatioTest, isRoundOver ? 'too few lookups' : 'no round is over'),
          },
          { head: 'Behind', isNumber: true, cell: behind },
          { head: 'At most by', isNumber: true, cell: ({ maxBehindSeconds }) => seconds(maxBehindSeconds) },
          {
            head: 'Behind, mean difference',
            cell: ({ behindTest }) => verdict(behindTest, isRoundOver ? 'too few hits audited' : 'no round is over'),
          },
        ]}
      />
      {isEnding && <EndDialog {...{ experiment, request, onEnd }} onClose={() => setEnding(false)} />}
    </>
  );
}

function EndDialog({ experiment, request, onEnd, onClose }: ExperimentCardProps & { onClose(): void }) {
  const end = async (form: FormData) => {
    const adopted = form.get('adopt');
    const input = adopted ? { adoptTtlSeconds: Number(adopted) } : {};
    refuseErrors(
      (await request<EndExperimentMutation>(endExperimentDocument, { input })).endCacheExperiment.userErrors,
    );
    onEnd();
  };
  return (
    <Dialog title="End the experiment?" verb="End" submit={end} onClose={onClose}>
      <p>The category is cleared. A lifetime that is adopted holds as if its policy had been changed to it.</p>
      <label class="field">
        Adopt
        <select name="adopt">
          <option value="">none: the policy stays as it was</option>
          {experiment.arms.map((arm) => (
            <option key={arm.ttlSeconds} value={arm.ttlSeconds}>
              {lifetime(arm)}
            </option>
          ))}
        </select>
      </label>
    </Dialog>
  );
}

function lifetime({ ttlSeconds }: Arm): string {
  return seconds(ttlSeconds);
}

function behind({ behind, checked, behindShare }: Arm): string {
  return checked === 0 ? 'none checked' : `${textOf(percent(behindShare))} of lookups, ${behind} of ${checked} checked`;
}

function seconds(value: number | null): string {
  return textOf(duration(value === null ? null : value * 1000));
}

/** What is known of a difference from the first arm, or why nothing is. */
function verdict(test: Arm['hitRatioTest'], unknown: string): string {
  if (!test) return 'the reference';
  if (test.difference === null) return unknown;
  return `${textOf(points(test.difference))}, ${test.isReal ? 'real' : 'not certain'} (p ${test.pValue < 0.001 ? '< 0.001' : test.pValue.toFixed(3)})`;
}
