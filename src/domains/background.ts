import { Rounds } from './rounds.ts';

/** Runs a mutation through the schema, as the system in a workspace, and resolves with its `data`. Rejects when it fails. */
export type Execute = (workspaceId: string, document: string, variables: Record<string, unknown>) => Promise<unknown>;

export interface Log {
  error(details: object, message: string): void;
}

/** Background work that is polled. */
export interface Background {
  start(): void;
  /** Ends the polling, and resolves when the running round has ended. */
  stop(): Promise<void>;
  /** Runs one round: looks for work and does it. */
  tick(): Promise<void>;
  /** A problem to report to the operator; undefined while the work succeeds. */
  problem(): string | undefined;
}

/**
 * Calls `tick` from `start` to `stop`, `pollMs` after the end of the previous call. A failed call is logged and does not stop the
 * polling.
 */
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

/** Runs the mutation that is the only field of the document. A refusal rejects too. */
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
