import type { Queries } from '../../database/database.ts';
import { type Background, createBackground, type Execute, type Log, mutate } from '../background.ts';
import { WorkspaceTasks, type WorkspaceTasksOptions } from '../workspace-tasks.ts';

const limit = 100;

const document = /* GraphQL */ `
  mutation WakeConversations($input: WakeConversationsInput!) {
    wakeConversations(input: $input) { userErrors { message } }
  }
`;

/** Opens snoozed conversations within about `pollMs` of the end of their snooze. Several processes may run it. */
export function createWakeClock({
  queries,
  execute,
  log,
  tasks: limits,
  pollMs = 1_000,
  now = () => new Date(),
}: {
  queries: Queries;
  execute: Execute;
  log: Log;
  tasks?: WorkspaceTasksOptions;
  pollMs?: number;
  now?: () => Date;
}): Background {
  const tasks = new WorkspaceTasks(limits);

  async function round(): Promise<void> {
    await tasks.run(await workspacesWithDueConversations(queries, now()), {
      task: (workspaceId) => mutate(execute, workspaceId, { document, input: { limit } }),
      onFailure: (workspaceId, error) =>
        log.error({ workspaceId, err: error }, 'inbox clock: snoozed conversations could not be opened; trying again'),
    });
  }

  const background = createBackground(round, { name: 'inbox clock', pollMs, log });
  return {
    ...background,
    async stop() {
      await background.stop();
      await tasks.ended();
    },
    async tick() {
      await round();
      await tasks.ended();
    },
  };
}

async function workspacesWithDueConversations(queries: Queries, now: Date): Promise<string[]> {
  const rows = await queries
    .selectFrom('conversations')
    .select('workspaceId')
    .distinct()
    .where('status', '=', 'SNOOZED')
    .where('snoozedUntil', '<=', now.toISOString())
    .execute();
  return rows.map(({ workspaceId }) => workspaceId);
}
