import type { RecordMetricsInput } from '../../generated/schema.ts';
import { changeAccount, lockAccount, reportAccount } from '../accounts/repository.ts';
import { today } from '../date-range.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';

const columns = {
  FOLLOWERS: 'followers',
  VIEWS: 'views',
  REACH: 'reach',
  ENGAGEMENTS: 'engagements',
  CLICKS: 'clicks',
} as const;

type Recorded = keyof typeof columns;
type Values = { [column in (typeof columns)[Recorded]]?: number };

/** Sets metrics of an account for a day; its other metrics are unchanged. Resolves with the number of values that were set. */
export async function record(input: RecordMetricsInput, tx: Transaction): Promise<number> {
  const { queries, viewer, now } = tx;
  const { accountId, date } = input;
  const problems = new Problems();
  const values = valuesIn(input, problems);
  const latest = today(viewer.timeZone, now);
  if (date > latest) problems.add(invalid('date', `Expected a day up to today, ${latest}, but got ${date}.`));
  problems.settle();

  const account = await lockAccount(queries, viewer, accountId);
  if (!account) throw new Refusal([notFound('accountId', 'Account', accountId)]);
  await queries
    .insertInto('accountMetrics')
    .values({ workspaceId: viewer.workspaceId, accountId, date, ...values })
    .onConflict((conflict) => conflict.columns(['accountId', 'date']).doUpdateSet(values))
    .execute();
  tx.changes.add('AnalyticsReport', 'all', accountId);
  tx.changes.reach([accountId]);
  if (values.followers !== undefined) await followLatest(account, tx);
  return input.values.length;
}

function valuesIn(input: RecordMetricsInput, problems: Problems): Values {
  if (input.values.length === 0) problems.add(invalid('values', 'Expected at least one value, but got none.'));
  const values: Values = {};
  for (const [index, { metric, value }] of input.values.entries()) {
    const path = ['values', String(index)];
    if (!isRecorded(metric)) {
      problems.add(
        invalid([...path, 'metric'], `Expected one of ${Object.keys(columns).join(', ')}, but got ${metric}.`),
      );
      continue;
    }
    if (values[columns[metric]] !== undefined)
      problems.add(invalid([...path, 'metric'], `Expected each metric once, but got ${metric} again.`));
    values[columns[metric]] = problems.count([...path, 'value'], value);
  }
  return values;
}

function isRecorded(metric: string): metric is Recorded {
  return Object.hasOwn(columns, metric);
}

/** Sets the account's follower count to that of the last day for which it is recorded. */
async function followLatest(
  { id, followerCount }: { id: string; followerCount: number | null },
  tx: Transaction,
): Promise<void> {
  const { queries, viewer, changes } = tx;
  const latest = await queries
    .selectFrom('accountMetrics')
    .select('followers')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('accountId', '=', id)
    .where('followers', 'is not', null)
    .orderBy('date', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const followers = Math.round(latest.followers!);
  if (followers === followerCount) return;
  await changeAccount(queries, viewer, { id, followerCount: followers });
  reportAccount(changes, id);
}
