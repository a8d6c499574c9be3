import { describe, expect, it } from 'vitest';
import { type Ask, ada, bob, createNest, type Nest } from './nest.ts';

const hour = 3_600_000;
/** It is noon of 22 November 2026, a Sunday, in UTC; long lifetimes, so that days alone make a difference. */
const inNest = () => createNest({ policies: { ANALYTICS: { ttlMs: 100 * hour } } });
const ask = (nest: Nest, document: string, more: Ask = {}) => nest.ask(document, { isJoining: true, ...more });

describe('a preset of days', () => {
  it.each([
    ['TODAY', '2026-11-22', '2026-11-22'],
    ['LAST_7_DAYS', '2026-11-16', '2026-11-22'],
    ['LAST_28_DAYS', '2026-10-26', '2026-11-22'],
    ['THIS_WEEK', '2026-11-16', '2026-11-22'],
    ['THIS_MONTH', '2026-11-01', '2026-11-30'],
    ['LAST_MONTH', '2026-10-01', '2026-10-31'],
  ])('shares an entry with the days that it stands for: %s', async (preset, from, to) => {
    const nest = inNest();
    const { data } = await nest.ask(/* GraphQL */ `{
      preset: report(range: { preset: ${preset} }) { from to }
      days: report(range: { between: { from: "${from}", to: "${to}" } }) { from to }
    }`);
    expect(data.preset).toEqual({ from, to });
    expect(data.days).toEqual({ from, to });
    expect(nest.runs('Query.report')).toBe(1);
  });

  it("is cut in the workspace's time zone and week", async () => {
    const nest = inNest();
    const dayOf = async (as: typeof ada, preset = 'TODAY') =>
      (await ask(nest, `{ report(range: { preset: ${preset} }) { from } }`, { as })).data.report.from;
    expect(await dayOf(ada)).toBe('2026-11-22');
    expect(await dayOf({ ...ada, timeZone: 'Pacific/Auckland' })).toBe('2026-11-23');
    expect(await dayOf(ada, 'THIS_WEEK')).toBe('2026-11-16');
    expect(await dayOf({ ...ada, weekStartsOn: 'SUNDAY' }, 'THIS_WEEK')).toBe('2026-11-22');
  });

  it('that is an unreadable range is an error of its field, and not kept', async () => {
    const nest = inNest();
    const document = '{ report(range: { between: { from: "2026-11-02", to: "2026-11-01" } }) { from } postCount }';
    for (let round = 0; round < 2; round++) {
      const { data, errors } = await ask(nest, document);
      expect(data).toEqual({ report: null, postCount: 0 });
      expect(errors![0]!.extensions?.code).toBe('BAD_USER_INPUT');
    }
    expect(nest.runs('Query.report')).toBe(0);
  });
});

describe("at the workspace's midnight", () => {
  it.each([
    ['by default', '{ report { from } }', {}],
    ['as a literal', '{ report(range: { preset: TODAY }) { from } }', {}],
    ['as a variable', 'query ($r: DateRangeInput!) { report(range: $r) { from } }', { r: { preset: 'TODAY' } }],
    [
      'as a default of a variable',
      'query ($r: DateRangeInput! = { preset: TODAY }) { report(range: $r) { from } }',
      {},
    ],
    ['in a fragment', 'query { ...R } fragment R on Query { report { from } }', {}],
  ])('a preset stands for other days: %s', async (_, document, variables) => {
    const nest = inNest();
    const from = async () => (await ask(nest, document, { variables })).data.report.from;
    for (let round = 0; round < 2; round++) expect(await from()).toBe('2026-11-22');
    nest.pass(12 * hour - 1);
    expect(await from()).toBe('2026-11-22');
    nest.pass(1);
    for (let round = 0; round < 2; round++) expect(await from()).toBe('2026-11-23');
    expect(nest.runs('Query.report')).toBe(2);
  });

  it('a fragment with days beneath its root field is not used any more', async () => {
    const nest = createNest({
      policies: { CAMPAIGNS: { ttlMs: 100 * hour }, ANALYTICS: { ttlMs: 100 * hour } },
      typeDefs: /* GraphQL */ `
        extend type Campaign {
          report(range: DateRangeInput! = { preset: TODAY }): Report @cache(category: ANALYTICS, scope: WORKSPACE, tags: ["Post"])
        }
      `,
      resolvers: { Campaign: { report: (_: unknown, { range }: { range: { from: string } }) => range } },
    });
    nest.rows.addCampaign('camp_1');
    const from = async (as = ada) =>
      (await ask(nest, '{ campaigns { report { from } } }', { as })).data.campaigns[0].report.from;
    for (let round = 0; round < 2; round++) expect(await from()).toBe('2026-11-22');
    expect(await from({ ...bob, timeZone: 'Pacific/Auckland' })).toBe('2026-11-23');
    nest.pass(12 * hour);
    expect(await from()).toBe('2026-11-23');
    expect(nest.runs('Query.campaigns')).toBe(2);
  });

  it('in another time zone, nothing changes here', async () => {
    const nest = inNest();
    const vienna = { ...ada, timeZone: 'Europe/Vienna' };
    const from = async (as: typeof ada) => (await ask(nest, '{ report { from } }', { as })).data.report.from;
    await from(ada);
    nest.pass(11 * hour); // 23:00 in UTC, midnight in Vienna
    expect([await from(ada), await from(vienna)]).toEqual(['2026-11-22', '2026-11-23']);
  });

  it('an answer without days goes on', async () => {
    const nest = createNest({ policies: { POSTS: { ttlMs: 100 * hour } } });
    for (let round = 0; round < 2; round++) await ask(nest, '{ postCount }');
    nest.pass(12 * hour);
    expect((await ask(nest, '{ postCount }')).joinedFrom).toBeDefined();
  });
});
