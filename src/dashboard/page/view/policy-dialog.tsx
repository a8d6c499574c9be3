import type {
  ResetPolicyMutation,
  SetPolicyMutation,
  SetPolicyMutationVariables,
} from '../../../generated/dashboard.ts';
import type { Request } from '../connection/connection.ts';
import { placeName } from '../figures/format.ts';
import resetPolicyDocument from '../operations/reset-policy.graphql';
import setPolicyDocument from '../operations/set-policy.graphql';
import type { StoreDetails } from '../state/dashboard.ts';
import { Dialog } from './dialog.tsx';
import { refuseErrors } from './user-errors.ts';

interface PolicyDialogProps {
  readonly store: StoreDetails;
  readonly request: Request;
  /** Whether an experiment on its lifetime runs. */
  readonly isTried: boolean;
  onDone(said: string): void;
  onClose(): void;
}

const kibi = 1024;

/** Changes the policy of a category while the server runs. Only what was changed in the form is sent. */
export function PolicyDialog({ store, request, isTried, onDone, onClose }: PolicyDialogProps) {
  const { category, policy, override } = store;
  const name = placeName(category);
  const set = async (form: FormData) => {
    const numberOf = (field: string) => Number(form.get(field));
    const wanted = {
      ...{ ttlSeconds: numberOf('ttlSeconds'), staleSeconds: numberOf('staleSeconds') },
      ...{ maxEntries: numberOf('maxEntries'), maxBytes: Math.round(numberOf('maxKib') * kibi) },
      eviction: String(form.get('eviction')),
    };
    const changed = Object.entries(wanted).filter(([field, value]) => value !== policy[field as keyof typeof wanted]);
    if (changed.length === 0) return;
    // The policy names an algorithm in small letters, the input in capitals.
    const sent = changed.map(([field, value]) => [field, typeof value === 'string' ? value.toUpperCase() : value]);
    const input: SetPolicyMutationVariables['input'] = { category, ...Object.fromEntries(sent) };
    refuseErrors((await request<SetPolicyMutation>(setPolicyDocument, { input })).setCachePolicy.userErrors);
    onDone(`The policy of ${name} is changed.`);
  };
  const reset = async () => {
    onClose();
    try {
      const { resetCachePolicy } = await request<ResetPolicyMutation>(resetPolicyDocument, { input: { category } });
      refuseErrors(resetCachePolicy.userErrors);
      onDone(`The policy of ${name} is as configured.`);
    } catch (error) {
      onDone((error as Error).message);
    }
  };
  return (
    <Dialog title={`Policy of ${name}`} verb="Change" submit={set} onClose={onClose}>
      <p>
        Holds at once, for all workspaces and processes, and across restarts.
        {isTried && ' While the experiment runs, its lifetimes hold and not this one.'}
        {override && (
          <>
            {' '}
            It differs from the configuration now.{' '}
            <button type="button" class="quiet" onClick={reset}>
              Go back to it
            </button>
          </>
        )}
      </p>
      <div class="fields">
        <Field name="ttlSeconds" label="Fresh for" unit="seconds" value={policy.ttlSeconds} min={1} max={86_400} />
        <Field
          name="staleSeconds"
          label="Then stale for"
          unit="seconds"
          value={policy.staleSeconds}
          min={0}
          max={86_400}
        />
        <Field name="maxEntries" label="Entries" unit="at most" value={policy.maxEntries} min={1} max={20_000} />
        <Field
          {...{ name: 'maxKib', label: 'Memory', unit: 'KiB at most', step: 'any' }}
          {...{ value: policy.maxBytes / kibi, min: 64, max: 65_536 }}
        />
        <label class="field">
          Evicts by
          <select name="eviction">
            {['arc', 'lru'].map((name) => (
              <option key={name} value={name} selected={name === policy.eviction}>
                {name.toUpperCase()}
              </option>
            ))}
          </select>
        </label>
      </div>
    </Dialog>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Whole numbers when absent. */
  readonly step?: 'any';
}

/** What is configured may be beyond what can be chosen, and does not prevent other changes. */
function Field({ name, label, unit, value, step, ...limits }: FieldProps) {
  const [min, max] = [Math.min(limits.min, value), Math.max(limits.max, value)];
  return (
    <label class="field">
      {label}
      <input name={name} type="number" required {...{ min, max, step }} defaultValue={String(value)} />
      <small>{unit}</small>
    </label>
  );
}
