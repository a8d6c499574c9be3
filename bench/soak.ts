import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Program, printedLink, startProgram } from '../test/setup/program.ts';
import { freshDocument, type Member, signedIn, usualRequest, write } from './soak/requests.ts';
import { type Sample, sampleOf, slopeOf } from './soak/samples.ts';

const users = 8;
const heapMegabytes = 256;
const sampleEveryMs = 5_000;
/** Of the time: what the server needs until all that it may keep is full. */
const warmUpShare = 0.4;
/** Megabytes a minute that count as flat; a leak of one document in ten grows by more. */
const flatAtMost = 1.5;

/**
 * Does the server's memory stay flat, on a small heap, with the embedded database, when half of all documents are new, and one
 * request in ten writes? `--minutes N`, 20 unless told otherwise. The server's variables that begin with `MAX_` are passed on.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '20' } } });
  const minutes = Number(values.minutes);
  console.log(
    `The server, in one script, on a heap of ${heapMegabytes} MB and the embedded database; ${users} users, ${minutes} minutes;\n` +
      '50 % new documents (comments, literals, aliases, variables, wrong ones), 10 % writes, 40 % usual reads\n',
  );
  const folder = await mkdtemp(join(tmpdir(), 'magpie-soak-'));
  const limits = Object.entries(process.env).filter(([name]) => name.startsWith('MAX_'));
  const program = startProgram({
    ...(Object.fromEntries(limits) as Record<string, string>),
    ...{ DATA_DIR: folder, LOG_LEVEL: 'error', NODE_ENV: 'production' },
    NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
  });
  try {
    const [, url = '', token = ''] = await program.prints(printedLink);
    const samples = await soak(program, { url, token, endsAtMs: Date.now() + minutes * 60_000 });
    if (!report(samples, minutes)) process.exitCode = 1;
  } finally {
    program.child.kill('SIGTERM');
    console.log(`ended with ${await program.ended}\n${program.said.err.slice(0, 2_000)}`);
    await rm(folder, { recursive: true, force: true });
  }
}

async function soak(
  program: Program,
  { url, token, endsAtMs }: { url: string; token: string; endsAtMs: number },
): Promise<Sample[]> {
  const member = await signedIn(`${url}/graphql`, token);
  const samples: Sample[] = [];
  let requests = 0;
  const isOver = () => Date.now() >= endsAtMs || program.child.exitCode !== null;
  const use = async () => {
    while (!isOver()) {
      requests += 1;
      await requestNumber(requests, member);
    }
  };
  const watch = async () => {
    const startedAtMs = Date.now();
    console.log('minute  requests     heap  of system external     RSS  in MB');
    while (!isOver()) {
      await sleep(sampleEveryMs);
      const sample = await sampleOf(`${url}/metrics`, (Date.now() - startedAtMs) / 60_000);
      samples.push(sample);
      const { minute, heap, heapTotal, external, rss } = sample;
      if (samples.length % 6 === 1)
        console.log(
          [
            minute.toFixed(1).padStart(6),
            String(requests).padStart(9),
            ...[heap, heapTotal, external, rss].map(inColumn),
          ].join(' '),
        );
    }
  };
  await Promise.all([watch(), ...Array.from({ length: users }, use)]);
  return samples;
}

const inColumn = (megabytes: number) => megabytes.toFixed(0).padStart(8);

/** By its number, so that every run sends the same. */
function requestNumber(number: number, member: Member): Promise<void> {
  const kind = number % 10;
  if (kind < 5) return freshDocument(number, member);
  return kind === 5 ? write(number, member) : usualRequest(number, member);
}

/** Whether it is flat. */
function report(samples: readonly Sample[], minutes: number): boolean {
  const settled = samples.filter(({ minute }) => minute >= warmUpShare * minutes);
  const [heap, rss] = [slopeOf(settled, 'heap'), slopeOf(settled, 'rss')];
  const isFlat = Math.max(heap, rss) <= flatAtMost;
  console.log(
    `\nafter ${(warmUpShare * minutes).toFixed(1)} minutes: heap ${heap.toFixed(2)} MB/min, RSS ${rss.toFixed(2)} MB/min: ` +
      `${isFlat ? 'flat' : `not flat, which is at most ${flatAtMost}`}`,
  );
  return isFlat;
}
