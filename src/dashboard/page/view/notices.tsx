import type { Alert } from '../connection/live.ts';
import { moment } from '../figures/format.ts';

interface NoticesProps {
  readonly alerts: readonly Alert[];
  readonly advice: readonly string[];
  /** Why parts of the page are not of now, by part. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What an operator should look at now, and what could be better. */
export function Notices({ alerts, advice, problems }: NoticesProps) {
  return (
    <>
      {problems.size > 0 && (
        <section class="notices alerts" aria-label="Not of now">
          <ul>
            {[...problems].map(([part, message]) => (
              <li key={part}>
                <b>{part} not of now</b> {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      {alerts.length > 0 && (
        <section class="notices alerts" aria-label="Alerts">
          <ul>
            {alerts.map(({ kind, category, message, since }) => (
              <li key={`${kind} ${category}`}>
                <b>{alertNames[kind] ?? kind}</b> {message} <span class="when">since {moment(Date.parse(since))}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {advice.length > 0 && (
        <section class="notices" aria-label="Advice">
          <ul>
            {advice.map((sentence) => (
              <li key={sentence}>
                <b>Advice</b> {sentence}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const alertNames: Readonly<Record<string, string>> = {
  LOW_HIT_RATIO: 'Low hit ratio',
  HIGH_EVICTION_RATE: 'Many evictions',
  SLOW_HITS: 'Slow hits',
  HIGH_MEMORY: 'Much memory',
  REMOTE_CACHE_DOWN: 'No remote tier',
  STALE_ANSWERS: 'Stale answers',
};
