import type { PostTargetsTable } from '../../database/tables.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { refusalsOf } from './readiness.ts';
import type { PostRecord } from './repository.ts';
import { lockPosts, type PostState, postStates, reportChange } from './state.ts';

export type PostStatus = PostRecord['status'];
export type TargetStatus = PostTargetsTable['status'];

const unpublished = ['DRAFT', 'PENDING_APPROVAL', 'SCHEDULED', 'FAILED'] as const;

/** Where a post must stand for what is asked of it. */
const startsOf = {
  edit: unpublished,
  schedule: unpublished,
  unschedule: ['PENDING_APPROVAL', 'SCHEDULED'],
  'request approval of': ['DRAFT'],
  approve: ['PENDING_APPROVAL'],
  reject: ['PENDING_APPROVAL'],
  publish: ['DRAFT', 'PENDING_APPROVAL', 'SCHEDULED'],
  retry: ['FAILED', 'PARTIALLY_PUBLISHED'],
  // The outcome of a call in flight would have nowhere to go.
  delete: [...unpublished, 'PUBLISHED', 'PARTIALLY_PUBLISHED'],
} as const satisfies Record<string, readonly PostStatus[]>;

export type Action = keyof typeof startsOf;

/** Actions after which a post goes out by itself, or by somebody's word alone: it must be one that its networks take. */
const planningActions: readonly Action[] = ['schedule', 'request approval of', 'approve', 'publish', 'retry'];

/** Whether a post will go out, unless somebody stops it. */
export function isPlanned(status: PostStatus): boolean {
  return status === 'PENDING_APPROVAL' || status === 'SCHEDULED' || status === 'PUBLISHING';
}

/** The status of a post once publishing began. Before, its targets stand where it stands. */
export function derivedStatus(targets: readonly TargetStatus[]): PostStatus {
  if (targets.some((status) => status !== 'PUBLISHED' && status !== 'FAILED')) return 'PUBLISHING';
  if (targets.every((status) => status === 'PUBLISHED')) return 'PUBLISHED';
  return targets.every((status) => status === 'FAILED') ? 'FAILED' : 'PARTIALLY_PUBLISHED';
}

/** What becomes of a post: columns that stay are absent. Its targets begin anew; one whose account is gone keeps its outcome. */
export interface Step {
  readonly status: PostStatus;
  readonly scheduledAt?: string | null;
  readonly rejectionReason?: string | null;
  readonly targets: { readonly from: 'ALL' | 'FAILED'; readonly status: TargetStatus };
}

export const plannedFor = (status: 'PENDING_APPROVAL' | 'SCHEDULED', scheduledAt: string): Step => ({
  status,
  scheduledAt,
  rejectionReason: null,
  targets: { from: 'ALL', status },
});

export const unscheduled: Step = {
  status: 'DRAFT',
  scheduledAt: null,
  rejectionReason: null,
  targets: { from: 'ALL', status: 'DRAFT' },
};

export const awaitingApproval: Step = {
  status: 'PENDING_APPROVAL',
  rejectionReason: null,
  targets: { from: 'ALL', status: 'PENDING_APPROVAL' },
};

export const approved = ({ post }: PostState): Step => {
  const status = post.scheduledAt ? 'SCHEDULED' : 'DRAFT';
  return { status, rejectionReason: null, targets: { from: 'ALL', status } };
};

/** The instant stays: the author may change the post and ask again. */
export const rejected = (rejectionReason: string): Step => ({
  status: 'DRAFT',
  rejectionReason,
  targets: { from: 'ALL', status: 'DRAFT' },
});

/** Its targets are due; the publisher takes them from there. */
export const publishedAt = (now: Date): Step => ({
  status: 'PUBLISHING',
  scheduledAt: now.toISOString(),
  rejectionReason: null,
  targets: { from: 'ALL', status: 'SCHEDULED' },
});

export const retriedAt =
  (now: Date) =>
  ({ post }: PostState): Step => ({
    status: 'PUBLISHING',
    scheduledAt: post.scheduledAt ?? now.toISOString(),
    targets: { from: 'FAILED', status: 'SCHEDULED' },
  });

/**
 * Takes a post a step on. Refuses with all `problems` of the input and those of the post: that it is not there, or stands
 * where the action does not start.
 */
export async function advance(
  transaction: Transaction,
  { id, action, problems = new Problems() }: { id: string; action: Action; problems?: Problems },
  step: Step | ((before: PostState) => Step),
): Promise<PostRecord> {
  const before = await lockPost(transaction, { id, action, problems });
  problems.settle();
  const { targets, ...columns } = typeof step === 'function' ? step(before!) : step;
  const { queries, viewer, now } = transaction;
  await queries
    .updateTable('posts')
    .set((eb) => ({ ...columns, revision: eb('revision', '+', 1), updatedAt: now.toISOString() }))
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', id)
    .execute();
  await queries
    .updateTable('postTargets')
    .set({ status: targets.status, failureMessage: null, attempts: 0, firstAttemptAt: null, leaseUntil: null })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('postId', '=', id)
    .where('accountId', 'is not', null)
    .$if(targets.from === 'FAILED', (query) => query.where('status', '=', 'FAILED'))
    .execute();
  return reportAfter(transaction, { id, before: before! });
}

/** Locks a post for an action. What is in the way becomes a problem; undefined is a post that is not there. */
export async function lockPost(
  transaction: Transaction,
  { id, action, problems }: { id: string; action: Action; problems: Problems },
): Promise<PostState | undefined> {
  const [state] = await lockPosts(transaction, [id]);
  if (!state) problems.add(notFound('id', 'Post', id));
  else if (!(startsOf[action] as readonly PostStatus[]).includes(state.post.status))
    problems.add(
      conflict(
        'id',
        `Can ${action} a post that is ${listed(startsOf[action])}, but got one that is ${state.post.status}.`,
      ),
    );
  else if (!state.targets.some((target) => target.accountId !== null) && planningActions.includes(action))
    problems.add(conflict('id', `Can ${action} a post that goes to an account, but got one that goes to none.`));
  else if (planningActions.includes(action)) {
    const targets = state.targets.filter(({ status }) => status !== 'PUBLISHED');
    for (const reason of await refusalsOf(transaction, { ...state.post, targets }))
      problems.add(conflict('id', reason));
  }
  return state;
}

/** Reads the post back as it is now, and reports what became of it. */
export async function reportAfter(
  transaction: Transaction,
  { id, before }: { id: string; before: PostState | null },
): Promise<PostRecord> {
  const [after] = await postStates(transaction, [id]);
  reportChange(transaction, before, after!);
  return after!.post;
}

/** Whether what the viewer schedules waits for approval. An editor's word is the approval. */
export async function needsApproval({ queries, viewer }: Transaction): Promise<boolean> {
  if (viewer.role !== 'CONTRIBUTOR') return false;
  const settings = await queries
    .selectFrom('settings')
    .select('requiresApproval')
    .where('workspaceId', '=', viewer.workspaceId)
    .executeTakeFirst();
  return settings?.requiresApproval ?? false;
}

const skewMs = 60_000;

/** Clocks differ and requests take time: an instant that has just passed is as good as now. */
export function checkInstant(problems: Problems, { path, at, now }: { path: string; at: string; now: Date }): void {
  if (Date.parse(at) < now.getTime() - skewMs)
    problems.add(invalid(path, `Expected an instant to come, but got ${at}; now it is ${now.toISOString()}.`));
}

function listed(states: readonly string[]): string {
  return states.join(' or ');
}
