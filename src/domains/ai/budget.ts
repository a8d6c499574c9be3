import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { addDays, today } from '../date-range.ts';
import { limitReached, Refusal } from '../errors.ts';
import { startOfDay } from '../time-zones/days.ts';
import { AiProviderError } from './provider.ts';

/** The number of AI generations that a workspace may use, and has used, in the current month. */
export interface AiBudgetRecord {
  readonly limit: number;
  readonly used: number;
  /** When the next month begins in the workspace's time zone. */
  readonly renewsAt: string;
}

export async function findBudget(context: Context): Promise<AiBudgetRecord> {
  const { queries, viewer, limits } = context;
  const month = monthOf(context);
  const budget = await queries
    .selectFrom('aiBudgets')
    .select('used')
    .where((where) => where.and({ workspaceId: viewer.workspaceId, month }))
    .executeTakeFirst();
  const renewsAt = startOfDay(viewer.timeZone, monthAfter(month));
  return { limit: limits.maxGenerationsPerMonth, used: budget?.used ?? 0, renewsAt };
}

/**
 * Takes one generation from the budget for `call`, and returns it when `call` fails, unless the model may charge for it. Refuses
 * when the budget is used up.
 */
export async function withinBudget<T>(context: Context, call: () => Promise<T>): Promise<T> {
  const month = monthOf(context);
  if (!(await take(context, month))) throw new Refusal([usedUp(await findBudget(context))]);
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AiProviderError && error.isCharged)) await giveBack(context, month);
    throw error;
  }
}

async function take({ queries, viewer, limits }: Context, month: string): Promise<boolean> {
  const taken = await queries
    .insertInto('aiBudgets')
    .values({ workspaceId: viewer.workspaceId, month, used: 1 })
    .onConflict((conflicting) =>
      conflicting
        .columns(['workspaceId', 'month'])
        .doUpdateSet({ used: sql`ai_budgets.used + 1` })
        .where('aiBudgets.used', '<', limits.maxGenerationsPerMonth),
    )
    .executeTakeFirstOrThrow();
  return taken.numInsertedOrUpdatedRows === 1n;
}

async function giveBack({ queries, viewer }: Context, month: string): Promise<void> {
  await queries
    .updateTable('aiBudgets')
    .set({ used: sql`used - 1` })
    .where((where) => where.and({ workspaceId: viewer.workspaceId, month }))
    .execute();
}

function usedUp({ limit, used, renewsAt }: AiBudgetRecord) {
  const message = `This workspace has used ${used} of its ${limit} AI generations of this month. The next month begins at ${renewsAt}.`;
  return limitReached(null, limit, message, { used, renewsAt });
}

function monthOf({ viewer, now }: Context): string {
  return today(viewer.timeZone, now).slice(0, 7);
}

/** The first day of the next month. */
function monthAfter(month: string): string {
  return `${addDays(`${month}-01`, 31).slice(0, 7)}-01`;
}
