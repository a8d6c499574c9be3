import { useEffect, useState } from 'preact/hooks';
import type { Liveness } from '../connection/follow.ts';
import { moment } from '../figures/format.ts';
import { type Range, ranges } from '../figures/ranges.ts';
import { Mark } from './sign-in.tsx';

interface TopProps {
  readonly workspace: string;
  readonly liveness: Liveness;
  readonly heardAtMs: number | undefined;
  readonly range: Range;
  setRange(range: Range): void;
  retryNow(): void;
  signOut(): void;
}

/** The bar at the top: whose cache it is, whether the page is live, and how far back it looks. */
export function Top({ workspace, liveness, heardAtMs, range, setRange, retryNow, signOut }: TopProps) {
  return (
    <header class="top">
      <div class="brand">
        <Mark /> Magpie <small title={workspace}>{workspace}</small>
      </div>
      <Live {...{ liveness, heardAtMs, retryNow }} />
      <div class="space" />
      <fieldset class="segments">
        <legend class="unseen">Time that is shown</legend>
        {ranges.map((one) => (
          <label key={one.name}>
            <input type="radio" name="range" checked={one === range} onChange={() => setRange(one)} />
            {one.name}
          </label>
        ))}
      </fieldset>
      <button type="button" class="quiet" onClick={signOut}>
        Sign out
      </button>
    </header>
  );
}

/** Says whether the figures are of now; and if not, since when they are not, and when it is tried again. */
function Live({ liveness, heardAtMs, retryNow }: Pick<TopProps, 'liveness' | 'heardAtMs' | 'retryNow'>) {
  const since = heardAtMs === undefined ? '' : ` since ${moment(heardAtMs)}`;
  if (liveness.state === 'live')
    return (
      <p class="liveness" data-state="live" role="status">
        Live
      </p>
    );
  return (
    <div class="liveness" data-state={liveness.state}>
      <p role="status">{liveness.state === 'connecting' && !since ? 'Connecting …' : `Not live${since}`}</p>
      {liveness.state === 'waiting' && (
        <>
          <Countdown untilMs={liveness.retryAtMs} />
          <button type="button" class="quiet" onClick={retryNow}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}

function Countdown({ untilMs }: { untilMs: number }) {
  const [nowMs, setNow] = useState(performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <span>next attempt in {Math.max(0, Math.ceil((untilMs - nowMs) / 1000))} s</span>;
}
