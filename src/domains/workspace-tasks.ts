export interface WorkspaceTasksOptions {
  /** Maximum of tasks for which a round waits at a time. */
  readonly atOnce?: number;
  /** How long a round waits for a task. */
  readonly patienceMs?: number;
}

/**
 * Runs tasks of background work that concern one workspace each, so that neither a failing nor a slow one holds up the others. A
 * round goes on without a task that takes longer than `patienceMs`; later rounds leave it out until it has ended.
 */
export class WorkspaceTasks {
  readonly #atOnce: number;
  readonly #patienceMs: number;
  /** The keys of tasks that rounds have taken on and that have not ended. */
  readonly #keys = new Set<string>();
  readonly #running = new Set<Promise<void>>();

  constructor({ atOnce = 4, patienceMs = 1_000 }: WorkspaceTasksOptions = {}) {
    this.#atOnce = atOnce;
    this.#patienceMs = patienceMs;
  }

  /** Whether an earlier task with this key has not ended. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /**
   * Runs a round: calls `task` for each key, except where an earlier task has not ended, and `onFailure` for each error. Rejects
   * with the first error if all tasks failed, as the cause may concern all workspaces.
   */
  async run(
    keys: readonly string[],
    { task, onFailure }: { task(key: string): Promise<void>; onFailure(key: string, error: unknown): void },
  ): Promise<void> {
    const taken = keys.filter((key) => !this.#keys.has(key));
    for (const key of taken) this.#keys.add(key);
    const errors: unknown[] = [];
    const run = async (key: string) => {
      try {
        await task(key);
      } catch (error) {
        errors.push(error);
        onFailure(key, error);
      } finally {
        this.#keys.delete(key);
      }
    };
    const waiting = taken.values();
    const place = async () => {
      for (const key of waiting) await this.#patiently(run(key));
    };
    await Promise.all(Array.from({ length: this.#atOnce }, place));
    if (taken.length > 0 && errors.length === taken.length) throw errors[0];
  }

  /** Resolves when no task runs. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Resolves when the task has ended or has taken too long. */
  async #patiently(task: Promise<void>): Promise<void> {
    const tracked = task.then(() => void this.#running.delete(tracked));
    this.#running.add(tracked);
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs);
    });
    await Promise.race([tracked, isLate]);
    clearTimeout(timer);
  }
}
