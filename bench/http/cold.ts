import { type Arena, inRoles, named } from './arena.ts';
import { checkColdAnswers } from './correctness.ts';
import { coldRequests } from './questions.ts';
import { shown, tableOf } from './report.ts';
import { inRounds, ratio, warmUp } from './rounds.ts';

/** Nothing that is asked for is in any cache, and all of it is loaded from PostgreSQL. */
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
  const turns = await inRounds({
    ...{ title: 'cold', contenders: competitors, pace, progress: report.progress },
    trafficFor: ({ name }) => traffic.get(name)!,
  });
  report.say('', '### Cold: a page of five root fields, with other arguments each time');
  const plain = named(arena, 'yoga-plain');
  tableOf(report, competitors, { turns, against: plain?.name });
  report.say('');
  if (!plain) return;
  const times = ratio(turns.get('magpie')!, turns.get(plain.name)!);
  report.verdict(
    'cold operations no slower than Yoga without a cache',
    times.median >= 1,
    `${shown(times)} × its rate`,
  );
}
