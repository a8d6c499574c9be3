import { type WorkloadEvent, workload, workloadA } from '../hit-ratio/workload.ts';
import { type Arena, type Competitor, inRoles, named } from './arena.ts';
import { post, type Request } from './client.ts';
import { figuresOf } from './figures.ts';
import { hotTraffic } from './hot.ts';
import { Load, quantile } from './load.ts';
import { warmUp } from './rounds.ts';
import { scenarioRequests } from './scenario.ts';

const users = 100;
const oneCreateIn = 10;
const seed = 285_084;

const longestHitMs = 0.3;
const leastSaved = 0.8;
const longestListMs = 500;
const longestCreateMs = 1_000;

/** The figures that Magpie began with: hits, the scenario of 1,000 requests, and 100 users at once. */
export async function askUsers(arena: Arena): Promise<void> {
  const magpie = named(arena, 'magpie')!;
  arena.report.say('', '### Users', '');
  await askHits(arena, magpie);
  await askScenario(arena);
  await askManyUsers(arena, magpie);
}

/** By the server's own clock, from the request read to the response begun. */
async function askHits({ report, pace, ...arena }: Arena, magpie: Competitor): Promise<void> {
  const traffic = hotTraffic({ ...arena, report, pace }, 'page');
  await warmUp(magpie, traffic, pace.warmUpMs);
  const before = await durationsOf(magpie);
  await warmUp(magpie, traffic, pace.turnMs);
  const after = await durationsOf(magpie);
  const meanMs = (1_000 * (after.sum - before.sum)) / (after.count - before.count);
  report.verdict(
    `a hit in under ${longestHitMs} ms at the server`,
    meanMs < longestHitMs,
    `${meanMs.toFixed(3)} ms on average, hot pages`,
  );
}

/** The scenario as it comes, writes and first visits and all; and its pages opened again, when nothing has been written since. */
async function askScenario(arena: Arena): Promise<void> {
  const { report, stage } = arena;
  const events = workload(workloadA, seed);
  const requests = scenarioRequests(events, stage.workspaces);
  const reads = requests.filter(({ kind }) => kind === 'read');
  const passes = new Map<string, { first: Pass; again: Pass }>();
  for (const competitor of inRoles(arena, 'magpie', 'uncached')) {
    for (const { token } of stage.workspaces) await beginAnew(competitor, token);
    report.progress(`users: ${competitor.label} goes through the scenario`);
    const first = await goThrough(competitor, requests);
    await goThrough(competitor, reads); // for the first time since the last write
    passes.set(competitor.role, { first, again: await goThrough(competitor, reads) });
  }
  const [cached, plain] = [passes.get('magpie')!, passes.get('uncached')];
  if (!plain) return;
  const isOfUser = (_: number, at: number) => events[at]!.user >= 0;
  const [spent, before] = [cached.first.ms.filter(isOfUser), plain.first.ms.filter(isOfUser)].map(sum) as [
    number,
    number,
  ];
  const free = sum(plain.first.ms.filter((ms, at) => isOfUser(ms, at) && cached.first.hits.has(at)));
  report.say(
    `- the scenario of 1,000 requests, from the warm-up of a first use on, is ${shareSaved(spent, before)}; hits that cost nothing`,
    `  would save ${((100 * free) / before).toFixed(1)} %, as the rest writes, or asks for what nobody asked for since it changed`,
  );
  const [spentAgain, beforeAgain] = [sum(cached.again.ms), sum(plain.again.ms)];
  report.verdict(
    `requests of the scenario at least ${100 * leastSaved} % faster than uncached when its pages are opened again`,
    1 - spentAgain / beforeAgain >= leastSaved,
    `${reads.length.toLocaleString('en')} requests are ${shareSaved(spentAgain, beforeAgain)}`,
  );
}

/** Of each request, in their order: how long it took, and whether it was answered from the cache alone. */
interface Pass {
  readonly ms: readonly number[];
  readonly hits: ReadonlySet<number>;
}

/** One after the other, as fast as they are answered. */
async function goThrough({ port }: Competitor, requests: readonly Request[]): Promise<Pass> {
  const hits = new Set<number>();
  let sent = 0;
  const load = await Load.open({
    port,
    connections: 1,
    next: () => requests[sent++],
    nameOf(_, { head }) {
      if (/^cache-status: magpie; hit/m.test(head)) hits.add(sent - 1);
      return String(sent - 1);
    },
  });
  const { latencies } = await load.run(Number.POSITIVE_INFINITY).finally(() => load.close());
  return { ms: requests.map((_, at) => latencies.get(String(at))![0]!), hits };
}

function shareSaved(spentMs: number, beforeMs: number): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  return `${(100 * (1 - spentMs / beforeMs)).toFixed(1)} % faster (${seconds(spentMs)} instead of ${seconds(beforeMs)})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function askManyUsers({ report, stage, pace }: Arena, magpie: Competitor): Promise<void> {
  const drawn = workload(workloadA, seed + 1);
  const ofKind = (kind: string, ...operations: readonly WorkloadEvent['operation'][]): Request[] =>
    scenarioRequests(
      drawn.filter(({ operation }) => operations.includes(operation)),
      stage.workspaces,
    ).map((request) => ({ ...request, kind }));
  const lists = ofKind('list', 'PostList', 'InboxList', 'MediaLibrary', 'TemplatePicker', 'CampaignList', 'AiHistory');
  const creates = ofKind('create', 'createPost');
  let sent = 0;
  const next = () => {
    const turn = sent++;
    return turn % oneCreateIn === 0 ? creates[turn % creates.length] : lists[turn % lists.length];
  };
  const load = await Load.open({ port: magpie.port, connections: users, next });
  await load.run(pace.firstWarmUpMs);
  const { latencies } = await load.run(3 * pace.turnMs);
  load.close();
  for (const [kind, longestMs] of [
    ['list', longestListMs],
    ['create', longestCreateMs],
  ] as const) {
    const sample = latencies.get(kind)!;
    const p99 = quantile(sample, 0.99);
    report.verdict(
      `${kind}s under ${longestMs} ms at p99 with ${users} users`,
      p99 < longestMs,
      `${p99.toFixed(1)} ms (p50 ${quantile(sample, 0.5).toFixed(1)} ms, ${sample.length.toLocaleString('en')} ${kind}s), one create in ${oneCreateIn}`,
    );
  }
}

async function durationsOf({ port }: Competitor): Promise<{ sum: number; count: number }> {
  const figures = await figuresOf(port);
  const [sum, count] = ['sum', 'count'].map((name) =>
    figures.get(`magpie_request_duration_seconds_${name}{type="query"}`),
  );
  return { sum: sum!, count: count! };
}

/** As when the workspace is first used: nothing is there but what the server itself asks for then. */
async function beginAnew({ port }: Competitor, token: string): Promise<void> {
  const query = 'mutation { clearCache(input: {}) { clearedEntries } warmCache { warmedEntries } }';
  const load = await Load.open({
    port,
    connections: 1,
    next: once({ kind: 'begin', bytes: post({ query }, { token }) }),
  });
  await load.run(60_000).finally(() => load.close());
}

function once<T>(value: T): () => T | undefined {
  let left: T | undefined = value;
  return () => {
    const given = left;
    left = undefined;
    return given;
  };
}
