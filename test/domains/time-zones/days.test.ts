import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../../src/database/database.ts';
import { addDays } from '../../../src/domains/date-range.ts';
import { type Days, dayAt, localDay, startOfDay } from '../../../src/domains/time-zones/days.ts';
import { offsetPeriods, timeZoneNames } from '../../../src/domains/time-zones/rules.ts';
import { createTestDatabase, engines } from '../../setup/databases.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Instants where a day may be taken for another: around each change of the offset, and around each midnight next to it. */
function delicateInstants(timeZone: string, { from, to }: Days): number[] {
  const periods = offsetPeriods(timeZone, Date.parse(from), Date.parse(to));
  const changes = periods.slice(1).map(({ startMs }) => startMs);
  const offsets = [...new Set(periods.map(({ offsetMs }) => offsetMs))];
  const midnights = [...changes, Date.parse(from) + 40 * dayMs].flatMap((at) => {
    const day = Math.floor(at / dayMs) * dayMs;
    return offsets.flatMap((offsetMs) => [-1, 0, 1, 2].map((days) => day + days * dayMs - offsetMs));
  });
  return [...changes.flatMap((at) => [at - hourMs, at, at + hourMs]), ...midnights].flatMap((at) => [at - 1, at]);
}

const dayInNode = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (instant: number) => format.format(instant);
};

describe('a day', () => {
  it('is what Node.js says of all zones and transitions of three years that are over', () => {
    const range = { from: '2022-01-01', to: '2025-01-01' };
    let count = 0;
    for (const timeZone of timeZoneNames()) {
      const expected = dayInNode(timeZone);
      for (const at of delicateInstants(timeZone, range)) {
        count += 1;
        if (dayAt(timeZone, at) !== expected(at))
          expect([timeZone, new Date(at).toISOString(), dayAt(timeZone, at)]).toEqual([
            ...[timeZone, new Date(at).toISOString(), expected(at)],
          ]);
      }
    }
    expect(count).toBeGreaterThan(20_000);
  });

  it.each([
    // British Columbia keeps its summer time from 2026 on, which Node.js 20 does not know.
    ['America/Vancouver', '2026-12-01T07:30:00.000Z', '2026-12-01'],
    ['America/Vancouver', '2026-12-01T06:59:59.999Z', '2026-11-30'],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
    // Its clocks went from one minute past midnight back to the day before.
    ['America/St_Johns', '2010-11-07T02:30:30.000Z', '2010-11-07'],
    ['America/St_Johns', '2010-11-07T02:31:00.000Z', '2010-11-06'],
    ['America/St_Johns', '2010-11-07T03:30:00.000Z', '2010-11-07'],
    ['Asia/Kathmandu', '2026-11-21T18:15:00.000Z', '2026-11-22'],
    ['Africa/Monrovia', '1960-01-01T00:44:29.999Z', '1959-12-31'],
    ['Africa/Monrovia', '1960-01-01T00:44:30.000Z', '1960-01-01'],
    ['Europe/Vienna', '1900-01-01T00:00:00.000Z', '1900-01-01'],
  ])('in %s at %s is %s', (timeZone, instant, day) => {
    expect(dayAt(timeZone, Date.parse(instant))).toBe(day);
  });

  it('has summer time in later years, too', () => {
    for (const timeZone of [
      'Europe/Vienna',
      'America/New_York',
      'Australia/Sydney',
      'America/Santiago',
      'Asia/Tokyo',
    ]) {
      const expected = dayInNode(timeZone);
      for (const year of [2037, 2038, 2040, 2044, 2056, 2099, 2100, 2104])
        for (const at of delicateInstants(timeZone, { from: `${year}-01-01`, to: `${year + 1}-03-02` }))
          expect([timeZone, new Date(at).toISOString(), dayAt(timeZone, at)]).toEqual([
            ...[timeZone, new Date(at).toISOString(), expected(at)],
          ]);
    }
  });

  it.each([
    ['Europe/Vienna', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
    ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00.000Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['America/St_Johns', '2010-11-07', '2010-11-07T02:30:00.000Z'],
    ['America/Vancouver', '2026-12-01', '2026-12-01T07:00:00.000Z'],
  ])('in %s, %s, begins at %s', (timeZone, day, instant) => {
    expect(startOfDay(timeZone, day)).toBe(instant);
  });

  it('begins at an instant of that day, and the instant before is of another', () => {
    for (const timeZone of timeZoneNames())
      for (let day = '2026-10-20'; day < '2026-11-05'; day = addDays(day, 1)) {
        const start = Date.parse(startOfDay(timeZone, day));
        expect([timeZone, dayAt(timeZone, start)]).toEqual([timeZone, day]);
        expect(dayAt(timeZone, start - 1) < day).toBe(true);
      }
  });
});

describe.each(engines)('a day in SQL on %s', (engine) => {
  let queries: Queries;
  beforeAll(async () => {
    ({ queries } = await createTestDatabase(engine));
  });

  async function daysOf(timeZone: string, instants: readonly number[], ranges: readonly Days[]): Promise<string[]> {
    const { rows } = await sql<{ day: string }>`
      select ${localDay(sql.ref('at'), timeZone, ranges)} as day
      from unnest(${instants.map((at) => new Date(at).toISOString())}::timestamptz[]) with ordinality as instants (at, place)
      order by place`.execute(queries);
    return rows.map(({ day }) => day);
  }

  it('is the same as in JavaScript, in all zones and at all transitions of three years to come', async () => {
    const range = { from: '2026-01-01', to: '2029-01-01' };
    let count = 0;
    for (const timeZone of timeZoneNames()) {
      const instants = delicateInstants(timeZone, range);
      count += instants.length;
      expect([timeZone, await daysOf(timeZone, instants, [range])]).toEqual([
        ...[timeZone, instants.map((at) => dayAt(timeZone, at))],
      ]);
    }
    expect(count).toBeGreaterThan(20_000);
  });

  it.each(['America/St_Johns', 'Pacific/Apia', 'Africa/Monrovia', 'Europe/Vienna'])(
    'is the same in %s wherever its clocks went',
    async (timeZone) => {
      const range = { from: '1955-01-01', to: '2045-01-01' };
      const instants = delicateInstants(timeZone, range);
      expect(await daysOf(timeZone, instants, [range])).toEqual(instants.map((at) => dayAt(timeZone, at)));
    },
  );

  it('is right for the days of each of several ranges, and beside them for all others', async () => {
    const timeZone = 'Europe/Vienna';
    const ranges = [
      { from: '2026-10-01', to: '2026-10-31' },
      { from: '2026-03-29', to: '2026-03-29' },
      { from: '2026-10-25', to: '2026-11-05' },
    ];
    const instants = delicateInstants(timeZone, { from: '2025-01-01', to: '2028-01-01' });
    const isWithin = (day: string) => ranges.some(({ from, to }) => from <= day && day <= to);
    const within = (days: readonly (string | null)[]) =>
      days.map((day) => (day !== null && isWithin(day) ? day : null));
    expect(within(await daysOf(timeZone, instants, ranges))).toEqual(within(instants.map((at) => dayAt(timeZone, at))));
  });
});
