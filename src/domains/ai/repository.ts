import { sql } from 'kysely';
import { json, type Queries } from '../../database/database.ts';
import type { AiGenerationKind } from '../../generated/schema.ts';
import { anyOf, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import type { DateRange } from '../date-range.ts';
import { idsOf } from '../ids.ts';
import type { AiProvider, AiSuggestion } from './provider.ts';

/** What a model wrote. `reusedFrom` is the generation whose answer it gives again, be that deleted since or not. */
export interface GenerationRecord {
  readonly id: string;
  readonly kind: AiGenerationKind;
  readonly prompt: string | null;
  readonly suggestions: readonly AiSuggestion[];
  readonly modelId: string;
  readonly reusedFrom: string | null;
  readonly costUsd: string;
  readonly requestedById: string | null;
  readonly createdAt: string;
}

export interface ModelRecord {
  readonly id: string;
  readonly name: string;
  readonly inputUsdPerMillion: string;
  readonly outputUsdPerMillion: string;
}

export interface GenerationListFilter {
  readonly kinds: readonly AiGenerationKind[] | null;
}

export type GenerationPage = Connection<GenerationRecord, GenerationListFilter>;

/** A generation to store. */
export interface NewGeneration extends GenerationRecord {
  readonly workspaceId: string;
  readonly fingerprint: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const columns = [
  'id',
  'kind',
  'prompt',
  'suggestions',
  'modelId',
  'reusedFrom',
  'costUsd',
  'requestedById',
  'createdAt',
] as const;

export async function listGenerations(
  queries: Queries,
  { workspaceId, filter, page }: { workspaceId: string; filter: GenerationListFilter; page: Page },
): Promise<GenerationPage> {
  const rows = await matching(queries, workspaceId, filter)
    .select(columns)
    .$narrowType<GenerationRecord>()
    .where(olderThan(page, { instant: 'created_at', id: 'id' }))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (row) => row.createdAt, filter });
}

export async function countGenerations(
  queries: Queries,
  workspaceId: string,
  filter: GenerationListFilter,
): Promise<number> {
  const { count } = await matching(queries, workspaceId, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function findGenerations(
  queries: Queries,
  workspaceId: string,
  ids: readonly string[],
): Promise<GenerationRecord[]> {
  return matching(queries, workspaceId, { kinds: null })
    .select(columns)
    .$narrowType<GenerationRecord>()
    .where('id', '=', anyOf(idsOf('AiGeneration', ids)))
    .execute();
}

/** The answers that a model gave to equal requests, the latest first: that is the one to give again. */
export function findAnswers(queries: Queries, workspaceId: string, fingerprint: string): Promise<GenerationRecord[]> {
  return matching(queries, workspaceId, { kinds: null })
    .select(columns)
    .$narrowType<GenerationRecord>()
    .where('fingerprint', '=', fingerprint)
    .where('reusedFrom', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export function insertGeneration(queries: Queries, generation: NewGeneration): Promise<GenerationRecord> {
  return queries
    .insertInto('aiGenerations')
    .values({ ...generation, suggestions: json(generation.suggestions) })
    .returning(columns)
    .$narrowType<GenerationRecord>()
    .executeTakeFirstOrThrow();
}

/** Sums over the days of a range, cut in a time zone. */
export async function findUsage(
  queries: Queries,
  { workspaceId, timeZone, range }: { workspaceId: string; timeZone: string; range: DateRange },
): Promise<{ generations: number; reused: number; costUsd: string }> {
  return queries
    .selectFrom('aiGenerations')
    .select((eb) => [
      eb.fn.countAll<number>().as('generations'),
      eb.fn.count<number>('reusedFrom').as('reused'),
      sql<string>`coalesce(sum(cost_usd), 0)::numeric(18, 6)`.as('costUsd'),
    ])
    .where('workspaceId', '=', workspaceId)
    .where('createdAt', '>=', sql<string>`${range.from}::date::timestamp at time zone ${timeZone}`)
    .where('createdAt', '<', sql<string>`(${range.to}::date + 1)::timestamp at time zone ${timeZone}`)
    .executeTakeFirstOrThrow();
}

/** The models that the provider has now, the default first. */
export function findOfferedModels(queries: Queries, provider: AiProvider): Promise<ModelRecord[]> {
  return selectModels(queries)
    .where('provider', '=', provider.name)
    .where('id', '=', anyOf(provider.models.map(({ id }) => id)))
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** Any models, also those that no provider has any more. */
export function findModels(queries: Queries, ids: readonly string[]): Promise<ModelRecord[]> {
  return selectModels(queries).where('id', '=', anyOf(ids)).execute();
}

/** Writes down the provider's models with their prices of today, as it starts. */
export async function registerModels(queries: Queries, provider: AiProvider): Promise<void> {
  for (const [position, { id, ...model }] of provider.models.entries()) {
    const values = { ...model, provider: provider.name, position };
    await queries
      .insertInto('aiModels')
      .values({ id, ...values })
      .onConflict((conflicting) => conflicting.column('id').doUpdateSet(values))
      .execute();
  }
}

function selectModels(queries: Queries) {
  return queries.selectFrom('aiModels').select(['id', 'name', 'inputUsdPerMillion', 'outputUsdPerMillion']);
}

function matching(queries: Queries, workspaceId: string, { kinds }: GenerationListFilter) {
  const query = queries.selectFrom('aiGenerations').where('workspaceId', '=', workspaceId);
  return kinds === null ? query : query.where('kind', '=', anyOf(kinds));
}
