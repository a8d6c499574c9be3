import { type Selectable, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { PostTargetsTable } from '../../database/tables/posts.ts';
import type {
  ClaimTargetsInput,
  NetworkName,
  RecordPostMetricsInput,
  RecordPublicationInput,
  RecordUploadInput,
} from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { conflict, invalid, notFound, Refusal } from '../errors.ts';
import { idsOf } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { derivedStatus, reportAfter } from './lifecycle.ts';
import type { DueTargets } from './publishing-slots.ts';
import type { PostRecord, PostTargetRecord } from './repository.ts';
import { lockPosts, postStates, reportChange, reportMetrics } from './state.ts';

const maxClaim = 100;
const maxLeaseSeconds = 3_600;

/** The text that a target publishes. */
const ownText = sql`coalesce(text_override, (select text from posts where posts.id = post_id))`;

export interface Claim {
  readonly target: PostTargetRecord;
  readonly post: PostRecord;
  readonly text: string;
  readonly attempts: number;
  readonly firstAttemptAt: string;
  readonly unansweredTexts: readonly string[];
  readonly leaseSeconds: number;
  readonly uploads: readonly { mediaId: string; uploadId: string }[];
}

/**
 * Claims due targets, most overdue first: those whose instant has come, and those whose lease has ended. The lease doubles with
 * each earlier attempt, so that a failing network is called less and less often.
 */
export async function claimTargets(
  transaction: Transaction,
  { network, limit, leaseSeconds }: ClaimTargetsInput,
): Promise<Claim[]> {
  const { queries, viewer, now } = transaction;
  const problems = new Problems();
  checkWithin(problems, { path: 'limit', value: limit, most: maxClaim });
  checkWithin(problems, { path: 'leaseSeconds', value: leaseSeconds, most: maxLeaseSeconds });
  problems.settle();

  const due = await lockDueTargets(transaction, { network, limit });
  if (due.length === 0) return [];
  const before = await postStates(transaction, [...new Set(due.map(({ postId }) => postId))]);
  const claims = await queries
    .updateTable('postTargets')
    .set({
      status: 'PUBLISHING',
      attempts: sql`attempts + 1`,
      firstAttemptAt: sql`coalesce(first_attempt_at, ${now.toISOString()}::timestamptz)`,
      unansweredTexts: sql`array_append(array_remove(unanswered_texts, ${ownText}), ${ownText})`,
      leaseUntil: sql`${now.toISOString()}::timestamptz + ${leaseSeconds} * interval '1 second' * power(2, attempts)`,
    })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(due.map(({ id }) => id)))
    .returning(['id', 'attempts', 'firstAttemptAt', 'uploads'])
    .execute();
  await queries
    .updateTable('posts')
    .set({ status: 'PUBLISHING', revision: sql`revision + 1`, updatedAt: now.toISOString() })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(before.map(({ post }) => post.id)))
    .execute();
  const after = new Map(
    (
      await postStates(
        transaction,
        before.map(({ post }) => post.id),
      )
    ).map((state) => [state.post.id, state]),
  );
  for (const state of before) reportChange(transaction, state, after.get(state.post.id)!);

  return due.map(({ id, postId, unansweredTexts }) => {
    const { post, targets } = after.get(postId)!;
    const target = targets.find((candidate) => candidate.id === id)!;
    const { attempts, firstAttemptAt, uploads } = claims.find((claim) => claim.id === id)!;
    return {
      ...{ post, target, text: target.textOverride ?? post.text, attempts, firstAttemptAt: firstAttemptAt! },
      ...{ unansweredTexts, leaseSeconds: leaseSeconds * 2 ** (attempts - 1) },
      uploads: Object.entries(uploads).map(([mediaId, uploadId]) => ({ mediaId, uploadId })),
    };
  });
}

/** Records the outcome of a claimed target, once: an existing outcome is not changed. */
export async function recordPublication(
  transaction: Transaction,
  { targetId, permalink, failureMessage, isUnanswered }: RecordPublicationInput,
): Promise<PostRecord> {
  const { queries, viewer, now } = transaction;
  const problems = new Problems();
  if ((permalink == null) === (failureMessage == null))
    problems.add(invalid(null, 'Expected a permalink or a failureMessage, but got both or none.'));
  problems.text('failureMessage', failureMessage ?? '', 10_000);
  const row = await queries
    .selectFrom('postTargets')
    .select('postId')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(idsOf('PostTarget', [targetId])))
    .executeTakeFirst();
  const [before] = row ? await lockPosts(transaction, [row.postId]) : [];
  const target = before?.targets.find(({ id }) => id === targetId);
  if (!before || !target) problems.add(notFound('targetId', 'PostTarget', targetId));
  else if (!['PUBLISHING', 'PUBLISHED', 'FAILED'].includes(target.status))
    problems.add(conflict('targetId', `Expected a claimed target, but got one that is ${target.status}.`));
  problems.settle();

  const { post, targets } = before!;
  if (target!.status === 'PUBLISHING') {
    const instant = now.toISOString();
    const outcome = permalink == null ? 'FAILED' : 'PUBLISHED';
    await queries
      .updateTable('postTargets')
      .set({
        ...{ status: outcome, permalink: permalink ?? null, failureMessage: failureMessage ?? null },
        ...{ publishedAt: permalink == null ? null : instant, leaseUntil: null },
        ...(permalink == null ? {} : { uploads: {} }),
        ...(permalink == null && isUnanswered ? {} : { firstAttemptAt: null, unansweredTexts: [] }),
      })
      .where('workspaceId', '=', viewer.workspaceId)
      .where('id', '=', targetId)
      .execute();
    await queries
      .updateTable('posts')
      .set({
        status: derivedStatus(targets.map(({ id, status }) => (id === targetId ? outcome : status))),
        publishedAt: post.publishedAt ?? (permalink == null ? null : instant),
        ...{ revision: sql`revision + 1`, updatedAt: instant },
      })
      .where('workspaceId', '=', viewer.workspaceId)
      .where('id', '=', post.id)
      .execute();
  }
  return reportAfter(transaction, { id: post.id, before: before! });
}

/** Stores which media files of a claimed target the network has accepted, until the post is published. */
export async function recordUpload(
  { queries, viewer }: Transaction,
  { targetId, mediaId, uploadId }: RecordUploadInput,
): Promise<{ targetId: string }> {
  const problems = new Problems();
  problems.text('uploadId', uploadId, 1_000);
  problems.settle();
  const changed = await queries
    .updateTable('postTargets')
    .set({ uploads: sql`uploads || jsonb_build_object(${mediaId}::text, ${uploadId}::text)` })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(idsOf('PostTarget', [targetId])))
    .where('status', '=', 'PUBLISHING')
    .returning('id')
    .executeTakeFirst();
  if (!changed) throw new Refusal([conflict('targetId', 'Expected a claimed target, but got none with this id.')]);
  return { targetId };
}

/** Sets a post's metrics of a day, replacing earlier ones. */
export async function recordPostMetrics(
  transaction: Transaction,
  { postId, date, views = null, reach = null, engagements = null, clicks = null }: RecordPostMetricsInput,
): Promise<PostRecord> {
  const { queries, viewer } = transaction;
  const metrics = { views, reach, engagements, clicks };
  const problems = new Problems();
  for (const [path, value] of Object.entries(metrics)) if (value !== null) problems.count(path, value);
  const [state] = await lockPosts(transaction, [postId]);
  if (!state) problems.add(notFound('postId', 'Post', postId));
  else if (state.post.publishedAt === null)
    problems.add(conflict('postId', `Expected a published post, but got one that is ${state.post.status}.`));
  problems.settle();

  await queries
    .insertInto('postMetrics')
    .values({ workspaceId: viewer.workspaceId, postId, date, ...metrics })
    .onConflict((conflicting) => conflicting.columns(['postId', 'date']).doUpdateSet(metrics))
    .execute();
  reportMetrics(transaction, state!);
  return state!.post;
}

/** Networks and workspaces with due targets, most overdue first. */
export function dueByNetwork(queries: Queries, now: Date): Promise<DueTargets[]> {
  return dueTargets(queries, now)
    .select(['accounts.network', 'posts.workspaceId'])
    .groupBy(['accounts.network', 'posts.workspaceId'])
    .orderBy((eb) => eb.fn.min('posts.scheduledAt'))
    .execute();
}

/**
 * Finds due targets and locks them and their posts; skips locked rows. The post, as every change of it begins with this lock. The
 * target, as PostgreSQL evaluates the conditions again for a row that another publisher has just claimed only if it locks the row.
 */
function lockDueTargets(
  { queries, viewer, now }: Transaction,
  { network, limit }: { network?: NetworkName | null | undefined; limit: number },
): Promise<Pick<Selectable<PostTargetsTable>, 'id' | 'postId' | 'unansweredTexts'>[]> {
  return dueTargets(queries, now)
    .select(['postTargets.id', 'postTargets.postId', 'postTargets.unansweredTexts'])
    .where('posts.workspaceId', '=', viewer.workspaceId)
    .$if(network != null, (query) => query.where('accounts.network', '=', network!))
    .orderBy('posts.scheduledAt')
    .orderBy('posts.id')
    .orderBy('postTargets.position')
    .orderBy('postTargets.id')
    .limit(limit)
    .forNoKeyUpdate(['posts', 'postTargets'])
    .skipLocked()
    .execute();
}

function dueTargets(queries: Queries, now: Date) {
  const instant = now.toISOString();
  return queries
    .selectFrom('posts')
    .innerJoin('postTargets', (join) =>
      join.onRef('postTargets.workspaceId', '=', 'posts.workspaceId').onRef('postTargets.postId', '=', 'posts.id'),
    )
    .innerJoin('accounts', 'accounts.id', 'postTargets.accountId')
    .where('posts.status', 'in', ['SCHEDULED', 'PUBLISHING'])
    .where('posts.scheduledAt', '<=', instant)
    .where((eb) =>
      eb.or([
        eb('postTargets.status', '=', 'SCHEDULED'),
        eb.and([eb('postTargets.status', '=', 'PUBLISHING'), eb('postTargets.leaseUntil', '<=', instant)]),
      ]),
    );
}

function checkWithin(problems: Problems, { path, value, most }: { path: string; value: number; most: number }): void {
  if (value < 1 || value > most) problems.add(invalid(path, `Expected 1–${most}, but got ${value}.`));
}
