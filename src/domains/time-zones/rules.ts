import moment from 'moment-timezone';

/** The version of the IANA time zone database whose rules these are, such as `2026f`. They are written out up to the year 2499; in later ones no offset changes. */
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
