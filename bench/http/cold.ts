import { type Arena, type Competitor, inRoles, named } from './arena.ts';
import { checkColdAnswers } from './correctness.ts';
import { figuresOf } from './figures.ts';
import { coldRequests } from './questions.ts';
import { shown, tableOf } from './report.ts';
import { inRounds, longer, ratio, warmUp } from './rounds.ts';

/** Nothing that is asked for should be in any cache: all of it is loaded from PostgreSQL. */
export async function askCold(arena: Arena): Promise<void> {
  const { report, pace, sender, stage } = arena;
  const competitors = inRoles(arena, 'magpie', 'uncached', 'plain peer', 'cached peer');
  await checkColdAnswers(competitors, arena);
  const traffic = new Map(
    competitors.map((competitor) => [
      competitor.name,
      { next: coldRequests(sender, stage.workspaces[0]!.ids.accounts) },
    ]),
  );
  for (const competitor of competitors) {
    report.progress(`cold: warming up ${competitor.label}`); // what runs seldom is compiled late
    await warmUp(competitor, traffic.get(competitor.name)!, 2 * pace.firstWarmUpMs);
  }
  const magpie = named(arena, 'magpie')!;
  const before = await lookupsOf(magpie);
  const turns = await inRounds({
    ...{ title: 'cold', contenders: competitors, pace: longer(pace), progress: report.progress },
    trafficFor: ({ name }) => traffic.get(name)!,
  });
  report.say('', '### Cold: a page of five root fields, with other arguments each time');
  const plain = named(arena, 'yoga-plain');
  tableOf(report, competitors, { turns, against: plain?.name });
  const after = await lookupsOf(magpie);
  const share = (100 * (after.hits - before.hits)) / (after.all - before.all);
  report.say('');
  report.verdict('nothing that is asked for is there', share < 1, `${share.toFixed(2)} % of the lookups were hits`);
  if (!plain) return;
  const times = ratio(turns.get('magpie')!, turns.get(plain.name)!);
  report.verdict(
    'cold operations no slower than Yoga without a cache',
    times.median >= 1,
    `${shown(times)} × its rate`,
  );
}

async function lookupsOf({ port }: Competitor): Promise<{ all: number; hits: number }> {
  const found = { all: 0, hits: 0 };
  for (const [name, count] of await figuresOf(port)) {
    if (!name.startsWith('magpie_cache_lookups_total{') || name.includes('"PRINCIPALS"')) continue;
    found.all += count;
    if (/result="(hit|stale|remote)"/.test(name)) found.hits += count;
  }
  return found;
}
