import type { Queries } from '../database/database.ts';
import { lockTable } from '../database/table-lock.ts';
import type { CacheCategory } from '../generated/schema.ts';
import type { PolicyOverride } from './policy-overrides.ts';

export type PolicyChange = Partial<Omit<PolicyOverride, 'changedAt'>>;

/** Lets the transaction alone change overrides until it ends, so that what it reads of them stays true. Others may read. */
export async function lockOverrides(queries: Queries): Promise<void> {
  await lockTable(queries, 'cachePolicies');
}

/** Adds cells to a category's override, or changes them; null takes one back. An override without cells is deleted. */
export async function changeOverride(
  queries: Queries,
  { category, change, now }: { category: CacheCategory; change: PolicyChange; now: Date },
): Promise<void> {
  const changed = { ...change, changedAt: now.toISOString() };
  await queries
    .insertInto('cachePolicies')
    .values({ category, ...changed })
    .onConflict((conflict) => conflict.column('category').doUpdateSet(changed))
    .execute();
  await queries
    .deleteFrom('cachePolicies')
    .where('category', '=', category)
    .where((eb) =>
      eb.and((['ttlMs', 'staleMs', 'maxEntries', 'maxBytes', 'eviction'] as const).map((cell) => eb(cell, 'is', null))),
    )
    .execute();
}

export async function deleteOverride(queries: Queries, category: CacheCategory): Promise<void> {
  await queries.deleteFrom('cachePolicies').where('category', '=', category).execute();
}
