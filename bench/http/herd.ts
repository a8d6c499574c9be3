import { type Arena, type Competitor, inRoles } from './arena.ts';
import { Connection } from './client.ts';
import { requestOf } from './questions.ts';
import { spread } from './rounds.ts';

const requestsAtOnce = 200;
const trials = 5;
/** As at a database that has other things to do. */
const statementDelayMs = 20;

/** How often is the database asked when many ask for the same at once? */
export async function askHerd(arena: Arena): Promise<void> {
  const { report } = arena;
  const competitors = inRoles(arena, 'magpie', 'uncached', 'cached peer');
  const loads = new Map<string, number[]>();
  for (const competitor of competitors) {
    loads.set(competitor.name, await loadsOf(competitor, arena));
    report.progress(`herd: ${competitor.label} ${loads.get(competitor.name)!.join(', ')} loads`);
  }
  report.say(
    '',
    `### Herd: ${requestsAtOnce} identical cold requests at once, each statement taking ${statementDelayMs} ms more, ${trials} times`,
  );
  report.table(
    ['contender', 'loads', '(min–max)'],
    competitors.map(({ name, label }) => {
      const { median, min, max } = spread(loads.get(name)!);
      return [label, String(median), `${min}–${max}`];
    }),
  );
  report.say('');
  const most = Math.max(...loads.get('magpie')!);
  report.verdict(`one load for ${requestsAtOnce} identical cold requests`, most === 1, `at most ${most}`);
}

async function loadsOf(competitor: Competitor, { sender, stage }: Arena): Promise<number[]> {
  const connections = await Promise.all(Array.from({ length: requestsAtOnce }, () => Connection.open(competitor.port)));
  await competitor.slowDown(statementDelayMs);
  try {
    const loads: number[] = [];
    // The first is asked for by one alone: credentials are known from then on, and it has to take one load.
    for (const [trial, id] of stage.workspaces[0]!.ids.posts.slice(0, trials + 1).entries()) {
      const { bytes } = requestOf('herd', { id }, sender);
      await competitor.loadsOf(id);
      await Promise.all(
        connections.slice(0, trial === 0 ? 1 : requestsAtOnce).map((connection) => connection.ask(bytes)),
      );
      const asked = await competitor.loadsOf(id);
      if (trial > 0) loads.push(asked);
      else if (asked !== 1) throw new Error(`expected one load of a post by ${competitor.name}, but got ${asked}`);
    }
    return loads;
  } finally {
    await competitor.slowDown(0);
    for (const connection of connections) connection.close();
  }
}
