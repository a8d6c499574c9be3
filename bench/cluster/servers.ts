import { createRandom, createZipf } from '../hit-ratio/random.ts';
import type { Answer, Request } from '../http/client.ts';
import { type Contender, startContender } from '../http/contender.ts';
import { Load, quantile } from '../http/load.ts';
import { requestOf } from '../http/questions.ts';
import { type Report, shown, tableOf, whole } from '../http/report.ts';
import { inRounds, type Pace, ratio, spread, type Turn, warmUp } from '../http/rounds.ts';
import type { StageWorkspace } from '../http/stage.ts';

/** Two servers: one that is alone, and one of three. */
export interface Servers {
  readonly alone: Contender;
  readonly one: Contender;
  stop(): Promise<void>;
}

export interface ServersOptions {
  readonly folder: string;
  readonly aloneUrl: string;
  readonly sharedUrl: string;
}

/** As `npm start` makes them. The two others of the three share the generator's core, and are not asked. */
export async function startServers({ folder, aloneUrl, sharedUrl }: ServersOptions): Promise<Servers> {
  const start = (name: string, label: string, url: string) =>
    startContender(
      {
        ...{ name, label, script: 'src/main.ts' },
        environment: {
          ...{ DATABASE_URL: url, DATA_DIR: folder, PORT: '0', DEMO: 'off', WARM_UP: 'off', LOG_LEVEL: 'error' },
          ...{
            CACHE_POSTS_MAX_ENTRIES: '12000',
            CACHE_POSTS_MAX_BYTES: `${64 * 2 ** 20}`,
            CACHE_POSTS_TTL_SECONDS: '3600',
          },
        },
      },
      folder,
    );
  const alone = await start('alone', 'alone', aloneUrl);
  const one = await start('one', 'one of three', sharedUrl);
  const others = [await start('second', 'second', sharedUrl), await start('third', 'third', sharedUrl)];
  return {
    ...{ alone, one },
    stop: async () => void (await Promise.all([alone, one, ...others].map((server) => server.stop()))),
  };
}

const leastShareOfHits = 0.95;

/** Hits from memory, and mutations, of a server that is alone and of one of three, side by side. */
export async function compareServers(
  { alone, one }: Servers,
  { workspace, report, pace }: { workspace: StageWorkspace; report: Report; pace: Pace },
): Promise<void> {
  const { token, ids } = workspace;
  const contenders = [alone, one];
  const page = requestOf('page', undefined, { token });
  const templates = ids.templates.slice(0, 5);
  let writes = 0;
  const rename = () => {
    const input = { id: templates[writes % templates.length], title: `Written ${writes++}` };
    return requestOf('rename', { input }, { token });
  };
  const questions = [
    ['A hot page', () => ({ next: () => page })],
    ['Mutations, 32 at once', () => ({ next: rename })],
  ] as const;
  for (const [title, traffic] of questions) {
    for (const contender of contenders) await warmUp(contender, traffic(), pace.firstWarmUpMs);
    const turns = await inRounds({ title, contenders, pace, trafficFor: traffic, progress: report.progress });
    report.say('', `### ${title}`);
    tableOf(report, contenders, { turns, against: 'alone' });
    report.say('');
    if (title === 'A hot page') hits(report, turns);
  }
}

function hits(report: Report, turns: ReadonlyMap<string, readonly Turn[]>): void {
  const [alone, one] = [turns.get('alone')!, turns.get('one')!];
  const share = ratio(one, alone);
  const cpu = spread(alone.map(({ cpuUs }, round) => cpuUs / one[round]!.cpuUs));
  report.say(`- hits for the same processor time, of three / alone: ${shown(cpu)}`);
  report.verdict(
    `hits from memory: of three ≥ ${leastShareOfHits} × alone`,
    share.median >= leastShareOfHits,
    shown(share),
  );
}

export const postsOfScale = 10_000;
const scaleId = (index: number) => `post_scale${String(index).padStart(16, '0')}`;
const clients = 1_000;

/** 1,000 clients at once, for 10,000 posts, some more often than others. */
export async function measureScale(
  { one }: Servers,
  { token, report, ms }: { token: string; report: Report; ms: number },
): Promise<void> {
  report.progress('scale: memory before');
  const before = await one.memory();
  report.progress('scale: every post once');
  const requests = Array.from({ length: postsOfScale }, (_, index) =>
    requestOf('zipf', { id: scaleId(index) }, { token }),
  );
  const fill = everyOne(requests);
  const filling = await Load.open({ port: one.port, connections: 32, next: fill });
  await filling.run(600_000).finally(() => filling.close());
  const after = await one.memory();
  report.progress('scale: 1,000 clients');
  const random = createRandom(1);
  const rank = createZipf(postsOfScale, 0.9);
  const next = () => requests[rank(random)]!;
  const load = await Load.open({
    port: one.port,
    connections: clients,
    next,
    nameOf: kindOf,
    takes: (status) => status === 503,
  });
  await load.run(ms / 4);
  const { latencies, requests: count, seconds } = await load.run(ms).finally(() => load.close());
  const all = Float64Array.from([...latencies.values()].flatMap((sample) => [...sample])).sort();
  const hitCount = latencies.get('hit')?.length ?? 0;
  report.say('', `### ${whole(postsOfScale)} entries, ${whole(clients)} concurrent clients`, '');
  report.say(
    `- ${whole(count / seconds)} requests a second, hit ratio ${(hitCount / count).toFixed(3)}, refused ${latencies.get('refused')?.length ?? 0}, ` +
      `p50 ${quantile(all, 0.5).toFixed(1)} ms, p99 ${quantile(all, 0.99).toFixed(1)} ms`,
    `- heap and buffers after a collection: ${mb(before.heapBytes)} before, ${mb(after.heapBytes)} with all entries, ` +
      `of which an entry is ${((after.heapBytes - before.heapBytes) / postsOfScale / 1_024).toFixed(1)} KB with its remembered response`,
  );
}

function everyOne(requests: readonly Request[]): () => Request | undefined {
  let sent = 0;
  return () => requests[sent++];
}

function kindOf(_request: Request, { status, head }: Answer): string {
  if (status !== 200) return 'refused';
  return head.includes('cache-status: magpie; hit') ? 'hit' : 'miss';
}

function mb(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
