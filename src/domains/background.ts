import { Rounds } from './rounds.ts';

/** Runs a mutation through the schema, as the system in a workspace, and resolves with its `data`. Rejects when it failed. */
export type Execute = (workspaceId: string, document: string, variables: Record<string, unknown>) => Promise<unknown>;

export interface Log {
  error(details: object, message: string): void;
}

/** Background work that is polled. */
export interface Background {
  start(): void;
  /** Resolves when no work is running any more. */
  stop(): Promise<void>;
  /** Runs one round: looks for work and does it. */
  tick(): Promise<void>;
  /** A problem that an operator should know; undefined when the work gets done. */
  problem(): string | undefined;
}

/** Calls `tick` from `start` to `stop`, `pollMs` after the end of the previous call. A failed call is logged and does not stop the polling. */
export function createBackground(
  tick: () => Promise<void>,
  { name, pollMs, log }: { name: string; pollMs: number; log: Log },
): Background {
  const rounds = new Rounds(name);
  let timer: NodeJS.Timeout | undefined;
  let isStarted = false;
  let running = Promise.resolve();

  async function run(): Promise<void> {
    try {
      await rounds.run(tick);
    } catch (error) {
      log.error({ err: error }, `${name}: failed; trying again`);
    }
    if (isStarted) schedule();
  }
  function schedule(): void {
    timer = setTimeout(() => {
      running = run();
    }, pollMs);
  }

  return {
    tick,
    problem: () => rounds.problem(),
    start() {
      if (isStarted) return;
      isStarted = true;
      schedule();
    },
    async stop() {
      isStarted = false;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Runs a mutation that is the only field of the document. Rejects also when the mutation refuses. */
export async function mutate(
  execute: Execute,
  workspaceId: string,
  { document, input }: { document: string; input: object },
): Promise<void> {
  const data = (await execute(workspaceId, document, { input })) as Record<
    string,
    { userErrors: { message: string }[] }
  >;
  const errors = Object.values(data).flatMap(({ userErrors }) => userErrors);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join(' '));
}
