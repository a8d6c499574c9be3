import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Arena, Competitor } from './http/arena.ts';
import { askCold } from './http/cold.ts';
import { canPin, pinGenerator, preferGenerator, startContender } from './http/contender.ts';
import { checkAnswers, referenceAnswers } from './http/correctness.ts';
import { entrant, entrantNames } from './http/field.ts';
import { askHerd } from './http/herd.ts';
import { askHot, type HotQuestion, hotQuestions, hotTraffic } from './http/hot.ts';
import { askMemory } from './http/memory.ts';
import { askMixed } from './http/mixed.ts';
import type { Sender } from './http/questions.ts';
import { Report } from './http/report.ts';
import { connections, type Pace, warmUp } from './http/rounds.ts';
import { openStage } from './http/stage.ts';
import { askUsers } from './http/users.ts';

const usualPace: Pace = { rounds: 3, firstWarmUpMs: 6_000, warmUpMs: 400, turnMs: 1_000, keys: 100_000 };
const quickPace: Pace = { rounds: 1, firstWarmUpMs: 1_000, warmUpMs: 200, turnMs: 400, keys: 3_000 };

const results = join(import.meta.dirname, 'results');

/** Whatever writes comes after whatever compares answers. */
const questions = [...hotQuestions, 'cold', 'herd', 'memory', 'mixed', 'users'] as const;
type Question = (typeof questions)[number];

/** How fast are answers, beside the fastest possible server and the servers that people use? */
export async function run(args: readonly string[]): Promise<void> {
  const { quick, profile, only, contenders } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      only: { type: 'string' },
      contenders: { type: 'string' },
    },
  }).values;
  const asked = chosen(questions, only);
  const names = chosen(entrantNames, contenders);
  const pace = quick ? quickPace : usualPace;
  const report = new Report();
  if (names.some((name) => /yoga|apollo|mercurius/.test(name))) installPeers(report);
  pinGenerator();
  const isPreferred = preferGenerator();
  sayMethod(report, pace, isPreferred);
  mkdirSync(results, { recursive: true });

  const stage = await openStage(report.progress);
  const competitors: Competitor[] = [];
  try {
    const sender: Sender = { token: stage.workspaces[0]!.token };
    const answersFile = join(stage.folder, 'answers.json');
    const start = async (name: string) => {
      report.progress(`starting ${name}`);
      const databaseFor = (name: string) => stage.copyDatabase(`bench_${name.replace('-', '_')}`);
      const plan = await entrant(name, { token: sender.token, folder: stage.folder, answersFile, databaseFor });
      const competitor = { ...plan, ...(await startContender(plan, stage.folder)) };
      competitors.push(competitor);
      return competitor;
    };
    const answers = await referenceAnswers(await start('magpie'), sender, stage);
    await writeFile(answersFile, JSON.stringify(answers));
    for (const name of names) if (name !== 'magpie') await start(name);

    const arena: Arena = { stage, sender, pace, answers, competitors, report };
    for (const competitor of competitors) {
      report.progress(`comparing the answers of ${competitor.name}, and warming it up`);
      await checkAnswers(competitor, arena);
      for (const question of ['page', 'small', 'zipf'] as const)
        await warmUp(competitor, hotTraffic(arena, question), pace.firstWarmUpMs / 3);
    }
    for (const question of questions) {
      if (!asked.includes(question)) continue;
      if (profile) await Promise.all(competitors.map((competitor) => competitor.beginProfile()));
      await ask(arena, question);
      if (!profile) continue;
      const file = (name: string) => join(results, `${question}-${name}.cpuprofile`);
      await Promise.all(competitors.map((competitor) => competitor.endProfile(file(competitor.name))));
    }
  } finally {
    await Promise.all(competitors.map((competitor) => competitor.stop()));
    await stage.close();
  }
  report.save(join(results, 'http.md'));
  if (report.hasMissed) process.exitCode = 1;
}

async function ask(arena: Arena, question: Question): Promise<void> {
  if (isHot(question)) await askHot(arena, question);
  else if (question === 'cold') await askCold(arena);
  else if (question === 'herd') await askHerd(arena);
  else if (question === 'memory') await askMemory(arena);
  else if (question === 'mixed') await askMixed(arena);
  else await askUsers(arena);
}

function isHot(question: Question): question is HotQuestion {
  return (hotQuestions as readonly string[]).includes(question);
}

function sayMethod(report: Report, { rounds, warmUpMs, turnMs }: Pace, isPreferred: boolean): void {
  const cores = canPin
    ? 'the server alone on one core, the generator and PostgreSQL on another'
    : 'nothing pinned to a core';
  report.say(
    `# Answers over HTTP, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `Node ${process.version}, ${cpus()[0]?.model ?? 'an unknown processor'}, ${cpus().length} cores: ${cores}. ${connections} connections, each with one`,
    `request at a time. ${rounds} rounds after one that is dropped; in each, the contenders take turns: ${warmUpMs} ms of warm-up, ${turnMs} ms measured.`,
    isPreferred
      ? 'The scheduler prefers the generator to PostgreSQL, for all contenders alike.'
      : '**The generator waits for PostgreSQL**: latencies are too long wherever both work. Run as root, on Linux.',
    'Medians over the rounds, with minimum and maximum; ratios are taken round by round.',
  );
}

/** They are nobody else's dependencies: they come when they are first asked about. */
function installPeers(report: Report): void {
  if (existsSync(join(import.meta.dirname, 'node_modules', 'mercurius', 'package.json'))) return;
  report.progress('installing the peers, once (npm ci in bench)');
  execFileSync('npm', ['ci', '--prefix', import.meta.dirname], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Those of a comma-separated list, all when there is none. */
function chosen<Name extends string>(names: readonly Name[], list: string | undefined): readonly Name[] {
  if (list === undefined) return names;
  const wanted = list.split(',');
  const unknown = wanted.find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`expected some of ${names.join(', ')}, but got ${unknown}`);
  return names.filter((name) => wanted.includes(name));
}
