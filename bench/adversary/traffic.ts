import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../test/product/random.ts';
import type { Collection } from './collection.ts';
import type { Expectation, Moment } from './expectation.ts';
import { type Answer, type Host, NoAnswer } from './host.ts';
import { type Read, readsAfter, readsOf } from './reads.ts';
import type { Tally } from './tally.ts';
import { type Bounds, boundsOf, type Space, type World } from './world.ts';
import { type Write, Writes } from './writes.ts';

export interface TrafficOptions {
  readonly world: World;
  readonly hosts: readonly Host[];
  readonly tally: Tally;
  readonly seed: number;
}

const writers = 8;
const readersOfEachHost = 2;
const mostPauseOfWriterMs = 120;
const mostPauseOfReaderMs = 16;
/** A process that is stopped is not waited for. */
const heatWithinMs = 200;

/** Writers and readers, until they are told to stop. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #running: Promise<void>[] = [];
  #isStopped = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  start(): void {
    const { hosts, seed } = this.#options;
    const writes = new Writes(new Random(seed));
    for (let writer = 0; writer < writers; writer++)
      this.#running.push(this.#write(writes, new Random(seed + 100 + writer)));
    for (const host of hosts)
      for (let reader = 0; reader < readersOfEachHost; reader++)
        this.#running.push(this.#read(host, new Random(seed + 1_000 * host.number + reader)));
  }

  /** Resolves when all has been answered. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  async #write(writes: Writes, random: Random): Promise<void> {
    const { world, hosts } = this.#options;
    while (!this.#isStopped) {
      const host = random.pick(hosts);
      if (host.isRunning) await this.#writeOnce(host, random.pick(world.spaces), writes);
      await delay(random.below(mostPauseOfWriterMs));
    }
  }

  async #writeOnce(host: Host, space: Space, writes: Writes): Promise<void> {
    const { world, tally, hosts } = this.#options;
    const write = writes.next(space);
    const { mutation, query, input, moves } = write;
    const reads = readsAfter(mutation, space);
    await this.#heat(space, reads);
    const [sentAt, bounds, startMs] = [world.timeline.now, boundsOf(space), performance.now()];
    for (const expectation of moves) expectation.sent();
    this.#note(space, write, `${host.number} sent ${mutation} ${JSON.stringify(input)}`);
    const answer = await ask(host, space, query, { input });
    const outcome = outcomeOf(mutation, answer);
    this.#note(space, write, `${host.number} ${mutation} ${write.text ?? ''} ${outcome} ${told(answer)}`);
    tally.wrote(outcome, performance.now() - startMs, told(answer));
    settle(space, write, { outcome, sentAt, payload: 'json' in answer ? answer.json.data?.[mutation] : undefined });
    if (outcome !== 'acknowledged' || !('json' in answer)) return;
    world.timeline.acknowledged(sentAt);
    this.#judge(host, { name: mutation, query }, { bounds, answer });
    for (const reader of hosts)
      for (const read of reads) if (reader.isRunning) void this.#readOnce(reader, space, read); // at once, of all
  }

  /** Lets all have in memory what will be written, so that one that does not hear of it would answer with that. */
  async #heat(space: Space, reads: readonly Read[]): Promise<void> {
    const running = this.#options.hosts.filter(({ isRunning }) => isRunning);
    const heated = running.flatMap((host) => reads.map((read) => this.#readOnce(host, space, read)));
    await Promise.race([Promise.all(heated), delay(heatWithinMs)]);
  }

  async #read(host: Host, random: Random): Promise<void> {
    const { world } = this.#options;
    const reads = new Map(world.spaces.map((space) => [space, readsOf(space)]));
    while (!this.#isStopped) {
      const space = random.pick(world.spaces);
      if (host.isRunning) await this.#readOnce(host, space, random.pick(reads.get(space)!));
      else await delay(50);
      await delay(random.below(mostPauseOfReaderMs));
    }
  }

  async #readOnce(host: Host, space: Space, read: Read): Promise<void> {
    const bounds = boundsOf(space);
    const answer = await ask(host, space, read.query);
    if (!('json' in answer) || answer.status !== 200 || answer.json.errors)
      return this.#options.tally.unread(told(answer));
    this.#options.tally.read(answer.cache);
    this.#judge(host, read, { bounds, answer });
  }

  #judge(host: Host, { name, query }: Read, { bounds, answer }: { bounds: Bounds; answer: Answer }): void {
    for (const { of, problem } of bounds(answer.json.data))
      this.#options.tally.violated({
        of,
        problem: `process ${host.number}, ${name} (${answer.cache}): ${problem}\n    ${query}`,
      });
  }

  #note(space: Space, { moves, mutation, removes }: Write, line: string): void {
    const isOfReplies = removes !== undefined || mutation === 'createSavedReply';
    const of: readonly (Expectation | Collection)[] = isOfReplies ? [space.replies] : moves;
    for (const one of of) one.note(`${this.#options.tally.now()}  process ${line}`);
  }
}

export type Outcome = 'acknowledged' | 'refused' | 'doubtful';

async function ask(host: Host, { token }: Space, query: string, variables?: object): Promise<Answer | NoAnswer> {
  return await host.ask(token, query, variables).catch((error) => {
    if (error instanceof NoAnswer) return error;
    throw error;
  });
}

const nothingWritten = ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED'];

function outcomeOf(mutation: string, answer: Answer | NoAnswer): Outcome {
  if (answer instanceof NoAnswer) return answer.wasSent ? 'doubtful' : 'refused';
  const { data, errors } = answer.json;
  const code = errors?.[0]?.extensions?.code;
  if (code !== undefined) return nothingWritten.includes(code) ? 'refused' : 'doubtful';
  if (errors) return answer.status === 503 ? 'refused' : 'doubtful';
  return data[mutation].userErrors.length > 0 ? 'refused' : 'acknowledged';
}

function told(answer: Answer | NoAnswer): string {
  if (answer instanceof NoAnswer) return answer.message;
  const { data, errors } = answer.json;
  if (errors) return `${answer.status} ${errors[0]?.extensions?.code ?? errors[0]?.message}`;
  return JSON.stringify(data).slice(0, 160);
}

function settle(
  space: Space,
  { mutation, moves, removes, text }: Write,
  // biome-ignore lint/suspicious/noExplicitAny: as the mutation answers
  { outcome, sentAt, payload }: { outcome: Outcome; sentAt: Moment; payload: any },
): void {
  const node = payload?.settings ?? payload?.template ?? payload?.post ?? payload?.campaign;
  for (const expectation of moves) {
    if (outcome === 'acknowledged') expectation.acknowledged(sentAt, { level: node?.revision });
    else if (outcome === 'doubtful') expectation.doubtful();
    else expectation.refused(text);
  }
  if (mutation === 'createSavedReply' && outcome === 'acknowledged') space.replies.added(sentAt, payload.savedReply.id);
  if (removes === undefined) return;
  if (outcome === 'acknowledged') space.replies.removed(sentAt, removes);
  else if (outcome === 'refused') space.replies.kept(sentAt, removes);
}
