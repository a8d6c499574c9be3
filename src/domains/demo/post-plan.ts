import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import { addDays, today } from '../date-range.ts';
import { deal } from './random.ts';
import { dayMs, hourMs, minuteMs, type Stage } from './stage.ts';
import { atWallClock } from './wall-clock.ts';

export type PostStatus = Insertable<Tables['posts']>['status'];

/** The status and the times of a post. */
export interface PlannedPost {
  readonly status: PostStatus;
  readonly createdMs: number;
  /** Null for drafts without a date. */
  readonly scheduledMs: number | null;
  /** The day that its text mentions and that assigns it to a campaign. */
  readonly day: string;
}

const postStatusShares = {
  ...{ PUBLISHED: 62, SCHEDULED: 18, DRAFT: 12, PENDING_APPROVAL: 4, FAILED: 2, PARTIALLY_PUBLISHED: 2 },
} as const;

const pastDays = 365;
const futureDays = 30;
/** Weights from Sunday to Saturday. */
const weekdayWeights = [0.4, 1, 1.15, 1.2, 1.15, 1, 0.5];
/** Peaks at 9, 12 and 18 o'clock. */
const hourWeights = [
  [7, 1],
  [8, 3],
  [9, 6],
  [10, 3],
  [11, 2],
  [12, 6],
  [13, 3],
  [15, 1],
  [16, 2],
  [17, 4],
  [18, 6],
  [19, 3],
  [20, 1],
] as const;

/** Plans the posts of the last twelve months, with an increasing frequency, and of the next thirty days. */
export function planPosts(stage: Stage): PlannedPost[] {
  const { random, nowMs, size, brand } = stage;
  const soon = [nextMinutes(nowMs, 3), nextMinutes(nowMs, 15)];
  const past = weightedDays(stage, -pastDays, 0, (day) => 0.4 + (1.2 * (day + pastDays)) / pastDays);
  const future = weightedDays(stage, 0, futureDays, () => 1);
  return deal(random, size.posts, postStatusShares).map((status): PlannedPost => {
    const scheduledMs = scheduledFor(status);
    const createdMs = createdBefore(Math.min(scheduledMs ?? nowMs, nowMs));
    return { status, createdMs, scheduledMs, day: today(brand.timeZone, new Date(scheduledMs ?? nowMs)) };
  });

  function scheduledFor(status: PostStatus): number | null {
    switch (status) {
      case 'SCHEDULED':
        // The first two are published soon after the start, for a visitor to see.
        return soon.shift() ?? futureInstant();
      case 'DRAFT':
        return random.chance(0.5) ? futureInstant() : null;
      case 'PENDING_APPROVAL':
        return random.chance(0.8) ? futureInstant() : null;
      default:
        return pastInstant();
    }
  }

  function pastInstant(): number {
    const at = instantOn(stage, past);
    // An instant of today can still be in the future.
    return at <= nowMs - 10 * minuteMs ? at : at - 7 * dayMs;
  }

  function futureInstant(): number {
    const at = instantOn(stage, future);
    return at >= nowMs + 30 * minuteMs ? at : at + 7 * dayMs;
  }

  function createdBefore(latestMs: number): number {
    return latestMs - hourMs - Math.min(random.exponential(4 * dayMs), 21 * dayMs);
  }
}

interface WeightedDay {
  readonly day: string;
  readonly weight: number;
}

function weightedDays(
  { days }: Stage,
  fromDay: number,
  toDay: number,
  weightOf: (day: number) => number,
): WeightedDay[] {
  return Array.from({ length: toDay - fromDay + 1 }, (_, index) => {
    const day = addDays(days.at(-1)!, fromDay + index);
    return { day, weight: weightOf(fromDay + index) * weekdayWeights[new Date(day).getUTCDay()]! };
  });
}

function instantOn({ random, brand }: Stage, days: readonly WeightedDay[]): number {
  const { day } = random.pickWeighted(days, ({ weight }) => weight);
  const [hour] = random.pickWeighted(hourWeights, ([, weight]) => weight);
  return atWallClock(brand.timeZone, day, hour * 60 + random.pick([0, 0, 0, 15, 30, 30, 45]));
}

/** The first multiple of five minutes that is at least `minutes` away. */
function nextMinutes(nowMs: number, minutes: number): number {
  const step = 5 * minuteMs;
  return Math.ceil((nowMs + minutes * minuteMs) / step) * step;
}
