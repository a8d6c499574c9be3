import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { type Cluster, openCluster } from '../../src/cluster/cluster.ts';
import { noMemory } from '../../src/cluster/member-options.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { transact } from '../../src/database/transaction.ts';
import { quantile } from '../http/load.ts';
import { type Report, whole } from '../http/report.ts';
import { spread } from '../http/rounds.ts';
import { Members } from './members.ts';

export interface Pace {
  readonly rounds: number;
  readonly turnMs: number;
}

/** A way to write a row; resolves when the writer would be answered. Returns when it was committed. */
type Way = (writer: number, workspace: number, tag: string) => Promise<number>;

interface Sample {
  readonly latenciesMs: readonly number[];
  readonly committedNs: ReadonlyMap<string, number>;
  readonly seconds: number;
}

const memberCounts = [0, 1, 2, 4] as const;
const most = 4;
const writersAtMost = 64;
const loads = [
  { writers: 1, workspaces: 1 },
  { writers: 16, workspaces: 1 },
  { writers: 16, workspaces: 64 },
  { writers: 64, workspaces: 1 },
  { writers: 64, workspaces: 64 },
] as const;

const overheadAtMostMs = 2;
const ratePerSecondAtLeast = 1_000;

/** What does the protocol cost, without GraphQL: src/database and src/cluster in this process, the other members in their own. */
export async function measureProtocol(url: string, report: Report, pace: Pace): Promise<void> {
  const database = await openDatabase({ url, poolSize: writersAtMost });
  await sql`create table bench_rows (id integer primary key, value integer not null)`.execute(database.queries);
  await sql`insert into bench_rows select n, 0 from generate_series(0, ${sql.lit(writersAtMost - 1)}) as n`.execute(
    database.queries,
  );
  const members = await Members.start(most, url);
  const cluster = await openCluster({
    url,
    queries: database.queries,
    tagsVersion: 'bench',
    log: { info() {}, warn() {} },
  });
  await cluster.join(noMemory);
  const plain = await PlainWriters.open(url);
  try {
    const logged = loggedWay(database, cluster);
    for (const { writers, workspaces } of loads) {
      const samples = new Map<string, Sample[]>();
      const propagationsMs = new Map<string, number[]>();
      for (let round = 0; round <= pace.rounds; round++) {
        const turns = ['plain', ...memberCounts.map(String)];
        const shift = round % turns.length;
        for (const name of [...turns.slice(shift), ...turns.slice(0, shift)]) {
          await members.join(name === 'plain' ? 0 : Number(name));
          const sample = await drive(name === 'plain' ? plain.way : logged, { writers, workspaces, ms: pace.turnMs });
          const delays = delaysOf(sample, await members.applied());
          if (round === 0) continue; // dropped
          samples.set(name, [...(samples.get(name) ?? []), sample]);
          propagationsMs.set(name, [...(propagationsMs.get(name) ?? []), ...delays]);
        }
        report.progress(`${writers} writers, ${workspaces} workspaces: round ${round} of ${pace.rounds}`);
      }
      show(report, { writers, workspaces, samples, propagationsMs });
    }
  } finally {
    await plain.close();
    members.stop();
    await cluster.close();
    await database.close();
  }
}

/** As a mutation does it: a transaction with its row in the log, whose commit is told to the others before it is answered. */
function loggedWay({ queries }: Database, cluster: Cluster): Way {
  return async (writer, workspace, tag) => {
    const invalidation = { workspaceId: `ws_${workspace}`, tags: [tag], cause: 'bench' };
    const position = await transact(queries, async (transaction) => {
      await sql`update bench_rows set value = value + 1 where id = ${writer}`.execute(transaction);
      return await cluster.write(transaction, invalidation);
    });
    const committedNs = Number(process.hrtime.bigint());
    await cluster.publish([{ invalidation, position }]);
    return committedNs;
  };
}

/** The same without a log and without the others: BEGIN, UPDATE, COMMIT, a connection for each writer. */
class PlainWriters {
  readonly #clients: readonly pg.Client[];

  private constructor(clients: readonly pg.Client[]) {
    this.#clients = clients;
  }

  static async open(url: string): Promise<PlainWriters> {
    const clients = Array.from({ length: writersAtMost }, () => new pg.Client({ connectionString: url }));
    await Promise.all(clients.map((client) => client.connect()));
    return new PlainWriters(clients);
  }

  readonly way: Way = async (writer) => {
    const client = this.#clients[writer]!;
    await client.query('begin');
    await client.query('update bench_rows set value = value + 1 where id = $1', [writer]);
    await client.query('commit');
    return Number(process.hrtime.bigint());
  };

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
  }
}

async function drive(way: Way, load: { writers: number; workspaces: number; ms: number }): Promise<Sample> {
  const latenciesMs: number[] = [];
  const committedNs = new Map<string, number>();
  const run = randomBytes(3).toString('hex');
  const startMs = performance.now();
  let sent = 0;
  const write = async (writer: number) => {
    while (performance.now() - startMs < load.ms) {
      const number = sent++;
      const tag = `${run}:${number}`;
      const sentMs = performance.now();
      const at = await way(writer, number % load.workspaces, tag);
      latenciesMs.push(performance.now() - sentMs);
      committedNs.set(tag, at);
    }
  };
  await Promise.all(Array.from({ length: load.writers }, (_, writer) => write(writer)));
  return { latenciesMs, committedNs, seconds: (performance.now() - startMs) / 1_000 };
}

/** From when the writer heard that it was committed to when another process had applied it. */
function delaysOf({ committedNs }: Sample, applied: readonly Readonly<Record<string, number>>[]): number[] {
  return applied.flatMap((byTag) =>
    Object.entries(byTag).flatMap(([tag, atNs]) => {
      const from = committedNs.get(tag);
      return from === undefined ? [] : [(atNs - from) / 1e6];
    }),
  );
}

function show(
  report: Report,
  results: {
    writers: number;
    workspaces: number;
    samples: ReadonlyMap<string, readonly Sample[]>;
    propagationsMs: ReadonlyMap<string, readonly number[]>;
  },
): void {
  const { writers, workspaces, samples, propagationsMs } = results;
  const mediansOf = (name: string) => samples.get(name)!.map(({ latenciesMs }) => shareOf(latenciesMs, 0.5));
  const overheadsOf = (name: string) => mediansOf(name).map((median, round) => median - mediansOf('plain')[round]!);
  const ratesOf = (name: string) => samples.get(name)!.map(({ latenciesMs, seconds }) => latenciesMs.length / seconds);
  const ms = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '–');
  report.say(
    '',
    `### ${writers} ${writers === 1 ? 'writer' : 'writers'}, ${workspaces === 1 ? 'one workspace' : `${workspaces} workspaces`}`,
  );
  report.table(
    ['others', 'p50 ms', 'p99 ms', 'over a plain commit', 'a second', 'applied p50 ms', 'p99 ms'],
    [...samples.keys()].sort(byOthers).map((name) => {
      const all = samples.get(name)!.flatMap(({ latenciesMs }) => latenciesMs);
      const delays = propagationsMs.get(name)!;
      return [
        ...[name === 'plain' ? 'plain commit' : name, ms(spread(mediansOf(name)).median), ms(shareOf(all, 0.99))],
        name === 'plain' ? '' : ms(spread(overheadsOf(name)).median),
        ...[whole(spread(ratesOf(name)).median), ms(shareOf(delays, 0.5)), ms(shareOf(delays, 0.99))],
      ];
    }),
  );
  report.say('');
  for (const others of ['2', '4'])
    if (writers === 1) {
      const overhead = spread(overheadsOf(others)).median;
      const target = `one writer, ${others} others: at most ${overheadAtMostMs} ms over a plain commit at the median`;
      report.verdict(target, overhead <= overheadAtMostMs, `${ms(overhead)} ms`);
    }
  if (writers === 16) {
    const rate = spread(ratesOf('2')).median;
    report.verdict(
      `16 writers, 2 others: at least ${ratePerSecondAtLeast} a second`,
      rate >= ratePerSecondAtLeast,
      whole(rate),
    );
  }
}

function byOthers(one: string, other: string): number {
  const rank = (name: string) => (name === 'plain' ? -1 : Number(name));
  return rank(one) - rank(other);
}

function shareOf(values: readonly number[], share: number): number {
  return quantile(Float64Array.from(values).sort(), share);
}
