import moment from 'moment-timezone';

/** The version of the IANA time zone database whose rules these are, such as `2026f`. */
export const rulesVersion = moment.tz.dataVersion;

/** A time during which the clocks of a zone are the same time ahead of UTC; `endMs` is the first instant after it. */
export interface OffsetPeriod {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

/** All names, those of older versions included. */
export function timeZoneNames(): string[] {
  return moment.tz.names();
}

/** The zone's name as the IANA database writes it, whatever case it was given in; undefined for none of its names. */
export function canonicalTimeZone(name: string): string | undefined {
  const found = moment.tz.zone(name)?.name;
  return found?.toLowerCase() === name.toLowerCase() ? found : undefined;
}

/** How far the zone's clocks are ahead of UTC. */
export function offsetMsAt(timeZone: string, instantMs: number): number {
  const { untils, offsets } = zoneOf(timeZone);
  return offsets[placeOf(untils, instantMs - shiftMsAt(instantMs))]!;
}

/** The periods of a range of instants, in their order and without gaps. */
export function offsetPeriods(timeZone: string, fromMs: number, toMs: number): OffsetPeriod[] {
  const periods: OffsetPeriod[] = [];
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(nextChange(timeZone, startMs), toMs);
    const offsetMs = offsetMsAt(timeZone, startMs);
    const last = periods.at(-1);
    if (last?.offsetMs === offsetMs) periods[periods.length - 1] = { ...last, endMs };
    else periods.push({ startMs, endMs, offsetMs });
    startMs = endMs;
  }
  return periods;
}

/** The first instant after another at which the offset may be another. */
function nextChange(timeZone: string, instantMs: number): number {
  const shiftMs = shiftMsAt(instantMs);
  const { untils } = zoneOf(timeZone);
  const change = untils[placeOf(untils, instantMs - shiftMs)]! + shiftMs;
  return instantMs < lastKnownMs
    ? Math.min(change, lastKnownMs)
    : Math.min(change, marchOf(marchYearOf(instantMs) + 1));
}

interface Zone {
  /** The end of each period, in order; the last one has none. */
  readonly untils: readonly number[];
  /** Of each period, how far clocks are ahead of UTC in milliseconds. */
  readonly offsets: readonly number[];
}

const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    const found = moment.tz.zone(timeZone);
    if (!found) throw new TypeError(`expected the name of a time zone, but got ${timeZone}`);
    // The package counts minutes behind UTC; some had a fraction, before 1972.
    zone = { untils: found.untils, offsets: found.offsets.map((minutes) => 0 - Math.round(minutes * 60) * 1_000) };
    zones.set(timeZone, zone);
  }
  return zone;
}

/** The period that an instant is in, by bisection. */
function placeOf(untils: readonly number[], instantMs: number): number {
  let [first, last] = [0, untils.length - 1];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (instantMs < untils[middle]!) last = middle;
    else first = middle + 1;
  }
  return first;
}

/** The rules are written out up to the end of 2037. Later years are like the last ones in which March 1 is the same weekday. */
const lastKnownMs = Date.UTC(2037, 2, 1);
const exampleYears = Array.from({ length: 11 }, (_, index) => 2037 - index);

/** How far after an instant of a year whose rules are written out another one of a later year is that is like it. */
function shiftMsAt(instantMs: number): number {
  if (instantMs < lastKnownMs) return 0;
  const start = marchOf(marchYearOf(instantMs));
  const weekday = new Date(start).getUTCDay();
  return start - marchOf(exampleYears.find((year) => new Date(marchOf(year)).getUTCDay() === weekday)!);
}

/** Years from March on have their leap day at the end, so that summer time follows from the weekday on which they begin. */
function marchYearOf(instantMs: number): number {
  const instant = new Date(instantMs);
  return instant.getUTCMonth() < 2 ? instant.getUTCFullYear() - 1 : instant.getUTCFullYear();
}

function marchOf(year: number): number {
  return Date.UTC(year, 2, 1);
}
