import { Rounds } from './rounds.ts';

/** Runs a mutation through the schema, as the system in a workspace, and resolves with its `data`. Rejects when it failed. */
export type Execute = (workspaceId: string, document: string, variables: Record<string, unknown>) => Promise<unknown>;

export interface Log {
  error(details: object, message: string): void;
}

/** Work that is looked for again and again. */
export interface Background {
  start(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** Looks for work once and does it. */
  tick(): Promise<void>;
  /** What an operator should know of it; undefined when it gets done. */
  problem(): string | undefined;
}

/** Calls `tick` from `start` to `stop`, `pollMs` after it last ended. One that fails is logged, and the next one comes. */
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

/** Runs a mutation that is the document's one field. Rejects with what it refused, too. */
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
