import { useState } from 'preact/hooks';
import type { ClearMutation, WarmMutation } from '../../../generated/dashboard.ts';
import type { Place } from '../figures/figures.ts';
import { counted, placeName } from '../figures/format.ts';
import clearDocument from '../operations/clear.graphql';
import warmDocument from '../operations/warm.graphql';
import type { Dashboard, StoreDetails } from '../state/dashboard.ts';
import { Dialog } from './dialog.tsx';
import { ExperimentDialog } from './experiment-dialog.tsx';
import { PolicyDialog } from './policy-dialog.tsx';
import { refuseErrors } from './user-errors.ts';

interface ActionsProps {
  readonly place: Place;
  readonly dashboard: Dashboard;
  /** Of the place; undefined for all together. */
  readonly store: StoreDetails | undefined;
}

/** What an ADMIN can do about the cache. What was done is said next to the buttons. */
export function Actions({ place, dashboard, store }: ActionsProps) {
  const [isClearing, setClearing] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const [isTrying, setTrying] = useState(false);
  const [isWarming, setWarming] = useState(false);
  const [said, say] = useState('');

  const clear = async () => {
    const input = place === 'ALL' ? {} : { categories: [place] };
    const { clearCache } = await dashboard.request<ClearMutation>(clearDocument, { input });
    refuseErrors(clearCache.userErrors);
    say(`${counted(clearCache.clearedEntries, 'entry', 'entries')} cleared.`);
    dashboard.refresh();
  };
  const warm = async () => {
    setWarming(true);
    say('');
    try {
      const { warmCache } = await dashboard.request<WarmMutation>(warmDocument);
      refuseErrors(warmCache.userErrors);
      say(`${counted(warmCache.warmedEntries, 'entry', 'entries')} made.`);
      dashboard.refresh();
    } catch (error) {
      say((error as Error).message);
    }
    setWarming(false);
  };
  const onDone = (words: string) => {
    say(words);
    dashboard.refresh();
  };
  const what = place === 'ALL' ? 'all categories' : placeName(place);
  return (
    <div class="actions">
      <p role="status">{said}</p>
      <button type="button" onClick={warm} disabled={isWarming}>
        {isWarming ? 'Warming …' : 'Warm'}
      </button>
      {store && (
        <button type="button" onClick={() => setChanging(true)}>
          Policy …
        </button>
      )}
      {store && !dashboard.experiment && (
        <button type="button" onClick={() => setTrying(true)}>
          Experiment …
        </button>
      )}
      <button type="button" class="danger" onClick={() => setClearing(true)}>
        Clear …
      </button>
      {isChanging && store && (
        <PolicyDialog
          {...{ store, request: dashboard.request, onDone, isTried: dashboard.experiment?.category === place }}
          onClose={() => setChanging(false)}
        />
      )}
      {isTrying && store && (
        <ExperimentDialog {...{ store, request: dashboard.request, onDone }} onClose={() => setTrying(false)} />
      )}
      {isClearing && (
        <Dialog title={`Clear ${what}?`} verb="Clear" isDangerous submit={clear} onClose={() => setClearing(false)}>
          <p>
            The entries of this workspace are dropped, those of other workspaces stay. The data stays as it is; what is
            asked for next is loaded again.
          </p>
        </Dialog>
      )}
    </div>
  );
}
