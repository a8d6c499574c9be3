import type { Queries } from '../../database/database.ts';
import type { Weekday } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { idsOf } from '../ids.ts';

export interface SettingsRecord {
  readonly id: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly weekStartsOn: Weekday;
  readonly requiresApproval: boolean;
  readonly brandVoice: string;
  readonly revision: number;
}

/** The settings of a workspace, which exist from its creation. */
export function findSettings(queries: Queries, workspaceId: string): Promise<SettingsRecord> {
  return selectSettings(queries, workspaceId).executeTakeFirstOrThrow();
}

export function findSettingsById(
  queries: Queries,
  workspaceId: string,
  ids: readonly string[],
): Promise<SettingsRecord[]> {
  return selectSettings(queries, workspaceId)
    .where('id', '=', anyOf(idsOf('WorkspaceSettings', ids)))
    .execute();
}

/** The settings, locked until the transaction ends. */
export function lockSettings(queries: Queries, workspaceId: string): Promise<SettingsRecord> {
  return selectSettings(queries, workspaceId).forUpdate().executeTakeFirstOrThrow();
}

function selectSettings(queries: Queries, workspaceId: string) {
  return queries
    .selectFrom('settings')
    .select(['id', 'timeZone', 'locale', 'weekStartsOn', 'requiresApproval', 'brandVoice', 'revision'])
    .where('workspaceId', '=', workspaceId);
}
