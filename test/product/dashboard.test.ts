import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trial } from '@magpie/cache/entries';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import { bundleDashboard } from '../../src/dashboard/bundle.ts';
import { bucketsOf } from '../../src/dashboard/page/figures/buckets.ts';
import {
  counterNames,
  type Figures,
  levelNames,
  type Step,
  timeNames,
} from '../../src/dashboard/page/figures/figures.ts';
import {
  bytes,
  count,
  duration,
  moment,
  percent,
  perSecond,
  points,
  type Quantity,
  textOf,
} from '../../src/dashboard/page/figures/format.ts';
import { addRounds, findExperiment } from '../../src/operator/experiment-repository.ts';
import { saveProcess } from '../../src/operator/process-repository.ts';
import type { RemoteSnapshot } from '../../src/remote/statistics.ts';
import { describeInBrowser, launchBrowser, stopWhenFrozen } from '../setup/browser.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { chartRows } from './dashboard-charts.ts';
import { createLoad } from './dashboard-load.ts';
import { type Magpie, type MagpieOptions, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The folder that pictures of the page are put into, after ten minutes of load; `docs` for those of the documentation. */
const picturesFolder = process.env.DASHBOARD_PICTURES;
const pictures = [
  ['light', 1280, 'light'],
  ['dark', 1280, 'dark'],
  ['phone', 360, 'light'],
  ['wide', 1920, 'light'],
] as const;

/** A clock that a test moves on, and that runs a little each time it is read, so that loads take their time. */
class RunningTime extends TestTime {
  constructor() {
    super();
    const passed = this.now;
    let readings = 0;
    this.now = () => passed() + this.#realMs() + readings++ * 0.001;
    this.date = () => new Date(passed() + this.#realMs());
  }

  #realMs = () => 0;

  /** Runs as fast as real time from now on, so that pictures show times as they are. */
  run(): void {
    const startedAtMs = performance.now();
    this.#realMs = () => performance.now() - startedAtMs;
  }
}

/** Room for fewer posts than are asked for, so that some are evicted, which an alert and advice tell. */
const scarce = { ...policies, POSTS: { ...policies.POSTS, maxEntries: 6 } };

const hosts = [
  { host: 'magpie-1', pid: 31 },
  { host: 'magpie-2', pid: 31 },
  { host: 'magpie-3', pid: 28 },
] as const;

const time = new RunningTime();
let folder: string;
let database: TestDatabase;
let magpie: Magpie;
let owner: Session;
let browser: Browser;
let page: Page;
let load: ReturnType<typeof createLoad>;
/** The statistics when the page had begun to hear what happens. */
let beforeLive: Awaited<ReturnType<typeof statistics>>;
const requested: string[] = [];
const problems: string[] = [];

const start = async (port = 0, options: MagpieOptions = {}) => {
  const environment = { OPERATOR_WORKSPACE: owner.workspaceId };
  magpie = await startMagpie(database, {
    dashboardFolder: folder,
    time,
    port,
    outlivesTest: true,
    environment,
    identity: hosts[0],
    remote,
    ...options,
  });
};

/** A tier that says what it has done, and has nothing. */
const remote = {
  find: () => undefined,
  begin: () => undefined,
  snapshot: (): RemoteSnapshot => ({
    ...{
      state: 'AVAILABLE',
      writeState: 'UNAVAILABLE',
      downForMs: 0,
      hits: 1_204,
      misses: 96,
      writes: 88,
      errors: 2,
      timeouts: 3,
    },
    refused: { corrupt: 0, version: 0, foreign: 0, outdated: 4, expired: 1, unleased: 0 },
    omitted: { unfaithful: 0, outdated: 2, busy: 0, unavailable: 5 },
    ...{ bytesRead: 2_097_152, bytesWritten: 153_600 },
    latency: { minMs: 0.2, avgMs: 0.6, maxMs: 9, p50Ms: 0.5, p95Ms: 1.2, p99Ms: 4 },
  }),
};

/** Two others, as they report; the last one was killed. */
async function reportOthers(): Promise<void> {
  const limits = { maxEntries: 1_500, maxBytes: 10_485_760 };
  const busy = { lookups: 8_140, hits: 6_905, misses: 1_230, loads: 1_188, lookupsPerSecond: 12.4, evictions: 31 };
  for (const [place, figures] of [
    { ...busy, ...limits, entries: 612, bytes: 1_843_200 },
    { lookups: 95, hits: 40, misses: 55, loads: 55, ...limits, entries: 51, bytes: 92_160 },
  ].entries())
    await saveProcess(database.queries, {
      ...{ ...hosts[place + 1]!, id: `other-${place}`, version: '0.1.0', runsBackgroundWork: true },
      ...{ startedAt: new Date(Date.now() - 8_940_000).toISOString(), state: 'SERVING', figures, report: {} },
    });
  for (const [id, seconds] of [
    ['other-0', 60], // so that it is not silent however slow the test is
    ['other-1', -21],
  ] as const)
    await database.queries
      .updateTable('cacheProcesses')
      .set({ at: sql`clock_timestamp() + ${seconds} * interval '1 second'` })
      .where('id', '=', id)
      .execute();
}

const experimentQuery = `{ cacheExperiment { arms {
  ttlSeconds loads hits hitRatio savedLoads checked behind behindShare maxBehindSeconds
  hitRatioTest { difference pValue isReal } behindTest { difference pValue isReal }
} } }`;

const address = () => magpie.url.replace('/graphql', '/dashboard');

async function prepare(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'magpie-dashboard-'));
  await bundleDashboard(folder);
  database = await createTestDatabase('postgres', { template: 'seeded' });
  owner = await signInAs(database, 'OWNER');
  await start(0, { policies: scarce });
  load = createLoad({ magpie: () => magpie, owner, time });
  for (let n = 0; n < 8; n++) {
    const asked = Array.from(
      { length: 28 },
      (_, each) => `p${each}: posts(first: ${1 + (each % 14)}) { nodes { id } }`,
    );
    await magpie.ask(owner.token, `{ ${asked.join(' ')} }`);
  }
  const failing = () => Promise.reject(new Error('not there'));
  await magpie.engine.cache.fetch({ category: 'MEDIA', key: 'failing' }, failing).catch(() => {});
  await seconds(20, 5);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('request', (request) => requested.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
}

/** Lets the server tell a second, in pieces, until the page is live. Of a second that it does not hear from its start it has a piece. */
async function becomeLive(): Promise<void> {
  const live = page.getByText('Live', { exact: true });
  const retry = page.getByRole('button', { name: 'Try now' });
  if (!(await live.isVisible())) time.pass(1_000);
  while (!(await live.isVisible())) {
    if (await retry.isVisible()) await retry.click();
    magpie.engine.recordSecond();
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

async function seconds(howMany: number, queriesInEach = 0): Promise<void> {
  for (let second = 0; second < howMany; second++) await load(queriesInEach);
}

/** Five seconds, after which the page reads again what is not told each second. */
async function catchUp(): Promise<void> {
  await becomeLive();
  await seconds(5);
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function statistics(): Promise<any> {
  const { json } = await magpie.ask(
    owner.token,
    `{ cacheStats {
      lookups hits misses bypasses hitRatio loads refreshes failures timeouts rescues evictions expirations invalidations savedMs
      entries maxEntries bytes maxBytes hitsBy { memory remote stale } missesBy { cold expired evicted invalidated }
      hitLatency { minMs maxMs } missLatency { minMs maxMs } alerts { kind category message }
      recentInvalidations(first: 5) { mutation }
      categories {
        category hitRatio hits misses loads refreshes prefetches entries bytes evictions expirations invalidations savedMs advice
        policy { maxEntries maxBytes } fields { coordinate hitRatio misses lookups } sizing { maxEntries hitRatio }
        audit { checked differed differedShare } hottest(first: 10) { key hits bytes }
      }
    } }`,
  );
  return json.data.cacheStats;
}

interface Hot {
  readonly key: string;
  readonly hits: number;
  readonly bytes: number;
}

const card = (name: string) => page.getByRole('region', { name, exact: true });
/** The text of a figure at the top, once it is as expected; with its own time limit, it fails the test. */
const shows = (name: string, value: string) =>
  page
    .locator('.figures > div', { has: page.getByText(name, { exact: true }) })
    .getByText(value)
    .first()
    .waitFor();
/** How many WebSockets are open. */
const connections = () => magpie.server.sockets.size;
/** The figures at the top, each with what is written beneath it. */
const figuresAtTop = async () => (await page.locator('.figures > div').allInnerTexts()).map(compact);
/** The rows of a card's table, without its head, each cell as it is written. */
const tableOf = async (name: string) => {
  const rows = card(name).locator('tbody tr');
  return await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
};
/** What a text tells: a number and a unit. */
const toldBy = (text: string) => {
  const [, number, unit] = /^([−+\d.,]+)\s*(.*)$/u.exec(text.trim()) ?? [];
  return number === undefined ? text : { number: Number(number.replaceAll(',', '')), unit };
};
/** Whether a text tells a quantity to within a hundredth: seconds of the page are as long as they were, not exactly one. */
function expectNear(text: string, expected: Quantity): void {
  const [shown, wanted] = [toldBy(text), toldBy(textOf(expected))];
  if (typeof shown === 'string' || typeof wanted === 'string') {
    expect(shown).toEqual(wanted);
    return;
  }
  expect([text, shown.unit]).toEqual([text, wanted.unit]);
  expect(Math.abs(shown.number - wanted.number), `${text} for ${textOf(expected)}`).toBeLessThanOrEqual(
    0.01 * wanted.number,
  );
}
/** What the history of all categories has, which the charts show. */
async function history(): Promise<Step[]> {
  const names = [...counterNames, ...levelNames, ...timeNames];
  const { json } = await magpie.ask(owner.token, `{ cacheHistory { endsAt total { ${names.join(' ')} } } }`);
  const { endsAt, total } = json.data.cacheHistory;
  return total.hits.flatMap((known: number | null, index: number) =>
    known === null
      ? []
      : [
          {
            atMs: Date.parse(endsAt) - (total.hits.length - 1 - index) * 1_000,
            seconds: 1,
            figures: Object.fromEntries(names.map((name) => [name, total[name][index]])) as Figures,
          },
        ],
  );
}
const compact = (text: string) => text.replace(/\s+/g, ' ');

/** Rules that the page breaks, each with the elements that do. */
async function findings(): Promise<unknown[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the script above defines
    const { violations } = await (globalThis as any).axe.run();
    return violations.map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => [
      id,
      nodes.map(({ html }) => html),
    ]);
  });
}

describeInBrowser('the dashboard', () => {
  beforeAll(prepare);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });
  stopWhenFrozen(() => page);

  it('asks for a token, and says what is wrong with one', async () => {
    const editor = await signInAs(database, 'EDITOR');
    await page.goto(address());
    for (const [token, said] of [
      [editor.token, 'expected one of the role ADMIN or OWNER'],
      ['magpie_wrong', 'is not valid'],
      ['токен', 'is not valid'],
    ] as const) {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText(said).waitFor();
    }
    expect(await findings()).toEqual([]);
    problems.length = 0; // the browser reports the refusals
  });

  it('signs in by the fragment of a link, which it takes out of the address', async () => {
    await page.goto(`${address()}#token=${owner.token}`);
    await page.getByRole('heading', { level: 1, name: 'All categories' }).waitFor();
    await seconds(1); // so that the sign-in’s own lookups are in a second that is heard as a whole, or not at all
    await becomeLive();
    await seconds(60); // until the sign-in’s own lookups are not of the last minute
    beforeLive = await statistics();
    expect(page.url()).not.toContain('token');
    const { json } = await magpie.ask(owner.token, '{ workspace { name } }');
    await page.getByText(json.data.workspace.name).waitFor();
  });

  it('shows the counters that cacheStats has, of all categories', async () => {
    await seconds(5, 4);
    await catchUp();
    const now = await statistics();
    expect([now.evictions > 0, now.failures]).toEqual([true, 1]);
    await shows('Hit ratio', percent(now.hitRatio).figure);
    await shows('Hit ratio', `${textOf(count(now.hits))} hits`);
    await shows('Load time saved', duration(now.savedMs).figure);
    await shows('Entries', count(now.entries).figure);
    await shows('Memory', bytes(now.bytes).figure);
    await card('Counters')
      .getByText(textOf(count(now.hits)), { exact: true })
      .first()
      .waitFor();
    const rows = compact(await card('Counters').innerText());
    const number = (value: number) => textOf(count(value));
    for (const told of [
      `Lookups ${number(now.lookups)}`,
      `Hits ${number(now.hits)} ${number(now.hitsBy.memory)} memory`,
      `Misses ${number(now.misses)} ${number(now.missesBy.cold)} cold · ${number(now.missesBy.expired)} expired · ${number(now.missesBy.evicted)} evicted · ${number(now.missesBy.invalidated)} invalidated`,
      `Loads ${number(now.loads)} ${number(now.misses - now.loads)} misses were coalesced · ${number(now.refreshes)} refreshes, 0 of them before expiry`,
      `Failed loads 1 ${now.timeouts} over the time limit · ${now.rescues} rescued`,
      `Removals ${number(now.evictions + now.expirations + now.invalidations)} ${number(now.evictions)} evicted · ${number(now.expirations)} expired · ${number(now.invalidations)} invalidated`,
      `Load time saved ${textOf(duration(now.savedMs))}`.replace(/\s+/g, ' '),
    ])
      expect(rows).toContain(told);

    const passed = (await history()).length;
    const [, lookups, loads, saved, evictions, failed] = await figuresAtTop();
    const told = (text: string | undefined, name: string) => text!.replace(`${name} `, '').split(/(?<=\/s) /);
    const [rate, rateNow] = told(lookups, 'Lookups');
    expectNear(rate!, perSecond(now.lookups / passed));
    expectNear(rateNow!.replace(' now', ''), perSecond((now.lookups - beforeLive.lookups) / 10));
    const [loadRate, coalesced] = told(loads, 'Loads');
    expectNear(loadRate!, perSecond((now.loads + now.refreshes) / passed));
    expect(coalesced).toBe(`${now.misses - now.loads} misses coalesced`);
    expect(saved).toContain(`by ${number(now.hits)} hits`);
    const [evictionRate, all] = told(evictions, 'Evictions');
    expectNear(evictionRate!, perSecond(now.evictions / passed));
    expect(all).toBe(`${now.evictions} in all`);
    expect(failed).toBe(`Failed loads 1 ${now.hitsBy.stale} stale hits`);

    const rail = (await page.getByRole('navigation').getByRole('link').allInnerTexts()).map(compact);
    const heard = (name: 'hits' | 'misses', category: string) =>
      [now, beforeLive].map(({ categories }) => categories.find((one: typeof now) => one.category === category)[name]);
    for (const { category } of now.categories) {
      const [hits, misses] = (['hits', 'misses'] as const).map((name) => {
        const [later, earlier] = heard(name, category);
        return later - earlier;
      }) as [number, number];
      const ratio = textOf(percent(hits + misses === 0 ? null : hits / (hits + misses)));
      const link = rail.find((text) => text.toUpperCase().startsWith(category))!;
      expect([category, link.replace(' (alert)', '')]).toEqual([category, compact(`${link.split(' ')[0]} ${ratio}`)]);
    }
  });

  it('tells the alerts and the advice of cacheStats', async () => {
    const now = await statistics();
    const items = async (name: string) => (await card(name).getByRole('listitem').allInnerTexts()).map(compact);
    const names: Record<string, string> = { LOW_HIT_RATIO: 'Low hit ratio', HIGH_EVICTION_RATE: 'Many evictions' };
    const alerts = (await items('Alerts')).map((text) => text.replace(/ since .*$/, ''));
    expect(alerts).toEqual(now.alerts.map((one: typeof now) => `${names[one.kind]} ${one.message}`));
    const advice = now.categories.flatMap((one: typeof now) => one.advice);
    expect(await items('Advice')).toEqual(advice.map((sentence: string) => compact(`Advice ${sentence}`)));
    expect([alerts.length > 0, advice.length > 0]).toEqual([true, true]);
  });

  it('shows in each chart what the history has, which adds up to what cacheStats has', async () => {
    const now = await statistics();
    const steps = await history();
    const sum = (name: (typeof counterNames)[number]) => steps.reduce((all, { figures }) => all + figures[name], 0);
    const { hits, loads, refreshes, failures, evictions, expirations, invalidations, bypasses } = now;
    for (const [name, value] of Object.entries({
      hits,
      loads,
      refreshes,
      failures,
      evictions,
      expirations,
      invalidations,
    }))
      expect([name, sum(name as 'hits')]).toEqual([name, value]);
    expect(sum('savedMs')).toBeCloseTo(now.savedMs, 6);
    expect(sum('bypasses')).toBe(bypasses);

    const nowMs = steps.at(-1)!.atMs;
    const buckets = bucketsOf(steps, { spanMs: 600_000, bucketMs: 5_000, nowMs }).filter(({ figures }) => figures);
    for (const [title, cells] of Object.entries(chartRows)) {
      await page.getByRole('button', { name: `Table of ${title}`, exact: true }).click();
      const expected = buckets
        .map(({ atMs, seconds, figures }) => ({ atMs, cells: cells(figures!, seconds) }))
        .filter((row) => row.cells.some(({ figure }) => figure !== '–'))
        .reverse();
      const shown = await tableOf(title);
      expect([title, shown.map(([at]) => at)]).toEqual([title, expected.map(({ atMs }) => moment(atMs, nowMs))]);
      for (const [row, [, ...texts]] of shown.entries())
        for (const [column, text] of texts.entries()) expectNear(text, expected[row]!.cells[column]!);
      await page.getByRole('button', { name: `Table of ${title}`, exact: true }).click();
    }
    for (const kind of ['hit', 'miss'] as const) {
      const { minMs, maxMs } = now[`${kind}Latency`];
      const slowest = steps.map(({ figures }) => figures[`${kind}P99Ms`]).filter((ms) => ms !== null);
      expect(slowest.length > 0).toBe(maxMs !== null);
      for (const ms of slowest) expect(ms >= 0.95 * minMs && ms <= 1.05 * maxMs).toBe(true);
    }
  });

  it('asks everything over one connection, so that all comes from one process', () => {
    expect(requested.filter((url) => new URL(url).pathname === '/graphql')).toEqual([]);
    expect(connections()).toBe(1);
  });

  it('tells each chart in words, with the figures of the history', async () => {
    const now = await statistics();
    const charts = await page.getByRole('img').evaluateAll((all) => all.map((one) => one.ariaLabel ?? ''));
    expect(charts.map((words) => words.split('. ')[0])).toEqual([
      ...['Hit ratio', 'Lookups and loads', 'Misses by cause', 'Time of hits', 'Time of misses'],
      ...['Load time saved', 'Evictions and other removals', 'Room in use'],
    ]);
    const { cold, expired, evicted, invalidated } = now.missesBy;
    expect(charts[2]).toBe(
      `Misses by cause. ${now.misses} misses over the last 10 minutes: ${cold} cold, ${expired} expired, ${evicted} evicted, ${invalidated} invalidated.`,
    );
    expect(charts[0]).toContain(textOf(percent(now.hits / (now.hits + now.misses))));
    expect(charts[5]).toContain(textOf(duration(now.savedMs)));
    expect(charts[7]).toContain(`of ${textOf(count(now.maxEntries))} entries and ${textOf(bytes(now.maxBytes))}`);
  });

  it('shows categories, fields and invalidations as cacheStats has them', async () => {
    const now = await statistics();
    const rows = (await card('Categories').getByRole('row').allInnerTexts()).map(compact);
    for (const one of now.categories) {
      const row = rows.find((text) => text.toUpperCase().startsWith(`${one.category} `))!;
      const shown = [percent(one.hitRatio), count(one.hits + one.misses), count(one.misses), count(one.loads)];
      expect(row).toContain(compact(shown.map(textOf).join(' ')));
      expect(row).toContain(`${count(one.entries).figure} of ${count(one.policy.maxEntries).figure}`);
    }
    const fields = now.categories.flatMap(({ fields }: never) => fields);
    const most = Math.max(...fields.map(({ misses }: { misses: number }) => misses));
    const [, first] = (await card('Fields with the most misses').getByRole('row').allInnerTexts()).map(compact);
    const { hitRatio, lookups } = fields.find(({ coordinate }: { coordinate: string }) =>
      first!.startsWith(coordinate),
    );
    expect(first).toContain(compact(`${textOf(percent(hitRatio))} ${most} ${lookups}`));
    const hottest = now.categories
      .flatMap(({ hottest }: never) => hottest)
      .sort((one: Hot, other: Hot) => other.hits - one.hits)
      .slice(0, 10);
    const shown = await tableOf('Hottest entries');
    expect(shown.map(([, hits, , , size]) => [hits, size])).toEqual(
      hottest.map((one: Hot) => [textOf(count(one.hits)), textOf(bytes(one.bytes))]),
    );
    for (const [row, [key]] of shown.entries()) expect(hottest[row].key.endsWith(key)).toBe(true);
    const told = await card('Recent invalidations').innerText();
    for (const { mutation } of now.recentInvalidations) expect(told).toContain(mutation);
  });

  it('shows every process with its state, and what those that are not silent have counted together', async () => {
    await reportOthers();
    await catchUp();
    await card('Processes').getByText('silent for').waitFor();
    const now = await statistics();
    const own = [now.hits + now.misses, percent(now.hitRatio), now.entries] as const;
    const [, first, second, third] = (await card('Processes').getByRole('row').allInnerTexts()).map(compact);
    expect(first).toMatch(/^magpie-1 31 ?this one from memory /);
    expect(first).toContain(compact(`${textOf(own[1])} ${textOf(count(own[0]))}`));
    expect(first).toContain(`${textOf(count(own[2]))} of ${textOf(count(now.maxEntries))}`);
    expect(second).toMatch(
      compact(`magpie-2 31 from memory 2.5 h 84.9 % 8,140 12.4 /s 1,188 31 612 of 1,500 1.76 MiB of 10 MiB`),
    );
    expect(third).toMatch(/^magpie-3 28 silent for 2\d s /);
    const ratio = percent((now.hits + 6_905) / (now.hits + now.misses + 6_905 + 1_230));
    const hint = await card('Processes').getByText('2 together').innerText();
    expect(hint).toContain(`${textOf(count(own[0] + 8_140))} lookups, hit ratio ${textOf(ratio)}`);
  });

  it('shows what is shared with others, and whether that works', async () => {
    const rows = compact(await card('Remote tier').innerText());
    for (const told of [
      'Reads in use writes: away',
      'Values found 1,204 96 not found · 5 refused',
      'Values written 88 7 not shared',
      'Failed calls 5 3 of them over the deadline',
      'Bytes read 2 MiB 150 KiB written',
    ])
      expect(rows).toContain(told);
  });

  it('shows one category, with what other sizes would have done and today’s', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Templates' }).click();
    await page.getByRole('heading', { level: 1, name: 'Templates' }).waitFor();
    const now = (await statistics()).categories.find(({ category }: { category: string }) => category === 'TEMPLATES');
    await shows('Hit ratio', `${textOf(count(now.hits))} hits`);
    await card('Hits that were behind').getByText('No hit was found').waitFor();
    const sizes = page.getByRole('img', { name: /^Hit ratio by size/ });
    expect(await sizes.getAttribute('aria-label')).toContain(`today’s ${now.policy.maxEntries} entries`);
    await page.getByRole('button', { name: 'Table of Hit ratio by size' }).click();
    const sizing: { maxEntries: number; hitRatio: number }[] = now.sizing.toReversed();
    expect(await tableOf('Hit ratio by size')).toEqual(
      sizing.map((one) => [`${textOf(count(one.maxEntries))} entries`, textOf(percent(one.hitRatio))]),
    );
    const { checked, differed, differedShare } = now.audit;
    expect(compact(await card('Counters').innerText())).toContain(
      compact(`Hits audited ${checked} ${differed} differed, ${textOf(percent(differedShare))}`),
    );
  });

  it('clears a category and warms the cache, when that is confirmed', async () => {
    await page.getByRole('button', { name: 'Clear …' }).press('Enter');
    await page.getByRole('dialog', { name: 'Clear Templates?' }).waitFor();
    expect(await findings()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Clear …');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
    await page.getByText(/cleared\.$/).waitFor();
    const { categories, recentInvalidations } = await statistics();
    expect(categories.find(({ category }: { category: string }) => category === 'TEMPLATES').entries).toBe(0);
    expect(recentInvalidations[0].mutation).toBe('clearCache');
    await page.getByRole('button', { name: 'Warm' }).click();
    await page.getByText(/made\.$/).waitFor();
    expect((await statistics()).entries).toBeGreaterThan(5);
  });

  it('closes a question by its own answer, not by that to one that was closed before', async () => {
    await page.getByRole('button', { name: 'Clear …' }).click();
    await page.evaluate(async () => {
      const first = document.querySelector('dialog')!;
      const closed = new Promise((resolve) => first.addEventListener('close', resolve));
      first.querySelector('form')!.requestSubmit();
      first.close();
      await closed;
      document.querySelector<HTMLElement>('.actions .danger')!.click();
    });
    await page.getByText(/cleared\.$/).waitFor();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await page.getByRole('dialog').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('changes the policy of a category, and goes back to the configured one', async () => {
    const templates = async () =>
      (await statistics()).categories.find(({ category }: { category: string }) => category === 'TEMPLATES').policy;
    const configured = await templates();
    await page.getByRole('button', { name: 'Policy …' }).click();
    expect(await findings()).toEqual([]);
    const entries = page.getByRole('spinbutton', { name: /^Entries/ });
    await entries.fill('60.5');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    expect(await entries.evaluate((input) => input.matches(':invalid'))).toBe(true); // which the browser tells
    await entries.fill('60');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('at most 60 entries').waitFor();
    expect(await templates()).toEqual({ ...configured, maxEntries: 60 });
    await page.getByRole('button', { name: 'Policy …' }).click();
    await page.getByRole('button', { name: 'Go back to it' }).click();
    await page.getByText('is as configured').waitFor();
    expect(await templates()).toEqual(configured);
  });

  it('starts an experiment, shows it, and ends it with a lifetime adopted', async () => {
    const experiment = page.getByRole('region', { name: 'Experiment on the lifetime of Templates' });
    await page.getByRole('button', { name: 'Experiment …' }).click();
    expect(await findings()).toEqual([]);
    await page.getByLabel('Lifetimes').fill('5 min, 900');
    await page.getByRole('button', { name: 'Start' }).click();
    expect(await page.getByLabel('Lifetimes').evaluate((input) => input.matches(':invalid'))).toBe(true);
    await page.getByLabel('Lifetimes').fill('300, 900');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('An experiment on Templates runs.').waitFor();
    await experiment.getByRole('rowheader', { name: '15 min' }).waitFor();
    expect(await page.getByRole('button', { name: 'Experiment …' }).count()).toBe(0);
    await page.getByText('Fresh for 5 min or 15 min, by the experiment').waitFor();
    expect(compact(await experiment.innerText())).toContain('the reference none checked – the reference');

    const trial = (hits: number, checked: number) =>
      ({ loads: 40, hits, checked, savedMs: 0, behind: 0, behindMs: 0, maxBehindMs: 0 }) as Trial;
    const { id } = (await findExperiment(database.queries))!;
    const others = Array.from({ length: 16 }, () => [trial(10, 0), trial(60, 0)]);
    await addRounds(database.queries, { id, groups: others });
    await catchUp();
    await experiment.getByText('too few hits audited').waitFor();
    await addRounds(database.queries, {
      id,
      groups: [[trial(30, 4), { ...trial(90, 5), behind: 2, maxBehindMs: 90_000 } as Trial]],
    });
    await catchUp();
    await experiment.getByText('2 of 5').waitFor();
    const arms = (await magpie.ask(owner.token, experimentQuery)).json.data.cacheExperiment.arms;
    const verdict = (test: (typeof arms)[number]) => {
      if (!test) return 'the reference';
      const pValue = test.pValue < 0.001 ? '< 0.001' : test.pValue.toFixed(3);
      return `${textOf(points(test.difference))}, ${test.isReal ? 'real' : 'not certain'} (p ${pValue})`;
    };
    expect(await tableOf('Experiment on the lifetime of Templates')).toEqual(
      arms.map((arm: (typeof arms)[number]) => [
        ...[
          textOf(duration(arm.ttlSeconds * 1_000)),
          textOf(count(arm.hits + arm.loads)),
          textOf(percent(arm.hitRatio)),
        ],
        ...[arm.savedLoads === null ? '–' : textOf(count(arm.savedLoads)), verdict(arm.hitRatioTest)],
        `${textOf(percent(arm.behindShare))} of lookups, ${arm.behind} of ${arm.checked} checked`,
        ...[textOf(duration(arm.maxBehindSeconds && arm.maxBehindSeconds * 1_000)), verdict(arm.behindTest)],
      ]),
    );
    await experiment.getByRole('button', { name: 'End …' }).click();
    await page.getByLabel('Adopt').selectOption('900');
    expect(await findings()).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await experiment.waitFor({ state: 'detached' });
    await page.getByText('Fresh for 15').waitFor();
    await magpie.ask(
      owner.token,
      'mutation { resetCachePolicy(input: { category: TEMPLATES }) { userErrors { code } } }',
    );
  });

  it('tells the figures of a place in a chart that arrow keys choose', async () => {
    const chart = page.getByRole('img', { name: /^Lookups and loads/ });
    const told = card('Lookups and loads').getByRole('status');
    await chart.press('End');
    const last = await told.innerText();
    expect(last).toMatch(/^\d\d:\d\d:\d\d: Lookups .*, Loads /);
    await chart.press('ArrowLeft');
    expect(await told.innerText()).not.toBe(last);
    await chart.press('ArrowRight');
    expect(await told.innerText()).toBe(last);
    await chart.press('Escape');
    expect(await told.innerText()).toBe('');
  });

  it('follows keys that are pressed faster than it draws', async () => {
    const chart = page.getByRole('img', { name: /^Lookups and loads/ });
    await chart.press('End');
    await chart.evaluate(async (element) => {
      for (let n = 0; n < 61; n++) {
        const key = n % 2 ? 'ArrowRight' : 'ArrowLeft';
        element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        for (let turn = 0; turn < n % 7; turn++) await Promise.resolve(); // less than it takes to draw
      }
    });
    const told = card('Lookups and loads').getByRole('status');
    const reached = await told.innerText();
    await chart.press('End');
    await chart.press('ArrowLeft');
    expect(await told.innerText()).toBe(reached);
    await chart.press('Escape');
  });

  it('keeps who is signed in when a link with another token is opened, unless that is confirmed', async () => {
    const other = await signInAs(database, 'OWNER');
    const kept = () => page.evaluate(() => sessionStorage.getItem('magpie:token'));
    const open = (token: string) => page.evaluate((hash) => location.replace(`#${hash}`), `token=${token}`);
    const question = page.getByRole('dialog', { name: 'Use the token of the link?' });
    await open(other.token);
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(await kept()).toBe(owner.token);
    for (const token of [other.token, owner.token]) {
      await open(token);
      await question.getByRole('button', { name: 'Use it' }).click();
      await question.waitFor({ state: 'detached' });
      expect(await kept()).toBe(token);
    }
    await becomeLive(); // a session has a connection of its own
    expect(page.url()).not.toContain('token');
  });

  it('chooses the time that is shown by keyboard', async () => {
    await page.goto(`${address()}#ALL`);
    await page.getByRole('radio', { name: '10 min' }).press('ArrowRight');
    await page.getByLabel('Figures of the last hour').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByLabel('Figures of the last 10 minutes').waitFor();
  });

  it('says when it is not live, and has no gap once it is again', async () => {
    await magpie.server.sockets.drain(1_000);
    await page.getByText(/^Not live since/).waitFor();
    await seconds(5, 4);
    const { hits } = await statistics();
    await becomeLive();
    await shows('Hit ratio', `${textOf(count(hits))} hits`);
    expect(problems).toEqual([]);
  });

  it('outlives a restart of the server', async () => {
    const port = Number(new URL(magpie.url).port);
    const { hits: before } = await statistics();
    await magpie.stop();
    await page.getByText(/^Not live since/).waitFor();
    await start(port);
    await becomeLive();
    await seconds(5, 4);
    await catchUp();
    const now = await statistics();
    await card('Counters')
      .getByText(textOf(count(now.hits)), { exact: true })
      .first()
      .waitFor();
    await shows('Hit ratio', `${textOf(count(before + now.hits))} hits`); // what the page has heard is kept
    problems.length = 0; // the browser reports connections that are refused
  });

  it.each(['light', 'dark'] as const)('has nothing for axe to find and fits every width, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const place of ['TEMPLATES', 'ALL']) {
      await page.goto(`${address()}#${place}`);
      for (const width of [1920, 1280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        expect([width, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([width, width]);
      }
    }
    expect(await findings()).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await findings()).toEqual([]);
  });

  it('moves nothing for whoever wants less motion', async () => {
    const moving = () => page.evaluate(() => document.getAnimations().length);
    await becomeLive();
    await seconds(1); // so that the page does not miss one for too long meanwhile
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await moving()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving()).toBe(0);
  });

  it('keeps what has the focus in view, and a long name within its bar', async () => {
    await page.setViewportSize({ width: 1280, height: 600 });
    const covered = await page.evaluate(() => {
      const bar = document.querySelector('.top')!;
      document.querySelector('.brand small')!.textContent = 'Donaudampfschifffahrt'.repeat(20);
      scrollTo(0, document.documentElement.scrollHeight);
      return [...document.querySelectorAll<HTMLElement>('main [tabindex], main a, main button')]
        .reverse()
        .filter((one) => {
          one.focus();
          return one.getBoundingClientRect().top < bar.getBoundingClientRect().bottom;
        }).length;
    });
    const { height } = (await page.locator('.top').boundingBox())!;
    expect([covered, height < 64, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
      0,
      true,
      1280,
    ]);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('tells why it is not live, if the server says so', async () => {
    await page.goto('about:blank');
    while (connections() > 0) await page.evaluate(() => new Promise(requestAnimationFrame));
    const others = new AbortController();
    const headers = {
      ...{ authorization: `Bearer ${owner.token}`, accept: 'text/event-stream', 'content-type': 'application/json' },
    };
    const body = JSON.stringify({ query: 'subscription { cacheStatsUpdated { at } }' });
    for (let n = 0; n < 3; n++) await fetch(magpie.url, { method: 'POST', headers, body, signal: others.signal });
    await page.goto(address());
    await card('Not of now').getByText('Expected at most 3 subscriptions of a token').waitFor();
    others.abort();
    await becomeLive();
    await card('Not of now').waitFor({ state: 'detached' });
  });

  it('spoke to this server alone, and left the token in this tab alone', async () => {
    const { origin } = new URL(address());
    expect(requested.filter((url) => !url.startsWith(`${origin}/`))).toEqual([]);
    expect(requested.filter((url) => url.includes(owner.token))).toEqual([]);
    expect(problems).toEqual([]);
    const kept = await page.evaluate(() => JSON.stringify(localStorage) + document.cookie + location.href);
    expect(kept).not.toContain(owner.token);
  });

  it.skipIf(!picturesFolder)('has its picture taken after ten minutes of load', { timeout: 300_000 }, async () => {
    time.run();
    await seconds(585, 4);
    for (const [name, width, colorScheme] of pictures) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await reportOthers();
      await catchUp();
      await page.evaluate(() => scrollTo(0, 0)); // the bar at the top stays in view
      await page.screenshot({ path: join(picturesFolder!, `dashboard-${name}.png`), fullPage: true });
    }
  });

  it('asks for a token again when its own is revoked', async () => {
    await magpie.ask(owner.token, 'mutation { signOut { hasEnded } }');
    await magpie.server.recheck();
    await page.getByRole('alert').getByText('is not valid').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});
