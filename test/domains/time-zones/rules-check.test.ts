import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Queries } from '../../../src/database/database.ts';
import {
  compareRules,
  type ReadOffsets,
  readOffsetsOfDatabase,
  readOffsetsOfNode,
} from '../../../src/domains/time-zones/comparison.ts';
import { canonicalTimeZone, offsetMsAt, rulesVersion, timeZoneNames } from '../../../src/domains/time-zones/rules.ts';
import { createRulesCheck } from '../../../src/domains/time-zones/rules-check.ts';
import { createWire } from '../../graphql/wire.ts';
import { createTestDatabase, engines } from '../../setup/databases.ts';

const now = new Date('2026-11-22T09:00:00.000Z');
const sameRules: ReadOffsets = async (zones, instants) =>
  zones.map((zone) => instants.map((at) => offsetMsAt(zone, at)));

describe('rules of time zones', () => {
  it('that are the same are not mentioned', async () => {
    expect(await compareRules({ owner: 'the database', read: sameRules }, { now })).toBeUndefined();
  });

  it('that are behind in one zone are named with it', async () => {
    const end = Date.parse('2026-11-01T09:00:00.000Z');
    const read: ReadOffsets = async (zones, instants) =>
      zones.map((zone) =>
        instants.map((at) => (zone === 'America/Vancouver' && at > end ? -8 * 3_600_000 : offsetMsAt(zone, at))),
      );
    expect(await compareRules({ owner: 'the database', read }, { now })).toBe(
      `the time zone rules of the database differ from Magpie's (${rulesVersion}) in America/Vancouver`,
    );
  });

  it('that miss zones are named with some of them', async () => {
    const read: ReadOffsets = async (zones) => zones.map(() => undefined);
    expect(await compareRules({ owner: 'the database', read }, { now })).toMatch(
      new RegExp(`in Africa/Abidjan, .* and ${timeZoneNames().length - 5} others$`),
    );
  });

  it('are read of Node.js', async () => {
    const instants = [Date.parse('2023-07-01T12:00Z'), Date.parse('2023-12-01T12:00Z')];
    const zones = ['Europe/Vienna', 'America/St_Johns', 'UTC', 'Asia/Kathmandu', 'Mars/Olympus'];
    const hours = (await readOffsetsOfNode(zones, instants)).map((offsets) => offsets?.map((ms) => ms / 3_600_000));
    expect(hours).toEqual([[2, 1], [-2.5, -3.5], [0, 0], [5.75, 5.75], undefined]);
    const [monrovia] = await readOffsetsOfNode(['Africa/Monrovia'], [Date.parse('1960-01-01')]);
    expect(monrovia).toEqual([-2_670_000]);
  });
});

describe.each(engines)('the rules of %s', (engine) => {
  let queries: Queries;
  beforeAll(async () => {
    ({ queries } = await createTestDatabase(engine));
  });

  it('are read, also beside a zone that it does not know', async () => {
    const read = readOffsetsOfDatabase(queries);
    const instants = [Date.parse('2023-07-01T12:00Z'), Date.parse('2023-12-01T12:00Z')];
    const hours = (await read(['Europe/Vienna', 'America/St_Johns', 'Mars/Olympus'], instants)).map((offsets) =>
      offsets?.map((ms) => ms / 3_600_000),
    );
    expect(hours).toEqual([[2, 1], [-2.5, -3.5], undefined]);
    expect(await read(timeZoneNames().slice(0, 40), [instants[0]!])).toEqual(
      await sameRules(timeZoneNames().slice(0, 40), [instants[0]!]),
    );
  });
});

describe('the rules of Node.js and the database', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('are compared a minute after the start, and named when they are behind', async () => {
    const { queries } = createWire(() => []); // a database that knows no zone
    const read = vi.fn(() => now);
    const told = new Promise<string>((resolve) => {
      const warn = (_: object, message: string) => message.includes('of the database') && resolve(message);
      createRulesCheck({ queries, nodeRules: '2025c', log: { warn }, now: read }).start();
    });
    vi.advanceTimersByTime(59_999);
    expect(read).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(await told).toMatch(/^the time zone rules of the database differ from Magpie's .*; update PostgreSQL$/s);
  });

  it('are not compared by a server that has stopped', async () => {
    const { queries } = createWire(() => []);
    const read = vi.fn(() => now);
    const check = createRulesCheck({ queries, nodeRules: '2025c', log: { warn() {} }, now: read });
    check.start();
    await check.stop();
    vi.advanceTimersByTime(60_000);
    expect(read).not.toHaveBeenCalled();
  });
});

describe('the name of a time zone', () => {
  it.each([
    ['europe/vienna', 'Europe/Vienna'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['utc', 'UTC'],
    ['Europe_Vienna', undefined],
    ['Europe/Nowhere', undefined],
    ['', undefined],
  ])('%s is canonically %s', (name, canonical) => {
    expect(canonicalTimeZone(name)).toBe(canonical);
  });
});
