import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that answers questions of the benchmark, one after the other. */
export class Child<Question> {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Runs a script of this folder. Resolves when it is ready. */
  static async start<Question>(script: string, environment: Record<string, string>): Promise<Child<Question>> {
    const child = fork(new URL(script, import.meta.url), {
      execArgv: ['--conditions=magpie-source', '--import', 'tsx'],
      env: { ...process.env, ...environment },
    });
    running.add(child);
    await once(child, 'message');
    return new Child(child);
  }

  async ask<T>(question: Question): Promise<T> {
    this.#process.send(question as object);
    const [{ answer }] = await once(this.#process, 'message');
    return answer as T;
  }

  stop(): void {
    running.delete(this.#process);
    this.#process.kill('SIGKILL');
  }
}

/** In such a process: says that it is ready, and answers. */
export function answerWith<Question>(answerTo: (question: Question) => Promise<unknown>): void {
  process.on('message', async (question: Question) => process.send!({ answer: await answerTo(question) }));
  process.send!({ answer: 'ready' });
}
