import { type Arena, inRoles, named } from './arena.ts';
import { checkColdAnswers } from './correctness.ts';
import { coldRequests } from './questions.ts';
import { shown, tableOf } from './report.ts';
import { inRounds, ratio } from './rounds.ts';

/** Nothing that is asked for is in any cache, and all of it is loaded from PostgreSQL. */
export async function askCold(arena: Arena): Promise<void> {
  const { report, pace, sender, stage } = arena;
  const competitors = inRoles(arena, 'magpie', 'uncached', 'plain peer', 'cached peer');
  await checkColdAnswers(competitors, arena);
  const turns = await inRounds({
    ...{ title: 'cold', contenders: competitors, pace, progress: report.progress },
    trafficFor: () => ({ next: coldRequests(sender, stage.workspaces[0]!.ids.accounts) }),
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
