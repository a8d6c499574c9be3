import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Applied, Question } from './member.ts';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Processes that hear what is written, of which as many are members as one likes. */
export class Members {
  readonly #children: readonly ChildProcess[];
  #joined = 0;

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static async start(count: number, databaseUrl: string): Promise<Members> {
    const script = new URL('member.ts', import.meta.url);
    const children = Array.from({ length: count }, () =>
      fork(script, {
        execArgv: ['--conditions=magpie-source', '--import', 'tsx'],
        env: { ...process.env, DATABASE_URL: databaseUrl },
      }),
    );
    for (const child of children) running.add(child);
    await Promise.all(children.map((child) => once(child, 'message')));
    return new Members(children);
  }

  /** Lets so many of them be members. */
  async join(count: number): Promise<void> {
    while (this.#joined < count) await ask(this.#children[this.#joined++]!, 'join');
    while (this.#joined > count) await ask(this.#children[--this.#joined]!, 'leave');
  }

  /** When each member applied which tag, since it was last asked. */
  async applied(): Promise<Applied[]> {
    return (await Promise.all(this.#children.map((child) => ask(child, 'applied')))) as Applied[];
  }

  stop(): void {
    for (const child of this.#children) {
      running.delete(child);
      child.kill('SIGKILL');
    }
  }
}

async function ask(child: ChildProcess, question: Question): Promise<unknown> {
  child.send(question);
  const [{ answer }] = await once(child, 'message');
  return answer;
}
