import moment from 'moment-timezone';

/**
 * The version of the IANA time zone database with these rules, such as `2026f`. They end with the year 2499, after which no offset
 * changes.
 */
export const rulesVersion = moment.tz.dataVersion;

/** A period during which the offset of a zone from UTC is constant; `endMs` is the first instant after it. */
export interface OffsetPeriod {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

/** All names of time zones, including obsolete ones. */
export function timeZoneNames(): string[] {
  return moment.tz.names();
}

/** The spelling of a zone's name in the IANA database, for a name in any case; undefined if there is no such zone. */
export function canonicalTimeZone(name: string): string | undefined {
  const found = moment.tz.zone(name)?.name;
  return found?.toLowerCase() === name.toLowerCase() ? found : undefined;
}

/** The offset of a zone from UTC; positive east of Greenwich. */
export function offsetMsAt(timeZone: string, instantMs: number): number {
  const { untils, offsets } = zoneOf(timeZone);
  return offsets[placeOf(untils, instantMs)]!;
}

/** The periods of a range of instants, in their order and without gaps. */
export function offsetPeriods(timeZone: string, fromMs: number, toMs: number): OffsetPeriod[] {
  const { untils, offsets } = zoneOf(timeZone);
  const periods: OffsetPeriod[] = [];
  for (let startMs = fromMs; startMs < toMs; ) {
    const place = placeOf(untils, startMs);
    const endMs = Math.min(untils[place]!, toMs);
    const offsetMs = offsets[place]!;
    const last = periods.at(-1);
    if (last?.offsetMs === offsetMs) periods[periods.length - 1] = { ...last, endMs };
    else periods.push({ startMs, endMs, offsetMs });
    startMs = endMs;
  }
  return periods;
}

interface Zone {
  /** The ends of the periods, in order; the last one is infinite. */
  readonly untils: readonly number[];
  /** The offset of each period from UTC in milliseconds. */
  readonly offsets: readonly number[];
}

const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    const found = moment.tz.zone(timeZone);
    if (!found) throw new TypeError(`expected the name of a time zone, but got ${timeZone}`);
    // The package counts minutes behind UTC. Offsets before 1972 can have a fraction of a minute.
    zone = { untils: found.untils, offsets: found.offsets.map((minutes) => 0 - Math.round(minutes * 60) * 1_000) };
    zones.set(timeZone, zone);
  }
  return zone;
}

/** The index of the period of an instant, by binary search. */
function placeOf(untils: readonly number[], instantMs: number): number {
  let [first, last] = [0, untils.length - 1];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (instantMs < untils[middle]!) last = middle;
    else first = middle + 1;
  }
  return first;
}
