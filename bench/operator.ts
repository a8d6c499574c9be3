import { parseArgs } from 'node:util';
import { type Contender, pinGenerator, preferGenerator, startContender } from './http/contender.ts';
import { requestOf, zipfRequests } from './http/questions.ts';
import { Report, shown, tableOf } from './http/report.ts';
import { connections, inRounds, type Pace, ratio, spread, type Traffic, warmUp } from './http/rounds.ts';
import { openStage } from './http/stage.ts';
import { openDashboard } from './operator/dashboard.ts';
import { beginScrapes } from './operator/scrapes.ts';

const usualPace: Pace = { rounds: 11, firstWarmUpMs: 6_000, warmUpMs: 300, turnMs: 5_000, keys: 0 };
const quickPace: Pace = { rounds: 3, firstWarmUpMs: 2_000, warmUpMs: 200, turnMs: 1_500, keys: 0 };
const leastShare = 0.97;

/** What does the operator's view cost the hot path? `--quick` is a short run, to see whether it works. */
export async function run(args: readonly string[]): Promise<void> {
  const { quick } = parseArgs({ args: [...args], options: { quick: { type: 'boolean', default: false } } }).values;
  const pace = quick ? quickPace : usualPace;
  const report = new Report();
  pinGenerator();
  preferGenerator();
  report.say(
    'Two servers that differ in the operator’s view alone. On: the history of each second and minute, kept in PostgreSQL, the audit of one',
    'hit in 1,000, prefetching, an experiment on the lifetime of posts (one hour and two), the check of alerts every ten seconds, a scrape of',
    '`/metrics` every five, and one open dashboard, which is told each second and asks for the details every five. Off: none of it. Tracing',
    'is left out, as it is off unless it is configured.',
    `All that is asked for is cached. ${connections} connections; the two take turns, in ${pace.rounds} rounds after one that is dropped, ${pace.turnMs} ms each after a warm-up;`,
    'ratios are taken round by round: median (min–max).',
  );
  const stage = await openStage(report.progress);
  const contenders: Contender[] = [];
  let closeDashboard = async () => {};
  let endScrapes = async () => {};
  try {
    const { token } = stage.workspaces[0]!;
    for (const name of ['off', 'on']) {
      const environment = {
        DATABASE_URL: await stage.copyDatabase(`bench_operator_${name}`),
        ...{ DEMO: 'off', CACHE_POSTS_MAX_ENTRIES: '2000', CACHE_POSTS_MAX_BYTES: `${16 * 2 ** 20}` },
        CACHE_POSTS_TTL_SECONDS: '3600', // as in `http`: room and time for all keys of zipf
      };
      const plan = { name, label: `operator’s view ${name}`, script: 'bench/operator/server.ts', argument: name };
      contenders.push(await startContender({ ...plan, environment }, stage.folder));
    }
    const traffics: Readonly<Record<string, () => Traffic>> = {
      page: () => ({ next: always(requestOf('page', undefined, { token })) }),
      zipf: () => ({ next: zipfRequests({ token }, 1) }),
    };
    for (const contender of contenders)
      for (const traffic of Object.values(traffics)) await warmUp(contender, traffic(), pace.firstWarmUpMs);
    closeDashboard = openDashboard(contenders[1]!.port, token);
    endScrapes = beginScrapes(contenders[1]!.port);
    for (const [title, traffic] of Object.entries(traffics)) {
      const turns = await inRounds({ title, contenders, pace, trafficFor: traffic, progress: report.progress });
      const [off, on] = ['off', 'on'].map((name) => turns.get(name)!);
      report.say('', `### Hot ${title}`);
      tableOf(report, contenders, { turns, against: 'off' });
      report.say('');
      const cpu = spread(off!.map(({ cpuUs }, round) => cpuUs / on![round]!.cpuUs));
      report.say(`- requests for the same processor time, on / off: ${shown(cpu)}`);
      const share = ratio(on!, off!);
      report.verdict(`hot ${title}: throughput on ≥ ${leastShare} × off`, share.median >= leastShare, shown(share));
    }
  } finally {
    try {
      await Promise.all([closeDashboard(), endScrapes()]);
    } finally {
      await Promise.all(contenders.map((contender) => contender.stop()));
      await stage.close();
    }
  }
  if (report.hasMissed) process.exitCode = 1;
}

function always<T>(one: T): () => T {
  return () => one;
}
