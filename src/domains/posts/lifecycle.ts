import type { PostTargetsTable } from '../../database/tables/posts.ts';
import { conflict, invalid, notFound, staleRevision } from '../errors.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { refusalsOf } from './readiness.ts';
import type { PostRecord } from './repository.ts';
import { lockPosts, type PostState, postStates, reportChange } from './state.ts';

export type PostStatus = PostRecord['status'];
export type TargetStatus = PostTargetsTable['status'];

const unpublished = ['DRAFT', 'PENDING_APPROVAL', 'SCHEDULED', 'FAILED'] as const;

/** The statuses from which each action may start. */
const startsOf = {
  edit: unpublished,
  schedule: unpublished,
  unschedule: ['PENDING_APPROVAL', 'SCHEDULED'],
  'request approval of': ['DRAFT'],
  approve: ['PENDING_APPROVAL'],
  reject: ['PENDING_APPROVAL'],
  publish: ['DRAFT', 'PENDING_APPROVAL', 'SCHEDULED'],
  retry: ['FAILED', 'PARTIALLY_PUBLISHED'],
  // A post with a running call is excluded, as its outcome could not be recorded.
  delete: [...unpublished, 'PUBLISHED', 'PARTIALLY_PUBLISHED'],
} as const satisfies Record<string, readonly PostStatus[]>;

export type Action = keyof typeof startsOf;

/** Actions after which a post is published automatically or after an approval, so its networks must accept it. */
const planningActions: readonly Action[] = ['schedule', 'request approval of', 'approve', 'publish', 'retry'];

/** Whether a post will be published unless somebody stops it. */
export function isPlanned(status: PostStatus): boolean {
  return status === 'PENDING_APPROVAL' || status === 'SCHEDULED' || status === 'PUBLISHING';
}

/** The status of a post after publishing began. Before, its targets have its status. */
export function derivedStatus(targets: readonly TargetStatus[]): PostStatus {
  if (targets.some((status) => status !== 'PUBLISHED' && status !== 'FAILED')) return 'PUBLISHING';
  if (targets.every((status) => status === 'PUBLISHED')) return 'PUBLISHED';
  return targets.every((status) => status === 'FAILED') ? 'FAILED' : 'PARTIALLY_PUBLISHED';
}

/**
 * The changed columns of a post. Its targets are reset, except for those without an account, which keep their outcome. No step
 * forgets calls without an answer.
 */
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

/** The instant is kept: the author may change the post and submit it again. */
export const rejected = (rejectionReason: string): Step => ({
  status: 'DRAFT',
  rejectionReason,
  targets: { from: 'ALL', status: 'DRAFT' },
});

/** Makes the targets due; the publisher claims them. */
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

interface Advance {
  readonly id: string;
  readonly action: Action;
  readonly expectedRevision?: number | null | undefined;
  readonly problems?: Problems;
}

/**
 * Applies an action to a post. Refuses with all `problems` of the input and of the post: that it does not exist, that its status
 * does not allow the action, or that it is not the revision that the viewer has read.
 */
export async function advance(
  transaction: Transaction,
  { id, action, expectedRevision, problems = new Problems() }: Advance,
  step: Step | ((before: PostState) => Step),
): Promise<PostRecord> {
  const before = await lockPost(transaction, { id, action, problems });
  if (before && expectedRevision != null && expectedRevision !== before.post.revision)
    problems.add(staleRevision(expectedRevision, before.post.revision));
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
    .set({ status: targets.status, failureMessage: null, attempts: 0, leaseUntil: null })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('postId', '=', id)
    .where('accountId', 'is not', null)
    .$if(targets.from === 'FAILED', (query) => query.where('status', '=', 'FAILED'))
    .execute();
  return reportAfter(transaction, { id, before: before! });
}

/** Locks a post for an action, and adds what prevents the action to the problems. Returns undefined if the post does not exist. */
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
    problems.add(conflict('id', `Can ${action} a post with a connected account, but got one without.`));
  else if (planningActions.includes(action)) {
    const targets = state.targets.filter(({ status }) => status !== 'PUBLISHED');
    for (const reason of await refusalsOf(transaction, { ...state.post, targets }))
      problems.add(conflict('id', reason));
  }
  return state;
}

/** Reads the changed post and reports its changes. */
export async function reportAfter(
  transaction: Transaction,
  { id, before }: { id: string; before: PostState | null },
): Promise<PostRecord> {
  const [after] = await postStates(transaction, [id]);
  reportChange(transaction, before, after!);
  return after!.post;
}

/** Whether a post that the viewer schedules needs approval. An editor approves a post by scheduling it. */
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

/** Clocks differ and requests take time, so an instant that has just passed counts as now. */
export function checkInstant(problems: Problems, { path, at, now }: { path: string; at: string; now: Date }): void {
  if (Date.parse(at) < now.getTime() - skewMs)
    problems.add(invalid(path, `Expected an instant in the future, but got ${at}; it is now ${now.toISOString()}.`));
}

function listed(states: readonly string[]): string {
  return states.join(' or ');
}
