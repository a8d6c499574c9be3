import { type Arena, inRoles, named } from './arena.ts';
import { takesCompression } from './correctness.ts';
import { requestOf, zipfRequests } from './questions.ts';
import { shown, tableOf } from './report.ts';
import { inRounds, ratio, type Spread, spread, type Traffic, type Turn } from './rounds.ts';

export type HotQuestion = 'small' | 'medium' | 'page' | 'gzip' | 'zipf' | 'ids';
export const hotQuestions: readonly HotQuestion[] = ['small', 'medium', 'page', 'gzip', 'zipf', 'ids'];

const about: Record<HotQuestion, string> = {
  small: 'one object of ten fields',
  medium: 'a list of 20',
  page: 'five root fields',
  gzip: 'the page, compressed',
  zipf: '1,000 keys, exponent 0.9',
  ids: 'the small one, each request with an id of its own',
};

/** Which share of the bare server's rate Magpie is to reach, and how many times the rate of which peers. */
const targets: Partial<Record<HotQuestion, { limit: number; times: number; peers: 'cached' | 'mercurius-free' }>> = {
  small: { limit: 0.85, times: 1, peers: 'mercurius-free' },
  page: { limit: 0.85, times: 4, peers: 'cached' },
  zipf: { limit: 0.75, times: 2, peers: 'cached' },
};

/** Everything that is asked for is in the cache, of whoever has one. */
export async function askHot(arena: Arena, question: HotQuestion): Promise<void> {
  const { report, pace, answers } = arena;
  const competitors = inRoles(arena, 'magpie', 'uncached', 'limit', 'cached peer', 'free peer').filter(
    (competitor) => question !== 'gzip' || takesCompression(competitor),
  );
  const turns = await inRounds({
    ...{ title: question, contenders: competitors, pace, progress: report.progress },
    trafficFor: () => hotTraffic(arena, question),
  });
  const bytes = Buffer.byteLength(
    question === 'zipf' ? Object.values(answers.byId)[0]! : answers.byName[documentOf(question)]!,
  );
  report.say('', `### Hot ${question}: ${about[question]}, ${bytes.toLocaleString('en')} bytes`);
  tableOf(report, competitors, { turns, against: named(arena, 'bare') && 'bare' });
  report.say('');
  judge(arena, question, turns);
}

export function hotTraffic({ sender, stage }: Arena, question: HotQuestion): Traffic {
  if (question === 'zipf') return { next: zipfRequests(sender, 1) };
  const name = documentOf(question);
  const variables = name === 'small' ? { id: stage.workspaces[0]!.ids.templates[0] } : undefined;
  if (question === 'ids') {
    const requests = Array.from({ length: 10_000 }, (_, id) =>
      requestOf(name, variables, { ...sender, requestId: `of-its-own-${id}` }),
    );
    let sent = 0;
    return { next: () => requests[sent++ % requests.length] };
  }
  const request = requestOf(name, variables, question === 'gzip' ? { ...sender, acceptEncoding: 'gzip' } : sender);
  return { next: () => request };
}

function documentOf(question: Exclude<HotQuestion, 'zipf'>): 'small' | 'medium' | 'page' {
  if (question === 'gzip') return 'page';
  return question === 'ids' ? 'small' : question;
}

function judge(arena: Arena, question: HotQuestion, turns: ReadonlyMap<string, readonly Turn[]>): void {
  const { report } = arena;
  const magpie = turns.get('magpie')!;
  const limit = turns.get('bare');
  if (limit) sayHeadroom(arena, limit);
  const target = targets[question];
  if (limit && target) {
    const share = ratio(magpie, limit);
    report.verdict(`hot ${question} ≥ ${target.limit} × the bare server`, share.median >= target.limit, shown(share));
  }
  const compared = inRoles(arena, 'cached peer', 'free peer').filter(
    ({ name, role }) => !target || name === target.peers || (target.peers === 'cached' && role === 'cached peer'),
  );
  const best = bestOf(compared, { magpie, turns });
  if (!best) return;
  const found = `${shown(best.times)} × ${best.label}`;
  if (!target) report.say(`- ${question}: ${found}, the best peer`);
  else {
    const peers = target.peers === 'cached' ? 'the best cached peer' : best.label;
    report.verdict(`hot ${question} ≥ ${target.times} × ${peers}`, best.times.median >= target.times, found);
  }
}

/** The peer that Magpie is the fewest times as fast as. */
function bestOf(
  peers: readonly { name: string; label: string }[],
  { magpie, turns }: { magpie: readonly Turn[]; turns: ReadonlyMap<string, readonly Turn[]> },
): { label: string; times: Spread } | undefined {
  return peers
    .flatMap(({ name, label }) => (turns.has(name) ? [{ label, times: ratio(magpie, turns.get(name)!) }] : []))
    .sort((one, other) => one.times.median - other.times.median)[0];
}

/** Whoever generates the load must not be what is measured. */
function sayHeadroom({ report }: Arena, limit: readonly Turn[]): void {
  const headroom = spread(limit.map(({ cpuUs, generatorUs }) => cpuUs / generatorUs));
  const verdict = headroom.median > 1.3 ? 'not what is measured' : 'TOO SLOW: the fastest rates here are its own';
  report.say(
    `- the generator can send ${shown(headroom)} times what the bare server answers, by CPU time a request: ${verdict}`,
  );
}
