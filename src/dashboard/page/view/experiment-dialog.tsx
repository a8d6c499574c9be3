import type { StartExperimentMutation } from '../../../generated/dashboard.ts';
import type { Request } from '../connection/connection.ts';
import { placeName } from '../figures/format.ts';
import startExperimentDocument from '../operations/start-experiment.graphql';
import type { StoreDetails } from '../state/dashboard.ts';
import { Dialog } from './dialog.tsx';
import { refuseErrors } from './user-errors.ts';

interface ExperimentDialogProps {
  readonly store: StoreDetails;
  readonly request: Request;
  onDone(said: string): void;
  onClose(): void;
}

/** Starts an experiment on the lifetime of a category: today's against thrice as long, unless others are filled in. */
export function ExperimentDialog({ store: { category, policy }, request, onDone, onClose }: ExperimentDialogProps) {
  const name = placeName(category);
  const start = async (form: FormData) => {
    const ttlSeconds = String(form.get('ttlSeconds'))
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    const answer = await request<StartExperimentMutation>(startExperimentDocument, { input: { category, ttlSeconds } });
    refuseErrors(answer.startCacheExperiment.userErrors);
    onDone(`An experiment on ${name} runs.`);
  };
  const { ttlSeconds } = policy;
  return (
    <Dialog title={`Experiment on ${name}`} verb="Start" submit={start} onClose={onClose}>
      <p>
        Entries get one of several lifetimes, by the hash of their key, for all workspaces and processes, until it is
        ended. The category is cleared.
      </p>
      <label class="field">
        Lifetimes
        <input
          name="ttlSeconds"
          required
          pattern="[\d\s,]*"
          title="whole seconds, with commas between them"
          defaultValue={`${ttlSeconds}, ${Math.min(86_400, 3 * ttlSeconds)}`}
        />
        <small>seconds, two to four; the others are compared with the first</small>
      </label>
    </Dialog>
  );
}
