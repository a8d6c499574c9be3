import { type Cluster, openCluster } from '../../src/cluster/cluster.ts';
import { noMemory } from '../../src/cluster/member-options.ts';
import { openDatabase } from '../../src/database/database.ts';
import { answerWith } from './child.ts';

/** What the benchmark asks; each question is answered once. */
export type Question = 'join' | 'leave' | 'applied';

/** By tag, when it was applied: nanoseconds of the machine's monotonic clock, which its processes share. */
export type Applied = Record<string, number>;

/** A process that hears what others write, has no cache, and notes when it heard of each tag. */
const url = process.env.DATABASE_URL!;
const { queries } = await openDatabase({ url, poolSize: 2, isMigrating: false });
let cluster: Cluster | undefined;
let applied: Applied = {};

async function answerTo(question: Question): Promise<unknown> {
  switch (question) {
    case 'join':
      cluster = await openCluster({ url, queries, tagsVersion: 'bench', log: { info() {}, warn: console.error } });
      await cluster.join({
        ...noMemory,
        apply({ tags }) {
          for (const tag of tags) applied[tag] = Number(process.hrtime.bigint());
        },
      });
      return null;
    case 'leave':
      await cluster?.close();
      return null;
    case 'applied': {
      const answer = applied;
      applied = {};
      return answer;
    }
  }
}

answerWith(answerTo);
