import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { json, type Queries } from '../../database/database.ts';
import { appendToLog } from '../../database/invalidation-log.ts';
import { transact } from '../../database/transaction.ts';
import type { AiGenerationKind } from '../../generated/schema.ts';
import { type Changes, everyAccount } from '../changes.ts';
import { anyOf, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import type { DateRange } from '../date-range.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';
import { isNearDays, localDay } from '../time-zones/days.ts';
import type { AiProvider, AiSuggestion } from './provider.ts';

/** An output of a model: new, or reused from an equal earlier request. */
export interface GenerationRecord {
  readonly id: string;
  readonly kind: AiGenerationKind;
  readonly prompt: string | null;
  readonly suggestions: readonly AiSuggestion[];
  readonly model: ModelRecord;
  readonly isReused: boolean;
  readonly costUsd: string;
  readonly requestedById: string | null;
  readonly createdAt: string;
}

export interface ModelRecord {
  readonly id: string;
  readonly name: string;
}

/** A model that can be chosen now. */
export interface OfferedModel extends ModelRecord {
  readonly inputUsdPerMillion: string;
  readonly outputUsdPerMillion: string;
}

export interface GenerationListFilter {
  readonly kinds: readonly AiGenerationKind[] | null;
}

export type GenerationPage = Connection<GenerationRecord, GenerationListFilter>;

/** A generation to store. `reusedFrom` is the id of the one whose output it reuses; that one can be deleted later. */
export interface NewGeneration extends Omit<GenerationRecord, 'model' | 'isReused'> {
  /** The account of the conversation that it replies to; null for other kinds. */
  readonly accountId: string | null;
  readonly modelId: string;
  readonly fingerprint: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reusedFrom: string | null;
}

export async function listGenerations(
  queries: Queries,
  scope: Scope,
  { filter, page }: { filter: GenerationListFilter; page: Page },
): Promise<GenerationPage> {
  const rows = await selectGenerations(queries, scope, filter)
    .where(olderThan(page, { instant: 'ai_generations.created_at', id: 'ai_generations.id' }))
    .orderBy('createdAt', 'desc')
    .orderBy('aiGenerations.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (row) => row.createdAt, filter });
}

export async function countGenerations(queries: Queries, scope: Scope, filter: GenerationListFilter): Promise<number> {
  const { count } = await matching(queries, scope, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function findGenerations(queries: Queries, scope: Scope, ids: readonly string[]): Promise<GenerationRecord[]> {
  return selectGenerations(queries, scope)
    .where('aiGenerations.id', '=', anyOf(idsOf('AiGeneration', ids)))
    .execute();
}

/** The generations that a model wrote for equal requests, newest first. The newest is the one to reuse. */
export function findOriginals(queries: Queries, scope: Scope, fingerprint: string): Promise<GenerationRecord[]> {
  return selectGenerations(queries, scope)
    .where('fingerprint', '=', fingerprint)
    .where('reusedFrom', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('aiGenerations.id', 'desc')
    .execute();
}

export async function insertGeneration(
  queries: Queries,
  scope: Scope,
  generation: NewGeneration,
): Promise<GenerationRecord> {
  await queries
    .insertInto('aiGenerations')
    .values({ ...generation, workspaceId: scope.workspaceId, suggestions: json(generation.suggestions) })
    .execute();
  return selectGenerations(queries, scope).where('aiGenerations.id', '=', generation.id).executeTakeFirstOrThrow();
}

/** Reports a new generation, or the deletion of the one with `id`. */
export function reportGeneration(
  changes: Changes,
  { kind, accountId, id }: Pick<GenerationRecord, 'kind'> & { accountId: string | null; id?: string },
): void {
  const accountIds = [kind === 'REPLY' ? accountId : everyAccount];
  if (id === undefined) changes.reach(accountIds);
  else changes.reach(accountIds, id);
}

/** Deletes a generation if the viewer may see it. `accountId` is the account of the conversation that it replied to. */
export function deleteGeneration(
  queries: Queries,
  scope: Scope,
  id: string,
): Promise<{ id: string; kind: GenerationRecord['kind']; accountId: string | null } | undefined> {
  return queries
    .deleteFrom('aiGenerations')
    .where('workspaceId', '=', scope.workspaceId)
    .where('id', '=', anyOf(idsOf('AiGeneration', [id])))
    .where(isVisible(scope))
    .returning(['id', 'kind', 'accountId'])
    .executeTakeFirst();
}

/** Sums over the days of a range in the workspace's time zone. */
export async function findUsage(
  queries: Queries,
  scope: Scope,
  range: DateRange,
): Promise<{ generations: number; reused: number; costUsd: string }> {
  const { timeZone } = scope;
  return matching(queries, scope, { kinds: null })
    .select((eb) => [
      eb.fn.countAll<number>().as('generations'),
      eb.fn.count<number>('reusedFrom').as('reused'),
      sql<string>`coalesce(sum(cost_usd), 0)::numeric(18, 6)`.as('costUsd'),
    ])
    .where(isNearDays(sql.ref('createdAt'), range))
    .where(sql<boolean>`${localDay(sql.ref('createdAt'), timeZone, [range])} between ${range.from} and ${range.to}`)
    .executeTakeFirstOrThrow();
}

const maxModels = 20;

/** The models that the provider has now, the default first; at most 20. */
export function findOfferedModels(queries: Queries, provider: AiProvider): Promise<OfferedModel[]> {
  return queries
    .selectFrom('aiModels')
    .select(['id', 'name', 'inputUsdPerMillion', 'outputUsdPerMillion'])
    .where('provider', '=', provider.name)
    .where('id', '=', anyOf(provider.models.map(({ id }) => id)))
    .orderBy('position')
    .orderBy('id')
    .limit(maxModels)
    .execute();
}

/** Stores the provider's models with their current prices, at the start. */
export async function registerModels(queries: Queries, provider: AiProvider): Promise<void> {
  await transact(queries, async (transaction) => {
    let changed = 0n;
    for (const [position, { id, ...model }] of provider.models.entries()) {
      const values = { ...model, provider: provider.name, position };
      const { numInsertedOrUpdatedRows = 0n } = await transaction
        .insertInto('aiModels')
        .values({ id, ...values })
        .onConflict((conflicting) =>
          conflicting
            .column('id')
            .doUpdateSet(values)
            .where(
              sql<boolean>`row(ai_models.name, ai_models.provider, ai_models.input_usd_per_million, ai_models.output_usd_per_million, ai_models.position)
                is distinct from row(excluded.name, excluded.provider, excluded.input_usd_per_million, excluded.output_usd_per_million, excluded.position)`,
            ),
        )
        .executeTakeFirst();
      changed += numInsertedOrUpdatedRows;
    }
    // Processes that run with other models cache what they read of these.
    const everything = { workspaceId: null, tags: [], cause: 'registered models' };
    if (changed > 0n) await appendToLog(transaction, everything, null);
  });
}

function selectGenerations(queries: Queries, scope: Scope, filter: GenerationListFilter = { kinds: null }) {
  return matching(queries, scope, filter)
    .innerJoin('aiModels', 'aiModels.id', 'aiGenerations.modelId')
    .select(['aiGenerations.id', 'kind', 'prompt', 'suggestions', 'costUsd', 'requestedById', 'createdAt'])
    .select([
      sql<ModelRecord>`json_build_object('id', ai_models.id, 'name', ai_models.name)`.as('model'),
      sql<boolean>`reused_from is not null`.as('isReused'),
    ])
    .$narrowType<GenerationRecord>();
}

function matching(queries: Queries, scope: Scope, { kinds }: GenerationListFilter) {
  const query = queries
    .selectFrom('aiGenerations')
    .where('workspaceId', '=', scope.workspaceId)
    .where(isVisible(scope));
  return kinds === null ? query : query.where('kind', '=', anyOf(kinds));
}

/** Replies are visible with the account of their conversation. */
function isVisible({ accountIds }: Scope): RawBuilder<SqlBool> {
  return accountIds === null
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(kind <> 'REPLY' or account_id = ${anyOf(accountIds)})`;
}
