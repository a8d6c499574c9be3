import type { Queries } from '../../database/database.ts';
import { type Background, createBackground, type Execute, type Log, mutate } from '../background.ts';

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
  pollMs = 1_000,
  now = () => new Date(),
}: {
  queries: Queries;
  execute: Execute;
  log: Log;
  pollMs?: number;
  now?: () => Date;
}): Background {
  async function tick(): Promise<void> {
    for (const workspaceId of await workspacesWithDueConversations(queries, now())) {
      await mutate(execute, workspaceId, { document, input: { limit } }).catch((error) =>
        log.error({ workspaceId, err: error }, 'inbox clock: snoozed conversations could not be opened; trying again'),
      );
    }
  }
  return createBackground(tick, { name: 'inbox clock', pollMs, log });
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
