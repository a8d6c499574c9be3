import { hostname } from 'node:os';
import { pid } from 'node:process';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import type { CacheCategory } from '../../src/generated/schema.ts';
import { createProcessReporter } from '../../src/operator/process-reporter.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';

const debugging = { 'x-cache-debug': '1' };
const templates = '{ templates(first: 2) { nodes { id title } } }';

const time = new TestTime();
let queries: Queries;
let magpie: Magpie;
let demo: Magpie;
let owner: Session;
let editor: Session;
let reader: Session;
let stranger: Session;
beforeAll(async () => {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  queries = database.queries;
  magpie = await startMagpie(database, { time });
  demo = await startMagpie(database, { time, isDemo: true });
  owner = await signInAs(database, 'OWNER');
  editor = await signInAs(database, 'EDITOR');
  reader = await signInAs(database, 'READER');
  stranger = await signInAs(database, 'OWNER', { place: 1 });
});
beforeEach(() => void magpie.engine.cache.clear());

const explain = async (query: string, { token = owner.token, at = magpie } = {}) =>
  (await at.ask(token, query, {}, debugging)).json.extensions?.cache;
const statusOf = async (query: string, { token } = owner) =>
  (await magpie.ask(token, query)).headers.get('cache-status');
const createTemplate = () =>
  magpie.ask(editor.token, 'mutation { createTemplate(input: { title: "x", body: "x" }) { userErrors { code } } }');

describe('an explanation, asked for with X-Cache-Debug: 1', () => {
  it('says of every cached field where it stands and what became of it', async () => {
    const query = '{ mine: templates(first: 2) { nodes { id } } viewer { preferences { theme } } }';
    const cause = expect.stringMatching(/^(cold|invalidated)$/);
    const missed = { status: 'MISS', cause, ageSeconds: 0 };
    const inOrder = (one: { coordinate: string }, other: { coordinate: string }) =>
      one.coordinate.localeCompare(other.coordinate);
    expect((await explain(query)).sort(inOrder)).toEqual([
      {
        ...{ path: ['mine'], coordinate: 'Query.templates', category: 'TEMPLATES' },
        ...{ ...missed, expiresInSeconds: 300 },
      },
      {
        ...{ path: ['viewer', 'preferences'], coordinate: 'Viewer.preferences', category: 'SETTINGS' },
        ...{ ...missed, expiresInSeconds: 600 },
      },
    ]);
    time.pass(7_000);
    const again = (await explain(query)).sort(inOrder);
    expect(again.map(({ status }: { status: string }) => status)).toEqual(['HIT', 'HIT']);
    expect(again[0]).toMatchObject({ ageSeconds: 7, expiresInSeconds: 293 });
  });

  it('names the mutation and the tag that made a value untrue, however hot it was', async () => {
    for (let i = 0; i < 4; i++) await magpie.ask(owner.token, templates);
    expect(await explain(templates)).toMatchObject([{ status: 'HIT' }]);
    await createTemplate();
    expect(await explain(templates)).toMatchObject([
      { status: 'MISS', cause: 'invalidated', invalidatedBy: { tag: 'Template', mutation: 'createTemplate' } },
    ]);
  });

  it('changes nothing else of an answer', async () => {
    const plain = await magpie.ask(owner.token, templates);
    const { extensions, ...explained } = (await magpie.ask(owner.token, templates, {}, debugging)).json;
    expect(explained).toEqual(plain.json);
    expect(extensions.cache).toHaveLength(1);
    expect((await magpie.ask(owner.token, templates)).text).toBe(plain.text);
  });

  it('is not given below ADMIN, but to everybody in a demo', async () => {
    for (const { token } of [editor, reader]) {
      const plain = await magpie.ask(token, templates);
      expect((await magpie.ask(token, templates, {}, debugging)).text).toBe(plain.text);
      expect(await explain(templates, { token, at: demo })).toHaveLength(1);
    }
  });

  it('shows nothing of another workspace', async () => {
    await magpie.ask(stranger.token, templates);
    await magpie.ask(stranger.token, 'mutation { updateSettings(input: { brandVoice: "x" }) { userErrors { code } } }');
    const text = JSON.stringify([await explain(templates), await explain('{ settings { locale } networks { name } }')]);
    expect(text).not.toContain(stranger.workspaceId);
    expect(text).not.toContain('updateSettings');
  });
});

describe('Cache-Status (RFC 9211)', () => {
  it('says what the cache did for the whole answer', async () => {
    expect(await statusOf(templates)).toBe('Magpie; fwd=miss; stored');
    expect(await statusOf(templates)).toBe('Magpie; hit; ttl=300');
    time.pass(12_000);
    expect(await statusOf(templates)).toBe('Magpie; hit; ttl=288');
    expect(await statusOf(`{ settings { locale } ${templates.slice(1)}`)).toBe('Magpie; fwd=partial; stored');
    expect(await statusOf('{ __typename cacheStats { hits } }')).toBe('Magpie; fwd=bypass');
    const { headers } = await createTemplate();
    expect(headers.get('cache-status')).toBe('Magpie; fwd=method');
  });
});

const figures = `{ cacheStats {
  lookups hits misses bypasses hitRatio entries bytes utilization evictions savedMs
  categories {
    category lookups hits misses bypasses hitRatio loads entries bytes invalidations
    hitsBy { memory remote stale } missesBy { cold expired evicted invalidated }
    hitLatency { minMs avgMs maxMs p50Ms p99Ms } missLatency { minMs avgMs maxMs p50Ms p99Ms }
    fields { coordinate lookups hits hitRatio }
  }
} }`;

interface Figures {
  category: CacheCategory;
  lookups: number;
  hits: number;
  misses: number;
  bypasses: number;
  loads: number;
  hitRatio: number | null;
  hitsBy: Record<string, number>;
  missesBy: Record<string, number>;
  fields: { lookups: number; hits: number; hitRatio: number | null }[];
  hitLatency: Record<string, number | null>;
  missLatency: Record<string, number | null>;
}

async function statistics(): Promise<{ total: Omit<Figures, 'category'>; categories: Figures[] }> {
  const { json } = await magpie.ask(owner.token, figures);
  expect(json.errors).toBeUndefined();
  const { categories, ...total } = json.data.cacheStats;
  return { total, categories };
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);

function expectConsistent({ total, categories }: Awaited<ReturnType<typeof statistics>>) {
  for (const name of ['lookups', 'hits', 'misses', 'bypasses'] as const)
    expect([name, total[name]]).toEqual([name, sum(categories.map((category) => category[name]))]);
  for (const one of categories) {
    expect(one.hits + one.misses + one.bypasses).toBe(one.lookups);
    expect(sum(Object.values(one.hitsBy))).toBe(one.hits);
    expect(sum(Object.values(one.missesBy))).toBe(one.misses);
    expect(one.loads).toBeLessThanOrEqual(one.misses);
    expect(sum(one.fields.map(({ lookups }) => lookups))).toBe(one.lookups);
    expect(sum(one.fields.map(({ hits }) => hits))).toBe(one.hits);
    const { hits, misses } = one;
    expect(one.hitRatio).toEqual(hits + misses === 0 ? null : hits / (hits + misses));
    for (const { minMs, avgMs, maxMs, p50Ms, p99Ms } of [one.hitLatency, one.missLatency] as Record<string, number>[]) {
      if (minMs === null) continue;
      expect(minMs).toBeLessThanOrEqual(avgMs!);
      expect(avgMs).toBeLessThanOrEqual(maxMs!);
      expect(p50Ms).toBeLessThanOrEqual(p99Ms!);
    }
  }
}

describe('cacheStats', () => {
  it('counts every lookup of known traffic once, hot or not', async () => {
    const before = await statistics();
    const robot = (
      await magpie.ask(
        owner.token,
        'mutation { createApiToken(input: { name: "robot", role: READER }) { token userErrors { code } } }',
      )
    ).json.data.createApiToken.token;

    for (let i = 0; i < 6; i++) await magpie.ask(owner.token, templates); // a miss, then hits of every kind
    await createTemplate();
    await magpie.ask(owner.token, templates); // a miss: invalidated
    await Promise.all(Array.from({ length: 10 }, () => magpie.ask(owner.token, '{ accounts { nodes { id } } }'))); // one load
    await magpie.ask(robot, '{ viewer { email } workspace { name } }');
    time.pass(301_000);
    await magpie.ask(owner.token, templates); // a miss: expired
    await magpie.ask(owner.token, '{ a: templates(first: 2) { nodes { id } } b: templates(first: 2) { totalCount } }'); // two hits

    const after = await statistics();
    expectConsistent(after);
    const grown = (category: CacheCategory, read: (figures: Figures) => number | undefined) => {
      const [was, is] = [before, after].map(({ categories }) =>
        read(categories.find((one) => one.category === category)!),
      );
      return is! - was!;
    };
    expect(grown('TEMPLATES', ({ lookups }) => lookups)).toBe(10);
    expect(grown('TEMPLATES', ({ hits }) => hits)).toBe(7);
    expect(grown('TEMPLATES', ({ missesBy }) => missesBy.expired)).toBe(1);
    expect(grown('TEMPLATES', ({ missesBy }) => missesBy.cold! + missesBy.invalidated!)).toBe(2);
    expect(grown('ACCOUNTS', ({ lookups }) => lookups)).toBe(10);
    expect(grown('ACCOUNTS', ({ loads }) => loads)).toBe(1);
  });

  it('is not changed by being read, and is never answered from the cache', async () => {
    const [first, second] = [await statistics(), await statistics()];
    expect(second.total).toEqual(first.total);
    expect(second.categories).toEqual(first.categories);
  });

  it('has no ratio of nothing', async () => {
    const { json } = await demo.ask(
      owner.token,
      '{ cacheStats { hitRatio categories(only: [CALENDAR]) { hitRatio hitLatency { minMs avgMs } } } }',
    );
    expect(json.data.cacheStats.categories).toEqual([{ hitRatio: null, hitLatency: { minMs: null, avgMs: null } }]);
  });

  it('shows the keys and tags of the asker’s workspace alone', async () => {
    for (const { token } of [owner, stranger]) await magpie.ask(token, `{ networks { name } ${templates.slice(1)}`);
    const { text } = await magpie.ask(
      owner.token,
      '{ cacheStats { categories { hottest(first: 100) { key tags hits bytes ageSeconds expiresInSeconds } } } }',
    );
    expect(text).toContain(owner.workspaceId);
    expect(text).not.toContain(stranger.workspaceId);
  });
});

describe('the processes of one database', () => {
  const counted = 'lookups hits misses bypasses loads evictions savedMs entries bytes';
  const counters = counted.split(' ');
  const statsOf = async (at: Magpie, of: string) => {
    const { json } = await at.ask(
      owner.token,
      `{ cacheStats(of: ${of}) {
        processCount startedAt hitRatio maxEntries maxBytes utilization ${counted} alerts { kind }
        categories {
          category ${counted} hitsBy { memory stale } missesBy { cold invalidated } missLatency { maxMs } audit { checked differed }
          fields { coordinate lookups hits } policy { maxEntries } advice sizing { maxEntries hitRatio } hottest { key }
        }
      } }`,
    );
    expect(json.errors).toBeUndefined();
    return json.data.cacheStats;
  };
  /** Reports what the demo has counted, as its background work does. */
  const report = () => {
    const { processes } = demo.engine;
    return createProcessReporter({ queries, processes, log: { error: (_, message) => expect.unreachable(message) } });
  };

  it('are listed, each with the figures of its own cacheStats', async () => {
    for (let n = 0; n < 3; n++)
      await demo.ask(owner.token, '{ templates(first: 7) { totalCount } posts { totalCount } }');
    await magpie.ask(owner.token, templates);
    await report().tick();
    const selected = `${counted} hitRatio maxEntries maxBytes startedAt`;
    const { data } = (
      await magpie.ask(owner.token, `{ cacheProcesses { id isThis host pid version state silentSeconds ${selected} } }`)
    ).json;
    expect(data.cacheProcesses).toHaveLength(2);
    for (const { id, isThis, host, pid: of, version, state, silentSeconds, ...figures } of data.cacheProcesses) {
      const at = isThis ? magpie : demo;
      expect(id).toBe(at.engine.processes.identity.id);
      expect({ host, of, state }).toEqual({ host: hostname(), of: pid, state: 'SERVING' });
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(silentSeconds).toBeLessThan(15);
      const own = await statsOf(at, 'THIS_PROCESS');
      expect(figures).toEqual(Object.fromEntries(selected.split(' ').map((name) => [name, own[name]])));
      expect(own.processCount).toBe(1);
    }
  });

  it('are added up by cacheStats(of: ALL_PROCESSES), but for what is of one process', async () => {
    for (let n = 0; n < 4; n++) await demo.ask(owner.token, '{ templates(first: 3) { totalCount } }');
    await report().tick();
    const [own, other, all] = [
      await statsOf(magpie, 'THIS_PROCESS'),
      await statsOf(demo, 'THIS_PROCESS'),
      await statsOf(magpie, 'ALL_PROCESSES'),
    ];
    expect(all.processCount).toBe(2);
    for (const name of [...counters, 'maxEntries', 'maxBytes'])
      expect([name, all[name]]).toEqual([name, own[name] + other[name]]);
    expect(all.hitRatio).toBe(all.hits / (all.hits + all.misses));
    expect(all.utilization).toBeCloseTo(Math.max(all.entries / all.maxEntries, all.bytes / all.maxBytes), 12);
    expect(all.alerts).toEqual(own.alerts);
    for (const [place, one] of all.categories.entries()) {
      const parts = [own.categories[place], other.categories[place]];
      for (const name of counters) expect([name, one[name]]).toEqual([name, sum(parts.map((part) => part[name]))]);
      for (const by of ['hitsBy', 'missesBy', 'audit'])
        for (const name of Object.keys(one[by]))
          expect([by, name, one[by][name]]).toEqual([by, name, sum(parts.map((part) => part[by][name]))]);
      expect(sum(one.fields.map((field: { hits: number }) => field.hits))).toBe(one.hits);
      const { policy, advice, sizing, hottest } = own.categories[place];
      expect(one).toMatchObject({ policy, advice, sizing, hottest });
    }
  });

  it('are no longer counted when they have stopped', async () => {
    const reporter = report();
    await reporter.tick();
    await reporter.stop();
    expect((await statsOf(magpie, 'ALL_PROCESSES')).processCount).toBe(1);
    const { json } = await magpie.ask(owner.token, '{ cacheProcesses { isThis } }');
    expect(json.data.cacheProcesses).toEqual([{ isThis: true }]);
  });

  it('say nothing of what is in their caches', async () => {
    for (const { token } of [owner, stranger]) await demo.ask(token, templates);
    await report().tick();
    const rows = JSON.stringify(await queries.selectFrom('cacheProcesses').selectAll().execute());
    expect(rows).toContain('Query.templates');
    for (const { workspaceId, userId } of [owner, stranger])
      for (const secret of [workspaceId, userId]) expect(rows).not.toContain(secret);
  });
});

describe('clearCache', () => {
  const clear = (input: object) =>
    magpie.ask(
      owner.token,
      'mutation ($input: ClearCacheInput!) { clearCache(input: $input) { clearedEntries userErrors { code } } }',
      { input },
    );

  it('forgets this workspace’s entries and nobody else’s', async () => {
    for (const session of [owner, stranger]) for (let i = 0; i < 3; i++) await statusOf(templates, session);
    await statusOf('{ networks { name } }');
    expect((await clear({})).json.data.clearCache).toEqual({ clearedEntries: 1, userErrors: [] });
    expect(await statusOf(templates, stranger)).toMatch(/hit/);
    expect(await statusOf('{ networks { name } }')).toMatch(/hit/);
    expect(await explain(templates)).toMatchObject([
      { status: 'MISS', cause: 'invalidated', invalidatedBy: { mutation: 'clearCache' } },
    ]);
  });

  it('forgets some categories when they are named', async () => {
    for (const query of [templates, '{ settings { locale } }']) await statusOf(query);
    expect((await clear({ categories: ['SETTINGS'] })).json.data.clearCache.clearedEntries).toBe(1);
    expect(await statusOf(templates)).toMatch(/hit/);
    expect(await statusOf('{ settings { locale } }')).toMatch(/miss/);
  });
});

describe('warmCache', () => {
  it('makes the entries that a workspace’s pages ask for first', async () => {
    const { json } = await magpie.ask(owner.token, 'mutation { warmCache { warmedEntries userErrors { code } } }');
    expect(json.data.warmCache.warmedEntries).toBeGreaterThan(5);
    expect(await statusOf('{ settings { timeZone } workspace { name } inboxSummary { openCount } }')).toMatch(/hit/);
    const again = await magpie.ask(owner.token, 'mutation { warmCache { warmedEntries userErrors { code } } }');
    expect(again.json.data.warmCache.warmedEntries).toBe(0);
  });
});

describe('the cache’s own fields', () => {
  it.each([
    '{ cacheStats { hits } }',
    '{ cacheStats(of: ALL_PROCESSES) { hits } }',
    '{ cacheProcesses { host } }',
    'mutation { clearCache(input: {}) { clearedEntries } }',
    'mutation { warmCache { warmedEntries } }',
  ])('are for ADMIN and above: %s', async (query) => {
    for (const { token } of [editor, reader]) {
      const { json } = await magpie.ask(token, query);
      expect(json.errors).toEqual([expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })]);
    }
    expect((await magpie.ask(owner.token, query)).json.errors).toBeUndefined();
  });
});
