import { type Arena, type Competitor, inRoles } from './arena.ts';
import { requestOf } from './questions.ts';
import { shown, whole } from './report.ts';
import { inRounds, longer, ratio, spread, type Traffic, type Turn, warmUp } from './rounds.ts';

const oneWriteIn = 20;
/** How many times the best peer's rate Magpie is to reach. */
const timesTheBest = 3;

/** The page, with 5 % writes to one of its five root fields. */
export async function askMixed(arena: Arena): Promise<void> {
  const { report, pace } = arena;
  const competitors = inRoles(arena, 'magpie', 'uncached', 'cached peer');
  for (const competitor of competitors) {
    report.progress(`mixed: warming up ${competitor.label}`); // what runs seldom is compiled late
    await warmUp(competitor, mixedTraffic(arena), 2 * pace.firstWarmUpMs);
  }
  const turns = await inRounds({
    ...{ title: 'mixed', contenders: competitors, pace: longer(pace), progress: report.progress },
    trafficFor: () => mixedTraffic(arena),
  });
  report.say('', `### Mixed: the page with ${100 / oneWriteIn} % writes to one of its root fields`);
  report.table(
    [
      'contender',
      'requests/s',
      '(min–max)',
      'p99',
      'hot %',
      'hot p50 ms',
      'p99',
      'other reads p50',
      'p99',
      'writes p50',
      'p99',
      'CPU µs',
    ],
    competitors.map(({ name, label }) => {
      const own = turns.get(name)!;
      const rates = spread(own.map(({ rate }) => rate));
      const cells = ['hot', 'other', 'write'].flatMap((kind) =>
        (['p50Ms', 'p99Ms'] as const).map((key) =>
          ms(own.map((turn) => turn.latencies.get(kind)?.[key] ?? Number.NaN)),
        ),
      );
      return [
        label,
        whole(rates.median),
        `${whole(rates.min)}–${whole(rates.max)}`,
        ms(own.map(p99Of)),
        percentHot(own),
        ...cells,
        whole(spread(own.map(({ cpuUs }) => cpuUs)).median),
      ];
    }),
  );
  report.say('');
  judge(arena, turns);
}

/** Beside the peer that is the fastest here, whatever is asked for: reads and writes, all of them. */
function judge(arena: Arena, turns: ReadonlyMap<string, readonly Turn[]>): void {
  const { report } = arena;
  const magpie = turns.get('magpie')!;
  const rateOf = ({ name }: Competitor) => spread(turns.get(name)!.map(({ rate }) => rate)).median;
  const [best] = inRoles(arena, 'cached peer').sort((one, other) => rateOf(other) - rateOf(one));
  if (!best) return;
  const its = turns.get(best.name)!;
  const times = ratio(magpie, its);
  report.verdict(
    `mixed ≥ ${timesTheBest} × the best peer's rate`,
    times.median >= timesTheBest,
    `${shown(times)} × ${best.label}`,
  );
  const waits = spread(magpie.map((turn, round) => p99Of(turn) / p99Of(its[round]!)));
  report.verdict('mixed: p99 no worse than its', waits.median <= 1, `${shown(waits)} × ${best.label}`);
}

function p99Of({ latencies }: Turn): number {
  return latencies.get('all')!.p99Ms;
}

/** Magpie says which of its answers came from the cache alone: they are hot. */
function mixedTraffic({ sender, stage }: Arena): Traffic {
  const page = requestOf('page', undefined, sender);
  const { templates } = stage.workspaces[0]!.ids;
  let sent = 0;
  const rename = () => {
    const input = { id: templates[(sent / oneWriteIn) % 5], title: `Title number ${sent}` };
    return requestOf('rename', { input }, sender);
  };
  return {
    next: () => (++sent % oneWriteIn === 0 ? rename() : page),
    nameOf: ({ kind }, { head }) => (kind === 'rename' ? 'write' : head.includes('magpie; hit') ? 'hot' : 'other'),
  };
}

/** Of the reads. */
function percentHot(turns: readonly Turn[]): string {
  const count = (kind: string) => turns.reduce((sum, { latencies }) => sum + (latencies.get(kind)?.count ?? 0), 0);
  const hot = count('hot');
  return hot === 0 ? '–' : ((100 * hot) / (hot + count('other'))).toFixed(1);
}

function ms(values: readonly number[]): string {
  const { median } = spread(values);
  return Number.isFinite(median) ? median.toFixed(2) : '–';
}
