import type { CacheCategory } from '../../../generated/dashboard.ts';
import { overall } from '../figures/buckets.ts';
import { hitRatioOf, type Place, type Step } from '../figures/figures.ts';
import { percent, placeName, textOf } from '../figures/format.ts';
import { latest } from '../figures/steps.ts';

/** In the order of the schema. */
export const places: readonly Place[] = [
  ...(['ALL', 'ANALYTICS', 'TEMPLATES', 'ACCOUNTS', 'INBOX', 'CAMPAIGNS'] as const),
  ...(['SETTINGS', 'CALENDAR', 'AI', 'POSTS', 'MEDIA'] as const satisfies readonly CacheCategory[]),
];

interface RailProps {
  readonly current: Place;
  readonly alerting: ReadonlySet<string>;
  recent(place: Place): readonly Step[];
}

/** The categories, each with its hit ratio of the last minute. */
export function Rail({ current, alerting, recent }: RailProps) {
  return (
    <nav class="rail" aria-label="Categories">
      <p aria-hidden="true">
        <span>Category</span>
        <span>hit ratio, 1 min</span>
      </p>
      <ul>
        {places.map((place) => {
          const minute = overall(latest(recent(place), 60));
          const ratio = minute && hitRatioOf(minute.figures);
          return (
            <li key={place}>
              <a href={`#${place}`} aria-current={place === current ? 'page' : undefined}>
                <span class={alerting.has(place) ? 'alerting' : undefined}>
                  {placeName(place)}
                  {alerting.has(place) && <span class="unseen"> (alert)</span>}
                </span>
                <span>{textOf(percent(ratio))}</span>
                <Track share={ratio ?? 0} />
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** A bar that shows a share, from 0 to 1, which is written next to it. */
export function Track({ share, isFull = false }: { share: number; isFull?: boolean }) {
  return (
    <div class="track" aria-hidden="true">
      <i class={isFull ? 'full' : undefined} style={{ width: `${Math.min(1, share) * 100}%` }} />
    </div>
  );
}
