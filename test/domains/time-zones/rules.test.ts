import { describe, expect, it } from 'vitest';
import { offsetMsAt, offsetPeriods, timeZoneNames } from '../../../src/domains/time-zones/rules.ts';

const dayMs = 86_400_000;
/** Beyond 2037, up to which older data is written out. */
const [from, to] = [Date.UTC(2036, 0, 1), Date.UTC(2042, 0, 1)];

/** How far a zone's clocks are ahead of UTC, by the rules of Node. */
function offsetInNode(timeZone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (instantMs) => {
    const name = format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')!.value;
    const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name)!;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
}

describe('the offsets of a zone in later years', () => {
  it.each([
    'Europe/Vienna',
    'America/New_York',
    'Australia/Sydney',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Asia/Tokyo',
  ])('change when Node says so: %s', (timeZone) => {
    const expected = offsetInNode(timeZone);
    const periods = offsetPeriods(timeZone, from, to);
    for (const { startMs, endMs, offsetMs } of periods)
      for (const at of [startMs, endMs - 1])
        expect([new Date(at).toISOString(), expected(at)]).toEqual([new Date(at).toISOString(), offsetMs]);
    expect(periods).toHaveLength(timeZone === 'Asia/Tokyo' ? 1 : 13);
  });

  it('are the same for a period as for each instant in it, without gaps, in every zone', () => {
    for (const timeZone of timeZoneNames()) {
      let end = from;
      for (const { startMs, endMs, offsetMs } of offsetPeriods(timeZone, from, to)) {
        expect([timeZone, startMs]).toEqual([timeZone, end]);
        for (let at = startMs; at < endMs; at += 9 * dayMs)
          if (offsetMsAt(timeZone, at) !== offsetMs) expect([timeZone, new Date(at).toISOString()]).toBe(offsetMs);
        end = endMs;
      }
      expect([timeZone, end]).toEqual([timeZone, to]);
    }
  });
});
