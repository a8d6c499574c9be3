import { sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { UpdateConversationInput } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import { idsOf } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import {
  type ConversationRecord,
  conversationColumns,
  conversationsByIds,
  reportConversations,
  visibleConversations,
} from './repository.ts';

type Change = Partial<Pick<ConversationRecord, 'status' | 'snoozedUntil' | 'assigneeId' | 'priority' | 'unreadCount'>>;

/** Changes the status, the assignee and the priority of a conversation. */
export async function update(input: UpdateConversationInput, tx: Transaction): Promise<ConversationRecord> {
  const { queries, viewer, now } = tx;
  const problems = new Problems();
  const statusChange = statusChangeOf(input, { problems, now });
  const { id, assigneeId } = input;
  if (assigneeId != null) {
    const [conversation] = await conversationsByIds(queries, viewer, [id]);
    if (!conversation) problems.add(notFound('id', 'Conversation', id));
    else if (!(await maySee(queries, conversation, { ...viewer, userId: assigneeId })))
      problems.add(notFound('assigneeId', 'Member', assigneeId));
  }
  problems.settle();
  return change(id, { ...statusChange, assigneeId, priority: input.priority ?? undefined }, tx);
}

/** Applies a change to a conversation that the viewer may see. */
export async function change(
  id: string,
  { status, snoozedUntil, assigneeId, priority, unreadCount }: Change,
  { queries, viewer, changes }: Transaction,
): Promise<ConversationRecord> {
  const changed = await queries
    .updateTable('conversations')
    .set({ id, status, snoozedUntil, assigneeId, priority, unreadCount })
    .where(
      'id',
      'in',
      visibleConversations(queries, viewer)
        .where('id', '=', anyOf(idsOf('Conversation', [id])))
        .select('id'),
    )
    .returning(conversationColumns)
    .executeTakeFirst();
  if (!changed) throw new Refusal([notFound('id', 'Conversation', id)]);
  reportConversations(changes, changed);
  return changed;
}

/** Opens up to `limit` conversations whose snooze has ended, the longest overdue first. */
export async function wake(
  limit: number,
  { queries, viewer, changes, now }: Transaction,
): Promise<ConversationRecord[]> {
  if (limit < 1 || limit > maxWoken) throw new Refusal([invalid('limit', `Expected 1–${maxWoken}, but got ${limit}.`)]);
  const due = visibleConversations(queries, viewer)
    .where('status', '=', 'SNOOZED')
    .where('snoozedUntil', '<=', now.toISOString())
    .select('id')
    .orderBy('snoozedUntil')
    .limit(limit)
    .forUpdate()
    .skipLocked();
  const woken = await queries
    .updateTable('conversations')
    .set({ status: 'OPEN', snoozedUntil: null })
    .where('id', '=', sql<string>`any(array(${due}))`)
    .returning(conversationColumns)
    .execute();
  reportConversations(changes, ...woken);
  return woken;
}

const maxWoken = 1_000;

/** The change of status: an instant snoozes the conversation, and any status other than SNOOZED ends a snooze. */
function statusChangeOf(
  { status, snoozedUntil }: UpdateConversationInput,
  { problems, now }: { problems: Problems; now: Date },
): Pick<Change, 'status' | 'snoozedUntil'> {
  if (snoozedUntil == null) {
    if (status === 'SNOOZED')
      problems.add(invalid('snoozedUntil', 'Expected an instant, as SNOOZED needs one, but got none.'));
    return status == null ? {} : { status, snoozedUntil: null };
  }
  if (status != null && status !== 'SNOOZED')
    problems.add(invalid('snoozedUntil', `Expected none with the status ${status}, but got ${snoozedUntil}.`));
  if (Date.parse(snoozedUntil) <= now.getTime())
    problems.add(invalid('snoozedUntil', `Expected an instant in the future, but got ${snoozedUntil}.`));
  return { status: 'SNOOZED', snoozedUntil };
}

/** Whether a member may see a conversation. Locks the membership, so that this remains true until the transaction ends. */
async function maySee(
  queries: Queries,
  { accountId }: ConversationRecord,
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<boolean> {
  const member = await queries
    .selectFrom('memberships')
    .select('accountIds')
    .where('workspaceId', '=', workspaceId)
    .where('userId', '=', anyOf(idsOf('User', [userId])))
    .forShare()
    .executeTakeFirst();
  if (!member?.accountIds) return member !== undefined;
  return accountId !== null && member.accountIds.includes(accountId);
}

/** Unassigns the conversations of a member, other than those on the accounts in `keep`. */
export async function releaseConversations(
  { queries, viewer, changes }: Pick<Transaction, 'queries' | 'viewer' | 'changes'>,
  { userId, keep }: { userId: string; keep: readonly string[] },
): Promise<void> {
  const released = await queries
    .updateTable('conversations')
    .set({ assigneeId: null })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('assigneeId', '=', userId)
    .where((eb) => eb.or([eb('accountId', 'is', null), eb.not(eb('accountId', '=', anyOf(keep)))]))
    .returning(['id', 'accountId'])
    .execute();
  reportConversations(changes, ...released);
}
