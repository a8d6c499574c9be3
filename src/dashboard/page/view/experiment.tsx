import { useState } from 'preact/hooks';
import type { EndExperimentMutation } from '../../../generated/dashboard.ts';
import type { Request } from '../connection/request.ts';
import { count, duration, percent, placeName, textOf, timeOfDay } from '../figures/format.ts';
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
  return (
    <>
      <TableCard
        title={`Experiment on the lifetime of ${placeName(category)}`}
        hint={`Since ${timeOfDay(Date.parse(startedAt))}; a round counts when its entries have expired`}
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
          { head: 'Difference', cell: ({ hitRatioTest }) => verdict(hitRatioTest) },
          { head: 'Behind', isNumber: true, cell: behind },
          { head: 'At most by', isNumber: true, cell: ({ maxBehindSeconds }) => seconds(maxBehindSeconds) },
          { head: 'Difference of it', cell: ({ behindTest }) => verdict(behindTest) },
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
  return checked === 0 ? 'none checked' : `${behind} of ${checked}, ${textOf(percent(behindShare))}`;
}

function seconds(value: number | null): string {
  return textOf(duration(value === null ? null : value * 1000));
}

function verdict(test: Arm['hitRatioTest']): string {
  if (!test) return 'compared with';
  if (test.difference === null) return 'no round is over';
  const points = `${test.difference < 0 ? '−' : '+'}${textOf(percent(Math.abs(test.difference)))}`;
  return `${points}, ${test.isReal ? 'real' : 'not certain'} (p ${test.pValue < 0.001 ? '< 0.001' : test.pValue.toFixed(3)})`;
}
