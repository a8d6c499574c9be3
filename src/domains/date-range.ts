import type { DateRangeInput, DateRangePreset } from '../generated/schema.ts';
import { badInput } from './errors.ts';
import type { Scope } from './scope.ts';
import { dayAt } from './time-zones/days.ts';

/** A range of days in the workspace's time zone, inclusive, `YYYY-MM-DD`. `months` are those that it overlaps, `YYYY-MM`. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
  readonly months: readonly string[];
}

const maxDays = 400;
const dayMs = 86_400_000;
const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

/**
 * Resolves presets to days, so that a key contains days and never "this month". Resolvers get arguments of type `DateRangeInput`
 * resolved, and read them with `daysOf`.
 */
export function resolveDateRange(
  input: DateRangeInput,
  scope: Pick<Scope, 'timeZone' | 'weekStartsOn'>,
  now: Date,
): DateRange {
  const { from, to } = input.between ?? presetDays(input.preset!, today(scope.timeZone, now), scope.weekStartsOn);
  const days = daysBetween(from, to) + 1;
  if (days < 1) throw badInput(`range: expected "to" on or after "from" (${from}), but got ${to}.`);
  if (days > maxDays) throw badInput(`range: expected at most ${maxDays} days, but got ${days}.`);
  return { from, to, months: monthsOf(from, to) };
}

/** The most days that a range can have, whatever the current day. */
export function maxDaysOf({ preset, between }: DateRangeInput): number {
  return between ? Math.max(0, daysBetween(between.from, between.to) + 1) : presetMaxDays[preset!];
}

const presetMaxDays: Readonly<Record<DateRangePreset, number>> = {
  ...{ TODAY: 1, LAST_7_DAYS: 7, LAST_28_DAYS: 28, LAST_90_DAYS: 90 },
  ...{ THIS_WEEK: 7, THIS_MONTH: 31, LAST_MONTH: 31 },
};

/** Reads a resolved range argument in a resolver. */
export function daysOf(range: DateRangeInput | null | undefined): DateRange {
  const resolved = range as unknown as DateRange | null | undefined;
  if (!resolved || !('months' in resolved))
    throw new TypeError(`expected a resolved date range, but got ${JSON.stringify(range)}`);
  return resolved;
}

/** The day of an instant in a time zone. */
export function today(timeZone: string, instant: Date): string {
  const minute = Math.floor(instant.getTime() / 60_000);
  const last = lastDays.get(timeZone);
  if (last?.minute === minute) return last.day;
  const day = dayAt(timeZone, instant.getTime());
  lastDays.set(timeZone, { minute, day });
  return day;
}

/** Caches the day for a minute: in every zone, days begin at a full minute. */
const lastDays = new Map<string, { readonly minute: number; readonly day: string }>();

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * dayMs).toISOString().slice(0, 10);
}

/** Number of days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

function presetDays(preset: NonNullable<DateRangeInput['preset']>, day: string, weekStartsOn: Scope['weekStartsOn']) {
  switch (preset) {
    case 'TODAY':
      return { from: day, to: day };
    case 'LAST_7_DAYS':
      return { from: addDays(day, -6), to: day };
    case 'LAST_28_DAYS':
      return { from: addDays(day, -27), to: day };
    case 'LAST_90_DAYS':
      return { from: addDays(day, -89), to: day };
    case 'THIS_WEEK': {
      const past = (new Date(day).getUTCDay() - weekdays.indexOf(weekStartsOn) + 7) % 7;
      return { from: addDays(day, -past), to: addDays(day, 6 - past) };
    }
    case 'THIS_MONTH':
      return monthDays(day.slice(0, 7));
    case 'LAST_MONTH':
      return monthDays(addDays(`${day.slice(0, 7)}-01`, -1).slice(0, 7));
  }
}

function monthDays(month: string) {
  const first = `${month}-01`;
  return { from: first, to: addDays(`${addDays(first, 31).slice(0, 7)}-01`, -1) };
}

function monthsOf(from: string, to: string): string[] {
  const first = monthNumber(from);
  return Array.from({ length: monthNumber(to) - first + 1 }, (_, index) => {
    const number = first + index;
    const [year, month] = [Math.floor(number / 12), (number % 12) + 1];
    return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
  });
}

/** Number of the month, counted from the year 0. */
function monthNumber(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}
