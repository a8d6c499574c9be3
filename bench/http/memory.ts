import { type Arena, type Competitor, inRoles } from './arena.ts';
import { Connection } from './client.ts';
import { Load } from './load.ts';
import type { Memory } from './probe.ts';
import { keyRequests, requestOf } from './questions.ts';
import { connections } from './rounds.ts';

/** What does a server hold after answering so many different questions? */
export async function askMemory(arena: Arena): Promise<void> {
  const { report, pace } = arena;
  const competitors = inRoles(arena, 'magpie', 'cached peer');
  const rows: string[][] = [];
  for (const competitor of competitors) {
    const before = await competitor.memory();
    await askKeys(competitor, arena);
    const after = await competitor.memory();
    const megabytes = (key: keyof Memory) => ((after[key] - before[key]) / 1e6).toFixed(1);
    rows.push([competitor.label, megabytes('heapBytes'), megabytes('rssBytes'), (after.rssBytes / 1e6).toFixed(0)]);
    report.progress(`memory: ${competitor.label} ${megabytes('heapBytes')} MB more in its heap`);
  }
  report.say('', `### Memory: after ${pace.keys.toLocaleString('en')} distinct keys, after a collection`);
  report.table(['contender', 'heap grew by MB', 'RSS grew by MB', 'RSS MB'], rows);
}

async function askKeys(competitor: Competitor, { sender, pace, report }: Arena): Promise<void> {
  const connection = await Connection.open(competitor.port);
  const { body } = await connection.ask(requestOf('cursors', undefined, sender).bytes);
  connection.close();
  const { edges } = JSON.parse(body.toString()).data.posts as { edges: { cursor: string }[] };
  const next = keyRequests(
    sender,
    edges.map(({ cursor }) => cursor),
    pace.keys,
  );
  const load = await Load.open({ port: competitor.port, connections, next });
  let asked = 0;
  while (asked < pace.keys) {
    asked += (await load.run(10_000)).requests;
    report.progress(
      `memory: ${competitor.label}, ${asked.toLocaleString('en')} of ${pace.keys.toLocaleString('en')} keys`,
    );
  }
  load.close();
}
