import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPostgres } from '../test/setup/postgres-server.ts';
import { Postgres } from './adversary/postgres.ts';
import { measureProtocol } from './cluster/protocol.ts';
import { measureRemote } from './cluster/remote.ts';
import { compareServers, measureScale, postsOfScale, startServers } from './cluster/servers.ts';
import { pinGenerator } from './http/contender.ts';
import { Report } from './http/report.ts';
import { fill } from './http/stage.ts';

const usual = {
  protocol: { rounds: 5, turnMs: 1_500 },
  servers: { rounds: 5, firstWarmUpMs: 6_000, warmUpMs: 300, turnMs: 3_000, keys: 0 },
  scaleMs: 20_000,
  remote: { rounds: 5, keys: 200 },
};
const quick = {
  protocol: { rounds: 3, turnMs: 500 },
  servers: { rounds: 2, firstWarmUpMs: 1_500, warmUpMs: 200, turnMs: 1_000, keys: 0 },
  scaleMs: 4_000,
  remote: { rounds: 2, keys: 50 },
};

type Part = 'protocol' | 'servers' | 'scale' | 'remote';

/** What does it cost that many processes agree? `--quick` is a short run, to see whether it works. */
export async function run(args: readonly string[]): Promise<void> {
  const options = { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const wants = (part: Part) => values.only === '' || values.only === part;
  const pace = values.quick ? quick : usual;
  const report = new Report();
  const [load] = loadavg();
  report.say(
    `${cpus().length} cores, of which ${load!.toFixed(1)} were busy in the minute before. PostgreSQL commits to the disk (fsync on). Turns`,
    'alternate within each round, the first round is dropped, and a figure is the median of the rounds.',
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  if (wants('remote')) await measureRemote(report, pace.remote);
  if (wants('protocol') || wants('servers') || wants('scale')) await onDatabase({ report, pace, wants });
  if (report.hasMissed) process.exitCode = 1;
}

interface Run {
  readonly report: Report;
  readonly pace: typeof usual;
  readonly wants: (part: Part) => boolean;
}

async function onDatabase({ report, pace, wants }: Run): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-bench-cluster-'));
  const database = await Postgres.create(installPostgres(folder));
  try {
    if (wants('protocol')) await protocol(database, report, pace);
    if (wants('servers') || wants('scale')) await servers(database, { report, folder, pace, wants });
  } finally {
    await database.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function protocol(database: Postgres, report: Report, pace: typeof usual): Promise<void> {
  await database.query('create database protocol');
  report.say(
    '',
    '## The protocol alone',
    '',
    'A transaction of one UPDATE with its row in the log, from its first statement until the others have acknowledged: src/database and',
    'src/cluster in this process, each other member in a process of its own, nothing pinned. A plain commit is BEGIN, UPDATE, COMMIT',
    'through pg. *Applied* is the time from the commit until another process had applied it.',
  );
  await measureProtocol(database.url('protocol'), report, pace.protocol);
}

async function servers(database: Postgres, { report, folder, pace, wants }: Run & { folder: string }): Promise<void> {
  await database.query('create database alone');
  const [workspace] = await fill(database.url('alone'), { folder, progress: report.progress });
  await database.query(
    `insert into posts (id, workspace_id, author_id, text, folded_text, status, created_at, updated_at)
    select 'post_scale' || lpad(n::text, 16, '0'), workspace_id, author_id, text, folded_text, status, created_at, updated_at
    from (select * from posts where id like 'post_bench%' limit 1) as one, generate_series(0, $1::int - 1) as n`,
    [postsOfScale],
    'alone',
  );
  await database.query('create database shared template alone');
  pinGenerator();
  report.say(
    '',
    '## Servers',
    '',
    'Magpie as `npm start` runs it, over HTTP, by 32 connections: alone on its database, and as one of three on theirs. Both have core 0,',
    'where one is asked at a time; the generator, PostgreSQL and the two others have core 1.',
  );
  const started = await startServers({ folder, aloneUrl: database.url('alone'), sharedUrl: database.url('shared') });
  try {
    if (wants('servers')) await compareServers(started, { workspace: workspace!, report, pace: pace.servers });
    if (wants('scale')) await measureScale(started, { token: workspace!.token, report, ms: pace.scaleMs });
  } finally {
    await started.stop();
  }
}
