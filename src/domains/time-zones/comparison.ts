import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import { offsetMsAt, rulesVersion, timeZoneNames } from './rules.ts';

/** Reads the offsets of zones in milliseconds, one for each instant; undefined for an unknown zone. */
export type ReadOffsets = (
  zones: readonly string[],
  instants: readonly number[],
) => Promise<(readonly number[] | undefined)[]>;

export interface ComparedRules {
  /** The owner of the rules in a message, such as `the database`. */
  readonly owner: string;
  readonly read: ReadOffsets;
}

const zonesAtOnce = 40;
const monthMs = Math.round(30.44 * 86_400) * 1_000;
const monthsBefore = 12;
const monthsAfter = 24;
const zonesNamed = 5;

/**
 * Compares rules with Magpie's, month by month from a year ago to two years from now, until the signal aborts. Returns a
 * description of the differences; undefined if there are none. Compares a few zones at a time, so that the event loop is not
 * blocked.
 */
export async function compareRules(
  { owner, read }: ComparedRules,
  { now, signal }: { now: Date; signal?: AbortSignal },
): Promise<string | undefined> {
  const months = Array.from({ length: monthsBefore + monthsAfter + 1 }, (_, index) => index - monthsBefore);
  const instants = months.map((month) => Math.trunc(now.getTime() / 1_000) * 1_000 + month * monthMs);
  const different: string[] = [];
  const names = timeZoneNames();
  for (let start = 0; start < names.length && !signal?.aborted; start += zonesAtOnce) {
    const zones = names.slice(start, start + zonesAtOnce);
    const offsets = await read(zones, instants);
    const isOther = (zone: string, place: number) =>
      instants.some((at, index) => offsets[place]?.[index] !== offsetMsAt(zone, at));
    different.push(...zones.filter(isOther));
    await nextTurn();
  }
  if (different.length === 0) return undefined;
  const [named, others] = [different.slice(0, zonesNamed).join(', '), different.length - zonesNamed];
  return `the time zone rules of ${owner} differ from Magpie's (${rulesVersion}) in ${named}${others > 0 ? ` and ${others} others` : ''}`;
}

/** The rules of Node.js. */
export const readOffsetsOfNode: ReadOffsets = async (zones, instants) =>
  zones.map((zone) => offsetsInNode(zone, instants));

function offsetsInNode(timeZone: string, instants: readonly number[]): number[] | undefined {
  try {
    const formatter = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    return instants.map((instant) => {
      const [, sign, hours, minutes, seconds = '0'] =
        /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatter.format(instant)) ?? [];
      if (sign === undefined) return 0; // plain GMT
      return Number(`${sign}1`) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
    });
  } catch {
    return undefined;
  }
}

/** The rules of a database. */
export function readOffsetsOfDatabase(queries: Queries): ReadOffsets {
  const readAll = async (zones: readonly string[], instants: readonly number[]) => {
    const { rows } = await sql<{ offsets: number[] }>`
      select array_agg(1000 * extract(epoch from (at at time zone zone) - (at at time zone 'UTC'))::float8 order by at) as offsets
      from unnest(${zones}::text[]) with ordinality as zones (zone, place),
        unnest(${instants.map((at) => new Date(at).toISOString())}::timestamptz[]) as instants (at)
      group by place order by place`.execute(queries);
    return rows.map(({ offsets }) => offsets);
  };
  return async (zones, instants) => {
    try {
      return await readAll(zones, instants);
    } catch {
      // A single unknown zone makes the statement fail.
      const alone: (readonly number[] | undefined)[] = [];
      for (const zone of zones) alone.push((await readAll([zone], instants).catch(() => undefined))?.[0]);
      return alone;
    }
  };
}
