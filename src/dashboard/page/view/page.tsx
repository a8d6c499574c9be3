import { useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import type { RequestError } from '../connection/request-error.ts';
import type { Place } from '../figures/figures.ts';
import { ranges } from '../figures/ranges.ts';
import { Dashboard } from '../state/dashboard.ts';
import { Overview } from './overview.tsx';
import { places, Rail } from './rail.tsx';
import { Top } from './top.tsx';

interface PageProps {
  readonly token: string;
  readonly workspace: string;
  onEnd(error?: RequestError): void;
}

/** The dashboard of one session. */
export function Page({ token, workspace, onEnd }: PageProps) {
  const place = usePlace();
  const [range, setRange] = useState(ranges[0]!);
  const dashboard = useDashboard(token, onEnd);
  useEffect(() => dashboard.show(place, range), [dashboard, place, range]);
  const { liveness, heardAtMs, alerts } = dashboard;
  return (
    <>
      <Top
        {...{ workspace, liveness, heardAtMs, range, setRange }}
        retryNow={() => dashboard.retryNow()}
        signOut={() => onEnd()}
      />
      <div class="frame">
        <Rail
          current={place}
          alerting={new Set(alerts.map(({ category }) => category ?? 'ALL'))}
          recent={(one) => dashboard.recent(one)}
        />
        <Overview {...{ dashboard, place, range }} />
      </div>
    </>
  );
}

/** The category that the address names. */
function usePlace(): Place {
  const read = () => places.find((place) => location.hash === `#${place}`) ?? 'ALL';
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const follow = () => setPlace(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return place;
}

function useDashboard(token: string, onRefusal: PageProps['onEnd']): Dashboard {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const dashboard = useMemo(() => new Dashboard(token, onRefusal), []);
  useEffect(() => {
    dashboard.onChange(() => render(undefined));
    return () => dashboard.close();
  }, [dashboard]);
  return dashboard;
}
